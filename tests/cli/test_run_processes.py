"""`golfer run` and `golfer` as whole processes: the real engine and store, models on the loopback, real signals and
terminals."""

import asyncio
import contextlib
import fcntl
import json
import os
import pty
import signal
import struct
import sys
import termios
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from engine.small_brain import brain
from loopback.models import CARDS
from loopback.openai_server import LoopbackOpenAI

from golfer_tui.headless.approving import NOBODY
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we

GOLFER = str(Path(sys.executable).with_name("golfer"))
MODEL = CARDS[0].name
SOON = 60
"""Seconds after which a process that should have gone on is given up; nothing is asserted about time."""


@contextlib.asynccontextmanager
async def started(*arguments: str, cwd: Path, **options: Any) -> AsyncIterator[asyncio.subprocess.Process]:
    """A `golfer` that does not outlive the test."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), asyncio.subprocess.PIPE) | options
    process = await asyncio.create_subprocess_exec(GOLFER, *arguments, cwd=cwd, limit=2**24, **pipes)
    try:
        async with asyncio.timeout(SOON):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def call(*arguments: str, cwd: Path, **options: Any) -> tuple[int | None, str, str]:
    """Run it to its end."""
    async with started(*arguments, cwd=cwd, **options) as process:
        out, err = await process.communicate()
        return process.returncode, out.decode(), err.decode()


@pytest.fixture
def model(openai_server: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch) -> LoopbackOpenAI:
    """A model on the loopback that the processes of the test use."""
    for name, value in openai_server.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GOLFER_MODEL__NAME", MODEL)
    return openai_server


async def test_a_prompt_its_events_the_list_and_the_next_prompt(model: LoopbackOpenAI, tmp_path: Path) -> None:
    code, out, err = await call("run", "--json", "--prompt", "first words", cwd=tmp_path)
    assert (code, err) == (0, "")
    events = [ev.decode(line) for line in out.splitlines()]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert (events[0].type, events[-1].type) == ("session.started", "session.finished")
    assert [event.body.role for event in events if isinstance(event.body, ae.Message)] == ["user", "assistant"]
    finished = events[-1].body
    assert isinstance(finished, se.SessionFinished)
    assert finished.state == "done"
    assert "first words" in finished.answer

    [row] = [json.loads(line) for line in (await call("sessions", "--json", cwd=tmp_path))[1].splitlines()]
    assert (row["id"], row["state"], row["directory"]) == (events[0].session, "done", str(tmp_path))
    assert row["id"] in (await call("sessions", cwd=tmp_path))[1]

    async with started("run", "--resume", row["id"][-4:], "--prompt", "-", cwd=tmp_path) as process:
        out_bytes, err_bytes = await process.communicate(b"second words")
    assert process.returncode == 0
    assert "second words" in out_bytes.decode()
    assert f"session {row['id']} resumed" in err_bytes.decode()
    assert b"\x1b" not in out_bytes + err_bytes


async def test_a_refused_key_fails_in_one_clear_line(
    model: LoopbackOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-0123456789")
    code, out, err = await call("run", "--prompt", "hello", cwd=tmp_path)
    assert (code, out) == (1, "")
    assert "key" in err
    assert "Traceback" not in err
    assert "sk-wrong-0123456789" not in err


async def test_an_interrupt_ends_the_workers_and_the_session(tmp_path: Path) -> None:
    async with started("run", "--demo", "--json", cwd=tmp_path) as process:
        assert process.stdout is not None
        lines = []
        while b'"worker.output"' not in (line := await process.stdout.readline()):
            lines.append(line)
        children = psutil.Process(process.pid).children(recursive=True)
        assert children
        process.send_signal(signal.SIGINT)
        rest = await process.stdout.read()
        assert await process.wait() == 130
    events = [ev.decode(each) for each in (b"".join(lines) + line + rest).splitlines()]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert isinstance(events[-1].body, se.SessionFinished)
    assert events[-1].body.state == "interrupted"
    killed = [event.body.state for event in events if isinstance(event.body, we.WorkerFinished)]
    assert killed == ["killed"] * 5
    assert psutil.wait_procs(children, timeout=SOON)[1] == []


async def test_a_second_interrupt_ends_it_at_once(model: LoopbackOpenAI, tmp_path: Path) -> None:
    """Two signals before the first could be answered: the process is gone, and its workers with it."""
    async with started("run", "--demo", "--json", cwd=tmp_path, stderr=asyncio.subprocess.DEVNULL) as process:
        assert process.stdout is not None
        while b'"worker.started"' not in await process.stdout.readline():
            pass
        children = psutil.Process(process.pid).children(recursive=True)
        os.kill(process.pid, signal.SIGTERM)
        os.kill(process.pid, signal.SIGINT)
        assert await process.wait() in {130, 143}
    assert psutil.wait_procs(children, timeout=SOON)[1] == []


class Terminal:
    """A real terminal of 80x24 for a process."""

    def __init__(self) -> None:
        self._fd, self.end = pty.openpty()
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.modes = termios.tcgetattr(self.end)
        self.shown = b""
        asyncio.get_running_loop().add_reader(self._fd, self._read)
        self._more = asyncio.Event()

    def _read(self) -> None:
        self.shown += os.read(self._fd, 65536)
        self._more.set()

    async def until(self, text: bytes) -> None:
        async with asyncio.timeout(SOON):
            while text not in self.shown:
                self._more.clear()
                await self._more.wait()

    def type(self, keys: bytes) -> None:
        os.write(self._fd, keys)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._fd)
        os.close(self._fd)
        os.close(self.end)


@pytest.fixture
async def terminal() -> AsyncIterator[Terminal]:
    opened = Terminal()
    yield opened
    opened.close()


async def test_the_chat_on_a_terminal(model: LoopbackOpenAI, terminal: Terminal, tmp_path: Path) -> None:
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.end)
    async with started("run", "--interactive", cwd=tmp_path, **streams) as process:
        await terminal.until(b"> ")
        terminal.type(b"some words\n/workers\n")
        await terminal.until(b"There are no workers.")
        # Once as it was typed, once in the model's answer.
        while terminal.shown.count(b"some words") < 2 or not terminal.shown.endswith(b"> "):
            await asyncio.sleep(0.01)
        terminal.type(b"/quit\n")
        assert await process.wait() == 0


async def test_the_cockpit_without_a_model_shows_the_first_steps(terminal: Terminal, tmp_path: Path) -> None:
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.end)
    environment = {**os.environ, "TERM": "xterm-256color"}
    async with started(cwd=tmp_path, env=environment, **streams) as process:
        await terminal.until(b"With an API key of your account.")
        terminal.type(b"q")
        assert await process.wait() == 0
    assert termios.tcgetattr(terminal.end) == terminal.modes
    assert not (Path(os.environ["GOLFER_HOME"])).exists()


async def test_the_cockpit_on_a_terminal_that_cannot_show_it(terminal: Terminal, tmp_path: Path) -> None:
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.end)
    async with started("--demo", cwd=tmp_path, env={**os.environ, "TERM": "dumb"}, **streams) as process:
        assert await process.wait() == 2
    await terminal.until(b"golfer run --prompt TEXT")


DEAR = {
    "GOLFER_APPROVALS__SPAWN_DOLLARS_PER_HOUR": "1",
    "GOLFER_PRICES__LOCAL_WORKER": "2",
    "GOLFER_MODEL__NAME": MODEL,
}
"""A worker costs more than may be spent unasked."""


async def test_without_a_terminal_nothing_waits_for_an_approval(openai_server: LoopbackOpenAI, tmp_path: Path) -> None:
    openai_server.brain = brain
    environment = {**os.environ, **openai_server.environ, **DEAR}
    asked = ("run", "--json", "--prompt", "spawn w1: echo done")
    code, out, _ = await call(*asked, cwd=tmp_path, env=environment)
    answers = [event.body for event in map(ev.decode, out.splitlines()) if isinstance(event.body, ae.ApprovalAnswered)]
    assert (code, [(each.answer, each.reason) for each in answers]) == (0, [("refused", NOBODY)])
    code, _, err = await call("run", "--prompt", "x", "--approve", "ask", cwd=tmp_path, env=environment)
    assert code == 2
    assert "--approve ask needs a terminal" in err
