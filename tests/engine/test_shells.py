"""A person's own shell beside a worker's agent: apart from the agent's terminal, told of, and gone with the sandbox."""

import asyncio
from pathlib import Path

import psutil
import pytest
from small_scripts import History, hand, opened, steady

from golfer_tui.agents.scripted import Call, Say
from golfer_tui.engine.engine import Engine
from golfer_tui.engine.shells import Shells
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import signals as sg
from golfer_tui.model.errors import CommandError, SandboxError
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.store.store import Store


async def shell_says(engine: Engine, wanted: str) -> str:
    """What the shell printed, once the text is in it."""
    with engine.subscribe() as subscription:
        while True:
            tape = engine.shell_tape("w1")
            if tape is not None and wanted.encode() in (data := tape.peek(tape.start)):
                return data.decode()
            await anext(subscription)


async def works(engine: Engine, task: str = "echo up; sleep 60") -> None:
    """A worker is in the middle of its command."""
    with engine.subscribe() as subscription:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", task)))
        while (tape := engine.tape("w1")) is None or b"up" not in tape.peek(0):
            await anext(subscription)


async def typed(engine: Engine, text: str) -> None:
    await engine.dispatch(cm.TypeInto("w1", text.encode(), terminal="shell"))


async def test_a_shell_beside_the_agent_is_apart_and_ends_with_the_sandbox(tmp_path: Path) -> None:
    async with opened(tmp_path, worker=steady) as engine:
        await works(engine)
        await engine.dispatch(cm.OpenShell("w1", 77, 21))
        first = engine.shell_tape("w1")
        await engine.dispatch(cm.OpenShell("w1"))
        assert engine.shell_tape("w1") is first
        await typed(engine, "stty size; echo pid=$$; pwd; echo made > here.txt; tty && echo ye''s\r")
        said = await shell_says(engine, "yes")
        assert "21 77" in said
        assert engine.state.workers["w1"].workspace in said
        assert (Path(engine.state.workers["w1"].workspace) / "here.txt").read_text() == "made\n"
        await engine.dispatch(cm.ResizeTerminal("w1", 60, 15, terminal="shell"))
        await typed(engine, "stty size; sleep 500 & echo job''=$!\r")
        job = int((await shell_says(engine, "job=")).split("job=")[1].split()[0])
        assert "15 60" in await shell_says(engine, "15 60")
        tape = engine.tape("w1")
        assert tape is not None
        assert tape.peek(0) == b"up\r\n"
        process = psutil.Process(job)
        with engine.subscribe() as subscription:
            await engine.dispatch(cm.KillWorker("w1"))
            while await anext(subscription) != sg.ShellChanged("w1", open=False):
                pass
        assert not process.is_running()
        with pytest.raises(CommandError, match="No shell of yours"):
            await typed(engine, "x")
        with pytest.raises(CommandError, match="no sandbox"):
            await engine.dispatch(cm.OpenShell("w1"))
        session = engine.session
        workspace = Path(engine.state.workers["w1"].workspace)
    assert not list(workspace.glob(".*history"))
    async with Store.open(tmp_path / "home") as store:
        events = await store.events(session, with_output=True)
        async with await store.recording(session, "w1") as recording:
            assert await recording.read(0, 1000) == b"up\r\n"
    assert [
        event.by for event in events if isinstance(event.body, ae.Notice) and event.body.code == "shell.opened"
    ] == ["person"]


async def test_a_shell_can_be_left_and_closed_and_opened_again(tmp_path: Path) -> None:
    async with opened(tmp_path, worker=steady) as engine:
        await works(engine)
        with pytest.raises(CommandError, match="No shell of yours"):
            await engine.dispatch(cm.CloseShell("w1"))
        await engine.dispatch(cm.OpenShell("w1"))
        with engine.subscribe() as subscription:
            await typed(engine, "exit\r")
            while await anext(subscription) != sg.ShellChanged("w1", open=False):
                pass
        left = engine.shell_tape("w1")
        await engine.dispatch(cm.OpenShell("w1"))
        assert engine.shell_tape("w1") is not left
        await typed(engine, "echo a''gain\r")
        await shell_says(engine, "again")
        await engine.dispatch(cm.CloseShell("w1"))
        with pytest.raises(CommandError, match="No shell of yours"):
            await engine.dispatch(cm.ResizeTerminal("w1", 1, 1, terminal="shell"))
        assert engine.state.workers["w1"].state == "running"


async def test_the_agents_are_told_that_a_person_typed_once_per_terminal(tmp_path: Path) -> None:
    heard: list[str] = []

    def script(history: History) -> Say:
        last = history[-1]
        if last.get("type") == "function_call_output":
            return hand(history)
        heard.append(str(last["content"]))
        if heard[-1].startswith("["):
            return ["I saw it."]
        return [Call("exec_command", {"cmd": heard[-1], "tty": True, "yield_time_ms": 1000})]

    async with opened(tmp_path, worker=script) as engine:
        await works(engine, "echo up; read line; echo got $line")
        await engine.dispatch(cm.OpenShell("w1"))
        for key in "ls\r":
            await typed(engine, key)
        await engine.dispatch(cm.TypeInto("w1", b"hel"))
        await engine.dispatch(cm.TypeInto("w1", b"lo\r"))
        await engine.idle()
        tape = engine.tape("w1")
        assert tape is not None
        assert b"got hello" in tape.peek(0)
        notes = [entry.text for entry in engine.state.chat.entries if entry.kind == "system"]
        assert [note for note in notes if note.startswith("The person types")] == [
            "The person types into worker w1's sandbox, in a shell of their own.",
            "The person types into worker w1's terminal.",
        ]
        told = [
            e.text for e in engine.state.workers["w1"].conversation.entries if e.text.startswith("[The person types")
        ]
        assert len(told) == 2
        assert any("The person types into your" in text for text in heard)


async def test_a_sandbox_without_shells_says_so() -> None:
    with pytest.raises(CommandError, match="no shell can be opened"):
        await Shells(lambda signal: None).open("w", object(), 80, 24)  # type: ignore[arg-type]


async def test_a_shell_that_was_ended_takes_no_keys(tmp_path: Path) -> None:
    async with opened(tmp_path, worker=steady) as engine:
        await works(engine)
        await engine.dispatch(cm.OpenShell("w1"))
        shell = engine._runtime.steering.shells.running("w1")
        await asyncio.gather(shell.close(), shell.close())
        with pytest.raises(SandboxError, match="has ended"):
            shell.type(b"x")
