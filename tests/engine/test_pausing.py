"""Workers are paused and go on, through the engine's own door, with real processes."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from small_scripts import History, hand, opened

from golfer_tui.agents.scripted import Say
from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import CommandError
from golfer_tui.model.workers import WorkerSpec, WorkerState

VICTIM = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from small_scripts import opened
from test_pausing import family, ticks, until
from golfer_tui.model import commands as cm
from golfer_tui.model.workers import WorkerSpec

async def main():
    async with opened(Path({home!r})) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", "echo 1 >> ticks; sleep 300")))
        await until(lambda: ticks(engine, "w"))
        await engine.dispatch(cm.PauseWorker("w"))
        print(engine.session, *family(engine, "w"), flush=True)
        await asyncio.sleep(300)

asyncio.run(main())
"""

COUNTING = "sh -c 'while :; do date +%N >> ticks; sleep 0.05; done' & echo begun; wait"


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


def family(engine: Engine, worker: str) -> dict[int, str]:
    """Descendants of the worker's keeper, to their state letters in /proc."""
    found: dict[int, str] = {}
    waiting = [int(engine.state.workers[worker].sandbox)]
    while waiting:
        with contextlib.suppress(OSError):
            folder = Path(f"/proc/{waiting.pop()}/task")
            for children in folder.glob("*/children"):
                for child in map(int, children.read_text().split()):
                    stat = Path(f"/proc/{child}/stat").read_text()
                    found[child] = stat.rpartition(") ")[2][0]
                    waiting.append(child)
    return {pid: letter for pid, letter in found.items() if letter not in "ZX"}


def workspace(engine: Engine, worker: str) -> Path:
    return Path(engine.state.workers[worker].workspace)


def ticks(engine: Engine, worker: str) -> int:
    with contextlib.suppress(FileNotFoundError):
        return (workspace(engine, worker) / "ticks").read_bytes().count(b"\n")
    return 0


def state_of(engine: Engine, worker: str) -> WorkerState:
    return engine.state.workers[worker].state


def calls(engine: Engine, worker: str) -> int:
    """Answers of the model so far."""
    return engine.state.workers[worker].tokens.requests


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """No process that was stopped outlives its test."""
    yield
    mine = os.getpid()
    stopped = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(") ")[2].split()
            if fields[0] == "T" and b"GOLFER" in (stat.parent / "environ").read_bytes() and int(fields[1]) == mine:
                stopped.append(stat.parent.name)
    assert stopped == []


