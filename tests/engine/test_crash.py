"""SIGKILL of the process that holds a session: start again, and what was there is there, told and mended."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from small_scripts import History, opened

from golfer_tui.agents.scripted import Say
from golfer_tui.model import commands as cm
from golfer_tui.model.workers import WorkerState

VICTIM = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {support!r})
from small_scripts import opened
from golfer_tui.model import commands as cm
from golfer_tui.model.workers import WorkerSpec

async def main():
    async with opened(Path({home!r})) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("quick", "echo quick-report")))
        await engine._runtime.pool.wait(["quick"])
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("slow", "echo begun > log; echo {marker}; sleep 300")))
        with engine.subscribe() as subscription:
            while not (tape := engine.tape("slow")) or b"{marker}" not in tape.peek(0):
                await anext(subscription)
        await engine.dispatch(cm.SendMessage("wait"))
        with engine.subscribe() as subscription:
            while not engine.state.chat.open_calls:
                await anext(subscription)
        await engine._held.recorder.flush()
        await engine._held.journal.flush()
        print(engine.session, flush=True)
        await asyncio.sleep(300)

asyncio.run(main())
"""


def alive(marker: str) -> list[str]:
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                line = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if marker.encode() in line and b"import asyncio" not in line:
                found.append(line.decode(errors="replace"))
    return found


async def test_after_sigkill_all_is_there_and_told(tmp_path: Path) -> None:
    marker = f"marker-{os.getpid()}-{tmp_path.name}"
    source = VICTIM.format(support=str(Path(__file__).parent), home=str(tmp_path), marker=marker)
    victim = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
    assert victim.stdout is not None
    session = victim.stdout.readline().strip()
    victim.stdout.close()
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    assert session

    histories: list[History] = []

    def listener(history: History) -> Say:
        histories.append(history)
        return ["understood"]

    async with opened(tmp_path, resume=session, orchestrator=listener) as engine:
        slow, quick = engine.state.workers["slow"], engine.state.workers["quick"]
        assert slow.state is WorkerState.FAILED
        assert "the engine went away" in slow.summary
        assert quick.state is WorkerState.DONE
        tape = engine.tape("slow")
        assert tape is not None
        assert marker.encode() in tape.peek(tape.start)
        receipt = engine.state.receipt
        assert receipt is not None
        assert receipt.mended >= 1
        whole, cut = receipt.workers
        assert (whole.name, whole.missing, whole.sandbox) == ("quick", (), "")
        assert whole.items >= 3
        assert (cut.name, cut.missing) == ("slow", ("Its processes: they ended with the cockpit.",))
        assert (Path(cut.workspace) / "log").read_text() == "begun\n"
        assert cut.output == tape.end
        assert [(left.worker, left.backend, left.ended) for left in receipt.sandboxes] == [("slow", "local", True)]
        entry = next(entry for entry in engine.state.chat.entries if entry.text.startswith("The session came back"))
        assert "2 workers, 1 of them whole" in entry.text
        assert await engine._held.store.sandboxes.open(session) == []
        await engine.idle()
        assert slow.delivered
        assert quick.delivered
        # The cut turn is whole in the memory, and both reports were read.
        last = histories[-1]
        calls = [item["call_id"] for item in last if item.get("type") == "function_call"]
        outputs = [item["call_id"] for item in last if item.get("type") == "function_call_output"]
        assert calls
        assert calls == outputs
        texts = "\n".join(str(item.get("content")) for item in last)
        assert "This turn was cut here: the engine went away" in texts
        assert texts.count("quick-report") >= 1
        assert "Worker slow (attempt 1) is failed" in texts
        # The workspace outlived it: the worker goes on there.
        await engine.dispatch(cm.SendMessage("cat log", worker="slow"))
        await engine.idle()
        assert slow.summary == "begun"
    assert alive(marker) == []
