"""Pausing on Modal: the agent stands still, its processes cannot, and the person is told so."""

import asyncio
import re
from pathlib import Path

import pytest
from loopback.modal_plane.plane import ModalPlane
from modal_rig import until
from modal_victim import Nest
from test_modal_engine import open_rows, opened

from golfer_tui.engine.engine import Engine
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.workers import WorkerSpec, WorkerState

COUNT = "i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo line $i; sleep 0.03; done"
COUNTING = "while :; do echo tick; sleep 0.1; done"


def printed(engine: Engine) -> int:
    return tape.peek(tape.start).count(b"tick") if (tape := engine.tape("w")) else 0


async def test_the_agent_stands_still_and_the_sandbox_costs_on(plane: ModalPlane, tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        session = engine.session
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", COUNTING, gpu=GpuRequest.parse("H100"))))
        await until(lambda: printed(engine))
        await engine.dispatch(cm.PauseWorker("w"))
        worker = engine.state.workers["w"]
        assert (worker.state, worker.stopped, worker.holds) == (WorkerState.PAUSED, False, True)
        [told] = [entry for entry in worker.conversation.entries if entry.kind == "notice"]
        assert "Its processes go on" in told.text
        assert "and it costs ≈$" in told.text
        await asyncio.sleep(1.2)  # the step that goes on comes to its end
        before, asked = printed(engine), worker.tokens.requests
        await until(lambda: printed(engine) > before)
        assert worker.tokens.requests == asked
        await engine.dispatch(cm.ContinueWorker("w"))
        await until(lambda: worker.tokens.requests > asked)
        await engine.dispatch(cm.PauseWorker("w"))
        await engine.close("keep")
    assert plane.alive == []
    async with opened(tmp_path, resume=session) as engine:
        assert engine.state.workers["w"].state is WorkerState.PAUSED
        await engine.idle()
        assert plane.alive == [], "it stays paused"
        await engine.dispatch(cm.ContinueWorker("w"))
        await until(lambda: engine.state.workers["w"].state is WorkerState.RUNNING)
        await engine.dispatch(cm.KillWorker("w"))
    assert plane.alive == []


async def test_a_command_on_modal_ends_when_its_time_is_over(plane: ModalPlane, tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", COUNTING)))
        await until(lambda: printed(engine))
        await engine.dispatch(cm.LimitWorker("w", timeout=0.2))
        worker = engine.state.workers["w"]
        await until(lambda: worker.state is WorkerState.DONE)
        assert worker.commands[0].ended
        assert worker.commands[0].exit_code is None
    assert plane.alive == []


@pytest.mark.parametrize("then", ["continue", "kill"])
async def test_a_paused_worker_stays_paused_over_a_crash_in_its_living_sandbox(
    plane: ModalPlane, tmp_path: Path, then: str
) -> None:
    async with Nest() as nest:
        victim = await nest.victim(tmp_path, COUNT, "H100:2", pause="line 3")
        sandbox = await victim.sandbox()
        await victim.kill()
    async with opened(tmp_path, resume=victim.session) as engine:
        worker = engine.state.workers["w1"]
        assert (worker.state, worker.paused_by, worker.attempt) == (WorkerState.PAUSED, "person", 1)
        await engine.idle()
        assert [alive.id for alive in plane.alive] == [sandbox]
        assert engine.used.gpus == 2, "it counts against the limit"
        notices = [event.body for event in await engine.events() if isinstance(event.body, ae.Notice)]
        [told] = [each for each in notices if each.code == "sandbox.paused"]
        assert f"its sandbox {sandbox} lives on with its processes" in told.text
        assert "≈$" in told.text
        if then == "continue":
            await engine.dispatch(cm.ContinueWorker("w1"))
            await engine.idle()
            assert (worker.state, worker.sandbox, worker.attempt) == (WorkerState.DONE, sandbox, 2)
            tape = engine.tape("w1")
            lines = re.findall(rb"line (\d+)\r\n", tape.peek(0)) if tape else []
            assert lines == [str(number).encode() for number in range(1, 61)], "every line once, in order"
        else:
            await engine.dispatch(cm.KillWorker("w1"))
            await until(lambda: engine.used.gpus == 0)
    assert plane.alive == []
    assert plane.wire.count("SandboxCreate") == 1
    assert await open_rows(tmp_path) == []
