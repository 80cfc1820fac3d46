"""The plain chat over real pipes and a real terminal, with an engine whose answers are set."""

import asyncio
import os
import pty
import signal
import tempfile
from collections.abc import AsyncIterator, Callable

import pytest
from headless.scripted_engine import Play, ScriptedEngine

from golfer_tui.headless.chat import chat
from golfer_tui.headless.orders import order, roster
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import CommandError
from golfer_tui.model.session import SessionState
from golfer_tui.model.workers import WorkerSpec

Shown = Callable[[], str]


class Desk:
    """A chat with its three streams; what it prints is collected."""

    def __init__(self, play: Play, *, terminal: bool = False) -> None:
        self.engine = ScriptedEngine(play)
        self._keys, self.stdin = pty.openpty() if terminal else os.pipe()
        if not terminal:
            self._keys, self.stdin = self.stdin, self._keys
        self._files = [tempfile.TemporaryFile(), tempfile.TemporaryFile()]  # noqa: SIM115 - closed in `close`
        stdout, stderr = (file.fileno() for file in self._files)
        self.task = asyncio.create_task(
            chat(self.engine.open, "", stdin=self.stdin, stdout=stdout, stderr=stderr), name="chat"
        )

    def type(self, text: str) -> None:
        os.write(self._keys, text.encode())

    def end_input(self) -> None:
        os.close(self._keys)
        self._keys = -1

    @property
    def out(self) -> str:
        return self._read(0)

    @property
    def err(self) -> str:
        return self._read(1)

    def _read(self, number: int) -> str:
        fd = self._files[number].fileno()
        return os.pread(fd, 1_000_000, 0).decode()

    async def until(self, true: Callable[[], object]) -> None:
        """Wait for a state."""
        async with asyncio.timeout(20):
            while not true():
                assert not self.task.done() or true(), (self.out, self.err)
                await asyncio.sleep(0.005)

    def close(self) -> None:
        for fd in {self._keys, self.stdin} - {-1}:
            os.close(fd)
        for file in self._files:
            file.close()


@pytest.fixture
async def sit() -> AsyncIterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(play: Play, **options: bool) -> Desk:
        desks.append(Desk(play, **options))
        return desks[-1]

    yield make
    for desk in desks:
        desk.task.cancel()
        await asyncio.gather(desk.task, return_exceptions=True)
        desk.close()


def echo(engine: ScriptedEngine, text: str) -> None:
    engine.emit(ae.TurnStarted(turn="t"))
    engine.emit(ae.Message(role="assistant", text=f"You said {text}\x1b[2J."))
    engine.emit(ae.TurnFinished(turn="t", state="done"))


def stuck(engine: ScriptedEngine, text: str) -> None:
    engine.busy(True)
    engine.emit(ae.TurnStarted(turn="t"))
    engine.emit(we.WorkerQueued(spec=WorkerSpec("w1", "train"), attempt=1, position=1), "w1")


async def test_lines_are_messages_and_answers_come_back(sit: Callable[..., Desk]) -> None:
    desk = sit(echo)
    desk.type("hello\r\n\nsecond")
    desk.end_input()
    assert await desk.task == 0
    assert desk.out == "You said hello.\nYou said second.\n"
    assert [command for command in desk.engine.taken if isinstance(command, cm.SendMessage)] == [
        cm.SendMessage("hello"),
        cm.SendMessage("second"),
    ]
    assert "/help lists the orders" in desk.err


async def test_a_terminal_gets_a_prompt(sit: Callable[..., Desk]) -> None:
    desk = sit(echo, terminal=True)
    await desk.until(lambda: desk.err.endswith("> "))
    desk.type("hello\n")
    await desk.until(lambda: desk.out and desk.err.count("> ") == 2)
    desk.type("/quit\n")
    assert await desk.task == 0


async def test_lines_from_a_file(tmp_path: "os.PathLike[str]") -> None:
    path = os.path.join(tmp_path, "lines")
    with open(path, "w") as file:
        file.write("one\ntwo\n")
    engine = ScriptedEngine(echo)
    with open(path) as lines, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = await chat(engine.open, "zero", stdin=lines.fileno(), stdout=out.fileno(), stderr=err.fileno())
        out.seek(0)
        assert out.read() == b"You said zero.\nYou said one.\nYou said two.\n"
    assert code == 0


async def test_orders_reach_the_engine_and_refusals_the_person(sit: Callable[..., Desk]) -> None:
    desk = sit(stuck)
    desk.type(
        "go\n/workers\n/kill nobody\n/kill w1\n/restart w1\n/continue w1\n/tell w1 more steps please\n/frob\n/help\n"
    )
    await desk.until(lambda: "/quit" in desk.err)
    assert desk.engine.taken[1:] == [
        cm.KillWorker("nobody"),
        cm.KillWorker("w1"),
        cm.RestartWorker("w1"),
        cm.ContinueWorker("w1"),
        cm.SendMessage("more steps please", worker="w1"),
    ]
    assert "There is no worker nobody." in desk.err
    assert "There is no order /frob. /help lists them all." in desk.err
    assert "w1" in desk.err
    desk.type("/quit\n")
    assert await desk.task == 130
    assert desk.engine.state.finished == se.SessionFinished(state="interrupted")


async def test_ctrl_c_stops_the_turn_first_and_the_session_then(sit: Callable[..., Desk]) -> None:
    desk = sit(stuck)
    desk.type("go\n")
    await desk.until(lambda: desk.engine.taken)
    os.kill(os.getpid(), signal.SIGINT)
    await desk.until(lambda: "The turn was stopped" in desk.err)
    assert not desk.task.done()
    os.kill(os.getpid(), signal.SIGINT)
    assert await desk.task == 0
    assert desk.engine.state.finished == se.SessionFinished(state="done")


async def test_the_end_of_the_lines_waits_for_the_work(sit: Callable[..., Desk]) -> None:
    desk = sit(stuck)
    desk.type("go\n")
    desk.end_input()
    await desk.until(lambda: desk.engine.taken)
    desk.engine.emit(ae.Message(role="assistant", text="late answer"))
    desk.engine.busy(False)
    assert await desk.task == 0
    assert desk.out == "late answer\n"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("/tell", "incomplete"),
        ("/tell w1", "incomplete"),
        ("/kill", "incomplete"),
        ("/kill a b", "incomplete"),
        ("/pause a b", "incomplete"),
        ("/restart", "incomplete"),
        ("/limit a", "incomplete"),
        ("/x", "unknown"),
    ],
)
def test_orders_that_are_none(line: str, code: str) -> None:
    with pytest.raises(CommandError) as caught:
        order(line)
    assert caught.value.code == f"order.{code}"


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/pause a", cm.PauseWorker("a")),
        ("/pause", cm.PauseWorker()),
        ("/continue a", cm.ContinueWorker("a")),
        ("/continue", cm.ContinueWorker()),
        ("/restart a", cm.RestartWorker("a")),
        ("/restart a Do it  twice.", cm.RestartWorker("a", "Do it  twice.")),
        ("/limit a turns=3 timeout=off", cm.LimitWorker("a", 3, None)),
    ],
)
def test_orders_for_the_pace_of_workers(line: str, command: cm.Command) -> None:
    assert order(line) == command


def test_an_empty_roster() -> None:
    assert roster(SessionState()) == "There are no workers.\n"