async def test_a_paused_worker_stands_still_and_goes_on_where_it_was(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", COUNTING)))
        await until(lambda: ticks(engine, "w") > 2)
        await engine.dispatch(cm.PauseWorker("w"))
        worker = engine.state.workers["w"]
        assert (worker.state, worker.paused_by, worker.stopped) == (WorkerState.PAUSED, "person", True)
        processes = family(engine, "w")
        assert len(processes) >= 2
        assert set(processes.values()) == {"T"}, "all that it has started is stopped"
        written, asked = ticks(engine, "w"), calls(engine, "w")
        await asyncio.sleep(1.5)  # its tool's answer was due after a second
        assert (ticks(engine, "w"), calls(engine, "w")) == (written, asked)
        assert engine.active, "an engine in the background does not let it go"
        await engine.idle()
        with pytest.raises(CommandError, match="w is paused already"):
            await engine.dispatch(cm.PauseWorker("w"))
        await engine.dispatch(cm.ContinueWorker("w"))
        assert state_of(engine, "w") is WorkerState.RUNNING
        await until(lambda: ticks(engine, "w") > written and calls(engine, "w") > asked)
        assert family(engine, "w").keys() >= set(sorted(processes)[:2]), "the same shells"
        with pytest.raises(CommandError, match="it goes on already"):
            await engine.dispatch(cm.ContinueWorker("w"))
        notes = [entry.text for entry in engine.state.chat.entries if entry.kind == "system"]
        assert [text for text in notes if "paused worker w" in text]
        assert [text for text in notes if "let worker w go on" in text]


async def test_a_model_that_answers_meanwhile_starts_no_tool(tmp_path: Path) -> None:
    thinking, think = asyncio.Event(), asyncio.Event()

    def slow(history: History) -> Say:
        thinking.set()
        return hand(history)

    async with opened(tmp_path, worker=slow) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", "touch done; echo finished")))
        await thinking.wait()
        await engine.dispatch(cm.PauseWorker("w"))
        await engine.dispatch(cm.SendMessage("echo more", "w"))
        think.set()
        await asyncio.sleep(0.3)
        assert state_of(engine, "w") is WorkerState.PAUSED
        assert calls(engine, "w") <= 1
        before = [command.text for command in engine.state.workers["w"].commands]
        assert len(before) <= 1
        await engine.dispatch(cm.ContinueWorker("w"))
        await until(lambda: state_of(engine, "w") is WorkerState.DONE)
        assert engine.state.workers["w"].summary == "more", "what it was told meanwhile it reads then"


async def test_the_time_that_a_command_may_take_stands_still_too(tmp_path: Path) -> None:
    def patient(history: History) -> Say:
        said = hand(history)
        for call in said:
            if not isinstance(call, str) and call.tool == "exec_command":
                call.arguments["yield_time_ms"] = 2000
        return said

    async with opened(tmp_path, worker=patient) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", "echo 1 >> ticks; sleep 1; echo it-ended")))
        await until(lambda: ticks(engine, "w"))
        await engine.dispatch(cm.PauseWorker("w"))
        await asyncio.sleep(2.5)
        await engine.dispatch(cm.ContinueWorker("w"))
        await until(lambda: state_of(engine, "w").final)
        outputs = [entry.output for entry in engine.state.workers["w"].conversation.entries if entry.kind == "tool"]
        assert len(outputs) == 1, "its answer did not come before it had its time"
        assert "it-ended" in str(outputs[0])


@pytest.mark.parametrize("verb", [cm.KillWorker, cm.RestartWorker])
async def test_a_paused_worker_can_be_ended_and_begun_again(tmp_path: Path, verb: Any) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", COUNTING)))
        await until(lambda: ticks(engine, "w"))
        await engine.dispatch(cm.PauseWorker("w"))
        stopped = family(engine, "w")
        await engine.dispatch(verb("w"))
        assert not [pid for pid in stopped if Path(f"/proc/{pid}").exists()]
        if verb is cm.RestartWorker:
            await until(lambda: ticks(engine, "w") > 1 and state_of(engine, "w") is WorkerState.RUNNING)
        else:
            assert state_of(engine, "w") is WorkerState.KILLED


async def test_a_restart_may_bring_another_task(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", "sleep 60")))
        await until(lambda: state_of(engine, "w") is WorkerState.RUNNING)
        await engine.dispatch(cm.RestartWorker("w", "echo other"))
        await until(lambda: state_of(engine, "w") is WorkerState.DONE)
        worker = engine.state.workers["w"]
        assert (worker.spec.task, worker.summary, worker.attempt) == ("echo other", "other", 2)
        await engine.dispatch(cm.RestartWorker("w", "echo third"))
        await until(lambda: worker.summary == "third")


async def test_all_are_paused_at_once_those_that_wait_too(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        with pytest.raises(CommandError, match="nothing to pause"):
            await engine.dispatch(cm.PauseWorker())
        await engine.dispatch(cm.SetLimits(max_local=2))
        for name in "abc":
            await engine.dispatch(cm.SpawnWorker(WorkerSpec(name, COUNTING if name != "c" else "echo hello")))
        await until(lambda: ticks(engine, "a") and ticks(engine, "b"))
        assert [name for name, _ in engine.waiting] == ["c"]
        await engine.dispatch(cm.PauseWorker())
        assert {state_of(engine, name) for name in "abc"} == {WorkerState.PAUSED}
        assert engine.waiting == ()
        assert engine.used.workers == 2, "who was paused in its sandbox keeps its place"
        await engine.dispatch(cm.KillWorker("a"))
        assert state_of(engine, "c") is WorkerState.PAUSED, "a place that is free sets no paused one going"
        await engine.dispatch(cm.ContinueWorker())
        await until(lambda: state_of(engine, "c") is WorkerState.DONE)
        assert state_of(engine, "b") is WorkerState.RUNNING


async def kept(tmp_path: Path) -> tuple[str, list[int]]:
    """A session that was let go with a paused worker, and the processes that were stopped in it."""
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", "echo 1 >> ticks; sleep 300")))
        await until(lambda: ticks(engine, "w"))
        await engine.dispatch(cm.PauseWorker("w"))
        stopped = list(family(engine, "w"))
        await engine.close("keep")
        return engine.session, stopped


async def killed(tmp_path: Path) -> tuple[str, list[int]]:
    """The same, by SIGKILL."""
    source = VICTIM.format(tests=str(Path(__file__).parent), home=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        session, *stopped = (await asyncio.to_thread(victim.stdout.readline)).split()
        victim.kill()
    return session, [int(pid) for pid in stopped]


@pytest.mark.parametrize("let_go", [kept, killed])
async def test_a_paused_worker_comes_back_paused(tmp_path: Path, let_go: Any) -> None:
    session, stopped = await let_go(tmp_path)
    assert stopped
    await until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in stopped))
    async with opened(tmp_path, resume=session) as engine:
        worker = engine.state.workers["w"]
        assert (worker.state, worker.paused_by, worker.holds) == (WorkerState.PAUSED, "person", False)
        await engine.idle()
        assert state_of(engine, "w") is WorkerState.PAUSED
        await engine.dispatch(cm.SendMessage("cat ticks", "w"))
        assert state_of(engine, "w") is WorkerState.PAUSED, "a message waits"
        await engine.dispatch(cm.ContinueWorker("w"))
        await until(lambda: state_of(engine, "w").final)
        assert (worker.attempt, worker.summary) == (2, "1"), "with its workspace, and what it was told"


async def test_a_person_looks_around_in_a_shell_of_their_own_meanwhile(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", COUNTING)))
        await until(lambda: ticks(engine, "w"))
        await engine.dispatch(cm.OpenShell("w"))
        await engine.dispatch(cm.PauseWorker("w"))
        await engine.dispatch(cm.TypeInto("w", b"echo $((6*7))-is-it\r", "shell"))
        tape = engine.shell_tape("w")
        assert tape is not None
        await until(lambda: b"42-is-it" in tape.peek(0))
        assert "T" in family(engine, "w").values()


async def test_the_orchestrator_pauses_and_does_not_undo_what_a_person_did(tmp_path: Path) -> None:
    def said(engine: Engine) -> str:
        return next((str(entry.output) for entry in reversed(engine.state.chat.entries) if entry.kind == "tool"), "")

    async def ask(engine: Engine, tool: str, name: str = "w") -> str:
        await engine.dispatch(cm.SendMessage(f"call {tool} {json.dumps({'name': name})}"))
        await engine._runtime.orchestrator.quiet()
        return said(engine)

    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", COUNTING)))
        await until(lambda: ticks(engine, "w"))
        assert await ask(engine, "pause_worker") == "w is paused."
        assert engine.state.workers["w"].paused_by == "orchestrator"
        await engine.dispatch(cm.SendMessage("wait"))
        await engine._runtime.orchestrator.quiet()
        assert '"held"' in said(engine), "to wait for it is in vain"
        assert await ask(engine, "continue_worker") == "w goes on."
        await engine.dispatch(cm.PauseWorker("w"))
        for tool in ("continue_worker", "restart_worker"):
            assert "The person has paused it: only the person can let it go on" in await ask(engine, tool)
        assert state_of(engine, "w") is WorkerState.PAUSED


async def test_each_pause_is_in_the_journal(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", COUNTING)))
        await until(lambda: ticks(engine, "w"))
        await engine.dispatch(cm.PauseWorker("w"))
        await engine.dispatch(cm.ContinueWorker("w"))
        await engine.dispatch(cm.PauseWorker("w"))
        await engine.close("keep")
        lived = [
            (event.type, event.by)
            for event in await engine.events()
            if isinstance(event.body, we.WorkerPaused | we.WorkerContinued | we.WorkerSuspended)
        ]
        assert lived == [
            ("worker.paused", "person"),
            ("worker.continued", "person"),
            ("worker.paused", "person"),
            ("worker.suspended", "engine"),
        ]
