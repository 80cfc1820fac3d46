"""The limits of one worker are changed while it runs: model calls in a turn, and how long a command may take."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from small_scripts import History, opened

from golfer_tui.agents.scripted import Call, Say
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.model.workers import WorkerSpec, WorkerState


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


def poller(history: History) -> Say:
    """Starts its task, looks at it again and again, and reports what the last look said."""
    output = next((str(item["output"]) for item in reversed(history) if "output" in item), "")
    if "Process exited" in output:
        return [output.split("Output:\n", 1)[-1].strip()]
    if output:
        return [Call("write_stdin", {"session_id": 1000, "chars": "", "yield_time_ms": 5000})]
    return [Call("exec_command", {"cmd": str(history[0]["content"]), "yield_time_ms": 250})]


def endless(history: History) -> Say:
    return [Call("exec_command", {"cmd": "true"})]


async def test_a_command_that_runs_ends_when_its_time_is_lowered(tmp_path: Path) -> None:
    async with opened(tmp_path, worker=poller) as engine:
        session = engine.session
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", "echo begun; sleep 60")))
        worker = engine.state.workers["w"]
        await until(lambda: worker.commands)
        await engine.dispatch(cm.LimitWorker("w", timeout=0.3))
        await until(lambda: worker.state is WorkerState.DONE)
        assert "[it was ended: a command of yours may run for 0.3 s]" in worker.summary
        assert [command.exit_code for command in worker.commands] == [None]
        await engine.dispatch(cm.RestartWorker("w"))
        await until(lambda: worker.attempt == 2 and worker.state is WorkerState.DONE)
        assert "it was ended" in worker.summary, "it keeps its limits over restarts"
    async with opened(tmp_path, resume=session, worker=poller) as engine:
        worker = engine.state.workers["w"]
        assert (worker.max_turns, worker.timeout) == (None, 0.3)
        await engine.dispatch(cm.RestartWorker("w"))
        await until(lambda: worker.attempt == 3 and worker.state is WorkerState.DONE)
        assert "it was ended" in worker.summary, "and over a resume"
        await engine.dispatch(cm.LimitWorker("w", timeout=None))
        await engine.dispatch(cm.RestartWorker("w", "sleep 0.6; echo whole"))
        await until(lambda: worker.attempt == 4 and worker.state is WorkerState.DONE)
        assert worker.summary == "whole"


async def test_time_in_which_a_worker_is_paused_does_not_count(tmp_path: Path) -> None:
    async with opened(tmp_path, worker=poller) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", "echo begun; sleep 0.5; echo whole")))
        worker = engine.state.workers["w"]
        await until(lambda: worker.commands)
        await engine.dispatch(cm.PauseWorker("w"))
        await engine.dispatch(cm.LimitWorker("w", timeout=20.0))
        sandbox = engine._runtime.pool.sandbox("w")
        assert sandbox is not None
        began = asyncio.get_running_loop().time()
        await engine.dispatch(cm.LimitWorker("w", timeout=1.0))
        await until(lambda: asyncio.get_running_loop().time() > began + 1.5)
        await engine.dispatch(cm.LimitWorker("w", timeout=20.0))
        await engine.dispatch(cm.ContinueWorker("w"))
        await until(lambda: worker.state is WorkerState.DONE)
        assert worker.summary.endswith("whole")


async def test_an_agent_has_as_many_model_calls_as_it_is_given(tmp_path: Path) -> None:
    async with opened(tmp_path, worker=endless) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", "work")))
        worker = engine.state.workers["w"]
        await until(lambda: worker.tokens.requests >= 3)
        await engine.dispatch(cm.LimitWorker("w", turns=2))
        await until(lambda: worker.state is WorkerState.FAILED)
        assert "stopped after the 2 model calls that one turn may have" in worker.summary
        before = worker.tokens.requests
        await engine.dispatch(cm.LimitWorker("w", turns=5))
        await engine.dispatch(cm.SendMessage("go on", "w"))
        await until(lambda: worker.attempt == 2 and worker.state is WorkerState.FAILED)
        assert worker.tokens.requests == before + 5
        assert [entry.text for entry in engine.state.chat.entries if "set the limits of worker w: 5" in entry.text]


@pytest.mark.parametrize("order", [cm.LimitWorker("w", turns=0), cm.LimitWorker("w", timeout=-1.0)])
async def test_what_is_no_limit_is_refused(tmp_path: Path, order: cm.LimitWorker) -> None:
    async with opened(tmp_path) as engine:
        with pytest.raises(CommandError, match="There is no worker 'w'"):
            await engine.dispatch(cm.LimitWorker("w", turns=3))
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", "true")))
        with pytest.raises(CommandError, match="is above 0"):
            await engine.dispatch(order)
        assert engine.state.workers["w"].max_turns is None
