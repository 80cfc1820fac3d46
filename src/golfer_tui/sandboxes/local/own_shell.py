"""A person's own shell in a local sandbox: a terminal apart from those of the agent's commands."""

import asyncio
from collections.abc import Callable

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.capture import Capture
from golfer_tui.sandboxes.local.link import Keeper, Running
from golfer_tui.sandboxes.local.terminal import Terminal
from golfer_tui.terminal.answers import Answers
from golfer_tui.terminal.tape import Tape


class LocalShell:
    """See `sandboxes.offers.OwnShell`."""

    def __init__(
        self, keeper: Keeper, id_: int, running: Running, tape: Tape, on_ended: Callable[[], None], answers: Answers
    ) -> None:
        self._keeper = keeper
        self._id = id_
        self._ended = asyncio.Event()
        self._on_ended = on_ended
        self._terminal = Terminal(running.fds[0], tape, Capture(), lambda: None, answers)
        running.status.add_done_callback(lambda _: self.let_go())

    @property
    def open(self) -> bool:
        return not self._ended.is_set()

    def type(self, data: bytes) -> None:
        if not self.open:
            raise SandboxError("terminal.none", "The shell has ended.", hint="Open another one.")
        self._terminal.write(data)

    def resize(self, columns: int, rows: int) -> None:
        self._terminal.resize(rows, columns)

    async def close(self) -> None:
        await self._keeper.kill(self._id)
        await self._ended.wait()

    def let_go(self) -> None:
        """Close its terminal, with the last of what it holds on the tape; its processes were ended before."""
        if not self.open:
            return
        self._terminal.drain()
        self._terminal.close()
        self._ended.set()
        self._on_ended()
