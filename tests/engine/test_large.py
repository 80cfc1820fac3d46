"""A small run of `benchmarks/large.py`, and what a resume keeps so that it need not read a whole journal."""

import subprocess
import sys
from pathlib import Path

from golfer_tui.engine.held import hold
from golfer_tui.model.worker_fold import ENTRIES
from golfer_tui.store.folds import Fold
from golfer_tui.store.store import Store

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from large_session import last_words, make, names

WORKERS = 3


async def test_a_kept_fold_is_what_the_events_make(tmp_path: Path) -> None:
    session = await make(tmp_path, events=4000, megabytes=1, workers=WORKERS)
    async with Store.open(tmp_path) as store:
        row = await store.sessions.get(session)
        kept = await store.folds.get(session)
        assert kept is not None
        assert kept.seq == row.events
        async with hold(store, row) as held:
            folded = held.state
            for worker in names(WORKERS):
                tape = held.recorder.tape(worker)
                assert tape is not None
                assert tape.end == folded.workers[worker].tape_end
                assert tape.peek(tape.start).endswith(f"{last_words(worker)}\r\n".encode())
                assert len(folded.workers[worker].conversation.entries) <= 2 * ENTRIES
        # What is no state at all, or of more events than there are, is left out.
        for wrong in (Fold(row.events, b"?"), Fold(row.events + 1, kept.state)):
            await store.folds.keep(session, wrong)
            async with hold(store, row) as held:
                assert held.state == folded


def test_a_small_run_of_the_benchmark(tmp_path: Path) -> None:
    script = Path(__file__).parents[2] / "benchmarks" / "large.py"
    sizes = ["--events", "3000", "--megabytes", "1", "--workers", "2", "--runs", "0", "--settle", "0", "--no-limits"]
    done = subprocess.run([sys.executable, str(script), *sizes], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["list", "first", "panes", "memory"]
