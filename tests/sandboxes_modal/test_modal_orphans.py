"""No sandbox is lost: whatever is killed, refused or unreachable, each is in the ledger until it has ended."""

import asyncio
import functools
import re
from pathlib import Path
from typing import Any

import pytest
from grpclib import Status
from loopback.modal_plane.faults import HangAfter, HangBefore, Refuse
from loopback.modal_plane.plane import ModalPlane
from modal_rig import until
from modal_victim import Nest
from test_modal_engine import open_rows, opened

from golfer_tui.engine.engine import Engine
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import worker_events as we
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.pool.wiring import Timing, Wiring

COUNT = "i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo line $i; sleep 0.03; done"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No long waits for what does not come."""
    from golfer_tui.sandboxes.modal import asking, ending

    monkeypatch.setattr(ending, "GRACE", 0.1)
    monkeypatch.setattr(ending, "SETTLE", 0.05)
    monkeypatch.setattr(ending, "LATE", 0.5)
    monkeypatch.setattr(asking, "LOOKUP", 1.0)
    for module in (ending, asking):
        monkeypatch.setattr(module, "PAUSES", (0.01, 0.05, 0.1))
    monkeypatch.setattr(ending, "CONFIRM", 1.0)
    quick = Timing(patience=0.3, backoff=(0.1,), stop=5.0, last_tries=2)
    monkeypatch.setattr("golfer_tui.engine.runtime.Wiring", functools.partial(Wiring, timing=quick))


async def codes(engine: Engine) -> list[str]:
    return [event.body.code for event in await engine.events() if isinstance(event.body, ae.Notice)]


async def printed(engine: Engine, worker: str) -> str:
    tape = engine.tape(worker)
    return "" if tape is None else tape.peek(0).decode()


async def test_after_a_crash_the_running_command_is_found_and_its_output_goes_on(
    plane: ModalPlane, tmp_path: Path
) -> None:
    async with Nest() as nest:
        victim = await nest.victim(tmp_path, COUNT)
        sandbox = await victim.sandbox()
        await until(lambda: any(b"line 20" in p.out.data for p in plane.alive[0].processes.values()))
        await victim.kill()
    assert [alive.id for alive in plane.alive] == [sandbox]
    async with opened(tmp_path, resume=victim.session) as engine:
        await engine.idle()
        worker = engine.state.workers["w1"]
        assert (worker.state, worker.sandbox, worker.attempt) == (WorkerState.DONE, sandbox, 2)
        told = "".join(e.body.text for e in await engine.events() if isinstance(e.body, we.WorkerOutput))
        lines = re.findall(r"line (\d+)\r\n", told)
        assert lines == [str(number) for number in range(1, 101)], "every line once, in order"
        ended = [e.body for e in await engine.events() if isinstance(e.body, we.WorkerCommand) and e.body.ended]
        assert [(each.id, each.exit_code) for each in ended] == [(1000, 0)]
    assert plane.alive == []
    assert plane.wire.count("SandboxCreate") == 1
    assert await open_rows(tmp_path) == []


@pytest.mark.usefixtures("impatient")
async def test_killed_at_any_point_of_a_create(plane: ModalPlane, tmp_path: Path) -> None:
    points: list[tuple[str, Any, int]] = [
        ("AppGetOrCreate", HangBefore(), 0),
        ("SandboxCreate", HangBefore(), 0),
        ("SandboxCreate", HangAfter(), 1),
        ("SandboxGetTaskId", HangBefore(), 1),
        ("TaskGetCommandRouterAccess", HangBefore(), 1),
    ]
    async with Nest() as nest:
        for number, (call, fault, made) in enumerate(points):
            folder = tmp_path / str(number)
            folder.mkdir()
            plane.inject(call, fault)
            before = plane.wire.count(call)
            victim = await nest.victim(folder, "echo hi", "H100:2")
            await until(lambda: plane.wire.count(call) > before and len(plane.alive) == made)  # noqa: B023
            await victim.kill()
            plane.wire.faults.clear()
            assert await open_rows(folder) == ["w1"]
            async with opened(folder, resume=victim.session) as engine:
                assert engine.used.gpus == 2, "what may live counts against the limit"
                await engine.dispatch(cm.SpawnWorker(WorkerSpec("w2", "echo there", gpu=GpuRequest("H100", 2))))
                await engine.idle()
                assert engine.state.workers["w2"].summary == "there"
            assert plane.alive == []
            assert await open_rows(folder) == []


@pytest.mark.usefixtures("impatient")
async def test_a_kill_is_answered_with_the_reason_and_the_end_is_tried_on(plane: ModalPlane, tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "echo up; sleep 300", gpu=GpuRequest("H100", 2))))
        await until(lambda: engine.state.workers["w1"].state is WorkerState.RUNNING)
        plane.inject("SandboxTerminate", Refuse(Status.PERMISSION_DENIED, "not now"), None)
        await engine.dispatch(cm.KillWorker("w1"))
        worker = engine.state.workers["w1"]
        assert "not now" in worker.stopping or "not now" in worker.summary
        await until(lambda: worker.state is WorkerState.KILLED)
        assert "could not be confirmed" in worker.summary
        assert worker.stopping == ""
        assert await open_rows(tmp_path) == ["w1"]
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w2", "echo next", gpu=GpuRequest("H100", 1))))
        assert [name for name, _ in engine.waiting] == ["w2"], "its GPUs stay leased while it may live"
        plane.wire.faults.clear()
        await engine.idle()
        assert engine.state.workers["w2"].summary == "next"
        assert {"sandbox.not_ended", "sandbox.ended"} <= set(await codes(engine))
        assert engine.used.gpus == 0
    assert plane.alive == []
    assert await open_rows(tmp_path) == []


@pytest.mark.usefixtures("impatient")
async def test_an_end_that_is_never_confirmed_stays_in_the_books_and_is_tried_by_the_next(
    plane: ModalPlane, tmp_path: Path
) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "sleep 300", gpu=GpuRequest("H100", 2))))
        await until(lambda: engine.state.workers["w1"].state is WorkerState.RUNNING)
        plane.inject("SandboxTerminate", Refuse(Status.PERMISSION_DENIED, "never"), None)
        session = engine.session
    assert len(plane.alive) == 1
    assert await open_rows(tmp_path) == ["w1"]
    plane.wire.faults.clear()
    async with opened(tmp_path, resume=session) as engine:
        await until(lambda: engine.used.gpus == 0)
        assert engine.state.workers["w1"].state is WorkerState.KILLED
    assert plane.alive == []
    assert await open_rows(tmp_path) == []


async def test_a_workspace_that_could_not_be_kept_is_told(plane: ModalPlane, tmp_path: Path) -> None:
    plane.inject("TaskSnapshotFilesystem", Refuse(Status.FAILED_PRECONDITION, "no room"), None)
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "echo done")))
        await engine.idle()
        [notice] = [e.body for e in await engine.events() if isinstance(e.body, ae.Notice)]
        assert (notice.code, notice.level) == ("sandbox.not_kept", "error")
        assert "no room" in notice.text


async def test_two_cockpits_on_one_store(plane: ModalPlane, tmp_path: Path) -> None:
    async with opened(tmp_path) as first:
        await first.dispatch(cm.SpawnWorker(WorkerSpec("w1", "echo up; sleep 300")))
        await until(lambda: first.state.workers["w1"].state is WorkerState.RUNNING)
        async with opened(tmp_path) as second:
            await second.dispatch(cm.SpawnWorker(WorkerSpec("w1", "echo hi")))
            await second.idle()
            assert second.state.workers["w1"].summary == "hi"
            assert await codes(second) == []
        [alive] = plane.alive
        assert alive.tags["golfer-session"] == first.session
        sandbox = first._runtime.pool.sandbox("w1")
        assert sandbox is not None
        result = await sandbox.session.exec("echo", "still", shell=False)
        assert result.stdout == b"still\n", "the other's end closed no connection of ours"
    assert await open_rows(tmp_path) == []


@pytest.mark.usefixtures("impatient")
async def test_modal_is_unreachable_for_a_while(plane: ModalPlane, tmp_path: Path) -> None:
    async with Nest() as nest:
        victim = await nest.victim(tmp_path, COUNT, "H100:1")
        await victim.sandbox()
        await until(lambda: any(b"line 9" in p.out.data for p in plane.alive[0].processes.values()))
        await victim.kill()
    await plane.go_dark()
    async with opened(tmp_path, resume=victim.session) as engine:
        await until(lambda: engine.state.workers["w1"].attempt == 2)
        seen: list[str] = []
        while "sandbox.unreachable" not in seen:
            seen = await codes(engine)
            await asyncio.sleep(0.05)
        assert engine.used.gpus == 1
        assert len(plane.alive) == 1, "nobody gives it up"
        await plane.come_back()
        await engine.idle()
        assert engine.state.workers["w1"].state is WorkerState.DONE
        assert "line 100" in await printed(engine, "w1")
    assert plane.alive == []
    assert plane.wire.count("SandboxCreate") == 1


async def test_an_outage_while_a_command_runs_costs_no_byte_and_no_sandbox(plane: ModalPlane, tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", COUNT)))
        await until(lambda: plane.alive and any(b"line 9" in p.out.data for p in plane.alive[0].processes.values()))
        await plane.go_dark()
        await until(lambda: any(b"line 100" in p.out.data for p in plane.alive[0].processes.values()))
        assert "line 100" not in await printed(engine, "w1")
        await plane.come_back()
        await engine.idle()
        assert engine.state.workers["w1"].state is WorkerState.DONE
        told = [line for line in (await printed(engine, "w1")).splitlines() if line.startswith("line")]
        assert told == [f"line {number}" for number in range(1, 101)]
    assert plane.alive == []
    assert plane.wire.count("SandboxCreate") == 1
