"""A Modal backend on a loopback plane, with what the tests ask of it again and again."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loopback.modal_plane.plane import ModalPlane

from golfer_tui.model.settings import ModalSettings
from golfer_tui.sandboxes.contract import CommandEnded, CommandStarted, SandboxSpec
from golfer_tui.sandboxes.modal.backend import ModalBackend
from golfer_tui.sandboxes.modal.sandbox import ModalSandbox
from golfer_tui.terminal.tape import Tape

DEADLINE = 20.0
"""Seconds that a condition may take to come true."""


class Rig:
    """One backend, one tape, and every sandbox that was made."""

    def __init__(self, plane: ModalPlane | None, folder: Path, **changes: Any) -> None:
        """`plane` is None for Modal itself."""
        self.plane = plane
        self.folder = folder
        self.tape = Tape()
        self.commands: list[CommandStarted | CommandEnded] = []
        self.made: list[ModalSandbox] = []
        self.backend = ModalBackend(ModalSettings(**changes))

    def reconfigure(self, **changes: Any) -> None:
        """Other settings, as in a process that is started anew."""
        self.backend = ModalBackend(ModalSettings(**changes))

    async def create(self, **asked: Any) -> ModalSandbox:
        """A sandbox for the worker `ada`."""
        spec = SandboxSpec(session="s1", worker="ada", workspace=str(self.folder / "ada"), **asked)
        sandbox = await self.backend.create(spec, self.tape, self.commands.append)
        self.made.append(sandbox)
        return sandbox

    async def close(self) -> None:
        """End all that was made."""
        if self.plane is not None:
            self.plane.wire.faults.clear()
        for sandbox in self.made:
            await sandbox.stop()
        await self.backend.close()

    @property
    def printed(self) -> bytes:
        """All that is on the tape, without the log of the image's build."""
        return self.tape.peek(0).split(b'CMD ["sleep", "infinity"]\r\n')[-1]

    def ends(self) -> list[CommandEnded]:
        return [each for each in self.commands if isinstance(each, CommandEnded)]


async def until(condition: Callable[[], object]) -> None:
    """Wait until it is true."""
    async with asyncio.timeout(DEADLINE):
        while not condition():
            await asyncio.sleep(0.01)
