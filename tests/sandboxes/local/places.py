"""What the tests of local sandboxes share: one sandbox with all that is to be known of it, and waiting for states."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil
from agents.sandbox.session.pty_types import PtyExecUpdate

from golfer_tui.model.settings import LocalSettings
from golfer_tui.sandboxes.contract import CommandEnded, CommandStarted, SandboxSpec
from golfer_tui.sandboxes.local.backend import LocalBackend
from golfer_tui.sandboxes.local.sandbox import LocalSandbox
from golfer_tui.terminal.tape import Tape

DEADLINE = 30.0
"""Seconds after which a state that does not come is a failure."""
TEST = "GOLFER_TEST"
"""Variable that marks all processes of one test."""


async def until(condition: Callable[[], object], what: str = "") -> None:
    """Wait for a state."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"never came: {what}"
        await asyncio.sleep(0.01)


def marked(token: str) -> list[int]:
    """Living processes that carry a test's mark."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(TEST) == token and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
    return found


class Place:
    """One sandbox and all that a test wants to know of it."""

    def __init__(self, backend: LocalBackend, workspace: Path) -> None:
        self.backend = backend
        self.tape = Tape()
        self.events: list[CommandStarted | CommandEnded] = []
        self.token = uuid.uuid4().hex
        self.folder = workspace
        self.sandbox: LocalSandbox

    def spec(self, **more: object) -> SandboxSpec:
        environment = {TEST: self.token}
        return SandboxSpec("session", "worker", str(self.folder), environment=environment, **more)  # type: ignore[arg-type]

    async def create(self, **more: object) -> LocalSandbox:
        self.sandbox = await self.backend.create(self.spec(**more), self.tape, self.events.append)
        return self.sandbox

    async def run(self, command: str, *, seconds: float = 30.0, tty: bool = False) -> PtyExecUpdate:
        """Run a command as the shell tool does."""
        return await self.sandbox.session.pty_exec_start(command, tty=tty, yield_time_s=seconds)

    async def output(self, command: str) -> str:
        """What a command prints, which must succeed."""
        update = await self.run(command)
        text = update.output.decode()
        assert update.exit_code == 0, text
        return text

    async def type(self, process: int | None, chars: str, seconds: float = 0.3) -> PtyExecUpdate:
        assert process is not None
        return await self.sandbox.session.pty_write_stdin(session_id=process, chars=chars, yield_time_s=seconds)

    async def see(self, process: int | None, chars: str, text: str) -> str:
        """Type, wait until the terminal shows a text after that, and return what the model was told."""
        before = self.tape.end
        told = (await self.type(process, chars)).output.decode()
        await until(lambda: text.encode() in self.tape.peek(before), text)
        return told

    @property
    def processes(self) -> list[int]:
        return marked(self.token)

    @property
    def printed(self) -> bytes:
        return self.tape.peek(0)


async def opened(isolation: str, home: Path, **settings: object) -> LocalBackend:
    chosen = LocalSettings(isolation=isolation, **settings)  # type: ignore[arg-type]
    return await asyncio.to_thread(lambda: LocalBackend(chosen, home=home))
