"""The wheel of a worker's terminal: who may type, what the agent reads meanwhile, and what programs are answered."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from loopback.brains import Call as ApiCall
from loopback.brains import Item, Output, Text, text_of
from loopback.openai_server import LoopbackOpenAI
from seat import DEADLINE, Seat, until
from small_scripts import History, hand, opened, settings, steady

from golfer_tui.agents.scripted import Call, Say
from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.model.settings import ModelSettings
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.sandboxes.capture import Capture
from golfer_tui.sandboxes.local.terminal import Terminal
from golfer_tui.sandboxes.processes import Shell
from golfer_tui.terminal.answers import Answers
from golfer_tui.terminal.tape import Tape

ASKS = r"""
import os, sys, tty
tty.setraw(0)
os.write(1, b"\x1b[3;4H" + bytes.fromhex(sys.argv[1]) + b"asked")
heard = b""
while not heard.endswith(b"q"):
    heard += os.read(0, 4096)
os.write(1, b"\r\nheard " + heard.hex().encode() + b".\r\n")
"""

QUESTIONS = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[>c": b"\x1b[>1;0;0c",
    b"\x1b[5n": b"\x1b[0n",
    b"\x1b[6n": b"\x1b[3;4R",
    b"\x1b[?2004$p": b"\x1b[?2004;2$y",
    b"\x1b]10;?\x1b\\": b"\x1b]10;rgb:e5e5/e5e5/e5e5\x1b\\",
    b"\x1b]11;?\x07": b"\x1b]11;rgb:0000/0000/0000\x07",
    b"\x1b[>q": b"\x1bP>|libghostty\x1b\\",
    b"\x1b[?u": b"\x1b[?0u",
    b"\x1b[18t": b"\x1b[8;24;80t",
}


def on_a_terminal(history: History) -> Say:
    """Runs its task with the keyboard connected."""
    return hand(history) if len(history) > 1 else [_typed(str(history[-1]["content"]))]


def _typed(command: str) -> Call:
    return Call("exec_command", {"cmd": command, "tty": True, "yield_time_ms": 1000})


async def works(engine: Engine, task: str, shown: str) -> Seat:
    """A worker whose command shows something; nobody looks at it but the test."""
    await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", task)))
    await until(lambda: engine.tape("w1") is not None)
    seat = Seat(engine, "w1", "agent", (80, 24))
    await seat.shows(shown)
    return seat


async def test_each_question_of_a_program_is_answered_once_whoever_looks(tmp_path: Path) -> None:
    (tmp_path / "asks.py").write_text(ASKS)
    questions = b"".join(QUESTIONS)
    async with opened(tmp_path, worker=on_a_terminal) as engine:
        seat = await works(engine, f"python3 {tmp_path}/asks.py {questions.hex()}", "asked")
        other = Seat(engine, "w1", "agent", (80, 24))
        other.look()
        await seat.press("q")
        answers = b"".join(QUESTIONS.values()) + b"q"
        await until(lambda: b"heard " + answers.hex().encode() + b"." in engine.tape("w1").peek(0))  # type: ignore[union-attr]
        for each in (seat, other):
            each.close()


async def test_questions_without_end_hold_up_nobody(tmp_path: Path) -> None:
    asks = r"""stty raw -echo; yes "$(printf '\033[6n')" | head -c 2000000; printf over; sleep 300"""
    async with opened(tmp_path, worker=on_a_terminal) as engine:
        seat = await works(engine, asks, "over")
        await engine.dispatch(cm.TypeInto("w1", b"still taken"))
        seat.close()


async def test_the_end_of_a_command_is_the_end_of_its_answers() -> None:
    ours, theirs = os.openpty()
    terminal = Terminal(ours, Tape(), Capture(), lambda: None, Answers(80, 24))
    os.write(theirs, b"\x1b[6n")
    terminal.drain()
    assert not terminal._keys
    os.write(theirs, b"\x1b[6n")
    terminal._read()
    assert not terminal._keys
    terminal.close()
    os.close(theirs)


async def test_while_a_person_has_the_keyboard_the_agents_keys_are_refused_and_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = asyncio.Event()
    write = Shell.write

    def watched(shell: Shell, id_: int, chars: str, **limits: Any) -> Any:
        tried.set()
        return write(shell, id_, chars, **limits)

    monkeypatch.setattr(Shell, "write", watched)
    given = tmp_path / "given"
    reads = _typed("echo up; read line; echo got $line")
    types = {"chars": "from the agent\n", "yield_time_ms": 5000}
    steps = [
        reads,
        Call("write_stdin", {"session_id": 1000, **types}),
        Call("exec_command", {"cmd": f"while [ ! -e {given} ]; do sleep 0.02; done", "yield_time_ms": 9000}),
        reads,
        Call("write_stdin", {"session_id": 1002, **types}),
    ]
    told: list[str] = []

    def script(history: History) -> Say:
        told[:] = [str(item["output"]) for item in history if item.get("type") == "function_call_output"]
        return [steps[len(told)]] if len(told) < len(steps) else ["done"]

    async with opened(tmp_path, worker=script) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "talk")))
        await until(lambda: engine._runtime.pool.sandbox("w1") is not None)
        await engine.dispatch(cm.TakeKeyboard("w1"))
        await asyncio.wait_for(tried.wait(), DEADLINE)
        await engine.dispatch(cm.TypeInto("w1", b"from me\r"))
        await until(lambda: len(told) > 1)
        assert "nothing was typed: the person has the keyboard" in told[1]
        assert "got from me" in told[1]
        await engine.dispatch(cm.GiveKeyboard("w1"))
        given.touch()
        await engine.idle()
        assert "got from the agent" in told[-1]
        assert "nothing was typed" not in told[-1]


async def test_a_key_takes_the_lease_and_keys_stay_where_they_began(tmp_path: Path) -> None:
    go = tmp_path / "go"

    def script(history: History) -> Say:
        outputs = [item for item in history if item.get("type") == "function_call_output"]
        if len(outputs) == 0:
            return [_typed("echo first; while read line; do echo first got $line; done")]
        if len(outputs) == 1:
            return [Call("exec_command", {"cmd": f"while [ ! -e {go} ]; do sleep 0.02; done", "yield_time_ms": 9000})]
        return [_typed("echo second; while read line; do echo second got $line; done")]

    async with opened(tmp_path, worker=script) as engine:
        seat = await works(engine, "talk", "first")
        await seat.run("one")
        await seat.shows("first got one")
        go.touch()
        await seat.shows("second\n")
        await seat.run("two")
        await seat.shows("first got two")
        await engine.dispatch(cm.GiveKeyboard("w1"))
        await seat.run("three")
        await seat.shows("second got three")
        seat.close()


@pytest.mark.skipif(shutil.which("vim") is None, reason="vim is not installed")
async def test_a_person_takes_the_wheel_of_the_agents_editor(tmp_path: Path) -> None:
    async with opened(tmp_path, worker=steady) as engine:
        seat = await works(engine, "echo one > notes; vim -u NONE -i NONE notes", "one\n~")
        await seat.resize(70, 16)
        await until(lambda: seat.look() and seat.screen.text()[15].strip())
        await seat.press("A", *" and two", "escape")
        await seat.shows("one and two")
        await seat.run(":wq")
        await engine.idle()
        assert (Path(engine.state.workers["w1"].workspace) / "notes").read_text() == "one and two\n"
        assert engine.state.workers["w1"].commands[0].exit_code == 0
        seat.close()


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_the_agents_next_model_input_says_that_a_person_typed(
    tmp_path: Path, openai_server: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch, api: Any
) -> None:
    heard: list[str] = []

    def brain(items: list[Item], tools: list[Item]) -> list[Output]:
        if any("spawn_worker" in str(tool) for tool in tools):
            return [Text("I see.")]
        heard.append(" ".join(text_of(item) for item in items if item.get("role") == "user"))
        if "The person types" in heard[-1]:
            return [Text("Seen.")]
        if len(heard) == 1:
            return [ApiCall("exec_command", {"cmd": "echo up; read x", "tty": True, "yield_time_ms": 500})]
        return [ApiCall("write_stdin", {"session_id": 1000, "chars": "", "yield_time_ms": 5000})]

    openai_server.brain = brain
    for name, value in openai_server.environ.items():
        monkeypatch.setenv(name, value)
    chosen = settings(model=ModelSettings(name="gpt-5-mini", api=api))
    async with Engine.open(chosen, home=tmp_path / "home", directory=tmp_path) as engine:
        seat = await works(engine, "Work.", "up")
        await seat.run("mine")
        await engine.idle()
        assert "[The person types into your terminal: not all that it shows comes from you." in heard[-1]
        assert {request.status for request in openai_server.requests} == {200}
        seat.close()
