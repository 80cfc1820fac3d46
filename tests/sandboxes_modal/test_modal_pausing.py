"""Pausing on Modal: the agent stands still, its processes cannot, and the person is told so."""

import asyncio
from pathlib import Path

from loopback.modal_plane.plane import ModalPlane
from modal_rig import until
from test_modal_engine import opened

from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.workers import WorkerSpec, WorkerState

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
