"""One command of the shell tool: what every backend's has, and what a backend says about its own."""

import asyncio
import time

from golfer_tui.sandboxes.capture import Capture


class Process:
    """One command of the shell tool. A backend overrides how it is reached."""

    def __init__(self, id_: int, command: str, *, tty: bool) -> None:
        self.id = id_
        self.command = command
        """As the model wrote it."""
        self.tty = tty
        """True if it reads keys."""
        self.capture = Capture()
        self.ended = asyncio.Event()
        self.exit_code: int | None = None
        """Set with `ended`; None if it was killed without a status."""
        self.killed = False
        """True once we began to kill it."""
        self.started = self.last_used = time.monotonic()
        self.outlasted: float | None = None
        """Limit in seconds for which it was ended."""

    def write(self, data: bytes) -> None:
        """Type keys.

        Raises:
            SandboxError: `terminal.full` if the program has long not read its keys.
        """
        raise NotImplementedError

    def interrupt(self) -> None:
        """Do what ^C does to a process that has no keyboard."""
        raise NotImplementedError

    async def kill(self) -> None:
        """End all its processes; returns once they are gone."""
        raise NotImplementedError
