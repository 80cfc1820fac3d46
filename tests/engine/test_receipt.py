"""What a resume brings back, puts right and tells, where the disk and the journal do not agree any more."""

import asyncio
import itertools
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from small_scripts import opened

from golfer_tui.model import commands as cm
from golfer_tui.model import worker_events as we
from golfer_tui.model.receipts import SandboxReceipt, described
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.sandboxes.local.launch import MARK
from golfer_tui.store.store import Store


@pytest.fixture
async def session(tmp_path: Path) -> str:
    """A closed session whose worker `w1` has printed a line."""
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "echo step:1 val_loss:2.5")))
        await engine.idle()
        return engine.session


def recording(tmp_path: Path, session: str) -> Path:
    return tmp_path / "home" / "sessions" / session / "recordings" / "w1.cast"


async def test_a_whole_session_misses_nothing(tmp_path: Path, session: str) -> None:
    async with opened(tmp_path, resume=session) as engine:
        receipt = engine.state.receipt
        assert receipt is not None
        [worker] = receipt.workers
        assert (worker.missing, worker.mended, worker.sandbox, receipt.sandboxes) == ((), 0, "", ())
        assert worker.output == len(b"step:1 val_loss:2.5\r\n")
        assert worker.items == len(await engine._held.store.memory(session, "w1").get_items())
        assert receipt.items == len(await engine._held.store.memory(session).get_items()) > 0
        head, lines = described(receipt)
        assert head == "The session came back with 1 worker."
        assert len(lines) == 2
        first = (await engine.events(after=engine.before))[0]
        assert first.type == "session.resumed"


async def test_output_that_was_recorded_and_not_told_is_told(tmp_path: Path, session: str) -> None:
    async with Store.open(tmp_path / "home") as store, await store.recording(session, "w1") as more:
        end = more.end
        await more.append(b"step:2 val_", end)
        await more.append(b"loss:1.5\r\nstep:3 val_loss:", end + 11)
        longer = more.end
    async with opened(tmp_path, resume=session) as engine:
        worker = engine.state.workers["w1"]
        assert worker.tape_end == longer
        assert [(point.step, point.value) for point in worker.curves["val_loss"]] == [(1, 2.5), (2, 1.5)]
        assert engine.state.receipt is not None
        assert engine.state.receipt.workers[0].output == longer
        # The next attempt prints behind it, and its line is its own.
        await engine.dispatch(cm.SendMessage("echo step:4 val_loss:1.25", worker="w1"))
        await engine.idle()
        outputs = [event.body for event in await engine.events() if isinstance(event.body, we.WorkerOutput)]
        assert all(next_.offset == last.offset + last.size for last, next_ in itertools.pairwise(outputs))
        assert worker.curves["val_loss"][-1].value == 1.25


async def test_what_is_gone_is_named(tmp_path: Path, session: str) -> None:
    cast = recording(tmp_path, session)
    header, *_ = cast.read_bytes().splitlines(keepends=True)
    cast.write_bytes(header + b'[0.1, "o", "st')
    shutil.rmtree(tmp_path / "home" / "sessions" / session / "workspaces")
    async with opened(tmp_path, resume=session) as engine:
        assert engine.state.receipt is not None
        [worker] = engine.state.receipt.workers
        assert (worker.workspace, worker.output) == ("", 0)
        gone, cut, lacking = worker.missing
        assert gone.startswith("Its workspace: ")
        assert cut.startswith("14 bytes at the end of its recording")
        assert lacking.startswith("Its output from byte 0 to 21")
        assert "1 worker, 0 of them whole" in described(engine.state.receipt)[0]


async def test_what_a_killed_keeper_left_is_ended(tmp_path: Path, session: str) -> None:
    left = subprocess.Popen(["sleep", "300"], env={**os.environ, MARK: f"{session}/w1/0badcafe"})
    other = subprocess.Popen(["sleep", "300"], env={**os.environ, MARK: f"{session}x/w1/0badcafe"})
    try:
        async with Store.open(tmp_path / "home") as store:
            row = await store.sandboxes.intend(session, "w1", "local")
            await store.sandboxes.confirm(row, "4711", b"")
            await store.sandboxes.intend(session, "w1", "modal")
        async with opened(tmp_path, resume=session) as engine:
            await asyncio.to_thread(left.wait, 30)
            assert other.poll() is None
            assert engine.state.receipt is not None
            assert engine.state.receipt.sandboxes == (
                SandboxReceipt(worker="w1", backend="local", sandbox="4711", ended=True),
                SandboxReceipt(worker="w1", backend="modal", ended=False),
            )
            assert [row.backend for row in await engine._held.store.sandboxes.open(session)] == ["modal"]
    finally:
        for process in (left, other):
            process.kill()
            process.wait()


async def test_messages_that_come_while_a_turn_begins_are_all_remembered(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        for number in range(12):
            await engine.dispatch(cm.SendMessage(f"message {number}"))
        await engine.idle()
        items = await engine._held.store.memory(engine.session).get_items()
        said = [item["content"] for item in items if item.get("role") == "user"]
        assert said == [f"message {number}" for number in range(12)]
