"""Sizes of terminals on Modal: its client has no call for them, so one further command in the sandbox tells them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from golfer_tui.sandboxes.cleanup import cancelled
from golfer_tui.sandboxes.modal.scripts import MARK, RESIZE

SIZE = (24, 80)
"""Rows and columns until somebody says otherwise."""


class Sizing:
    """Tells the terminals of some commands their size, one at a time: of sizes that come meanwhile, the newest."""

    def __init__(
        self,
        size: tuple[int, int],
        run: Callable[[Sequence[str]], Awaitable[Any]],
        marks: Callable[[], Iterable[str]],
    ) -> None:
        """`size` is in rows and columns; `run` starts a command that is not shown; `marks` names the commands."""
        self.size = size
        self._run = run
        self._marks = marks
        self._telling: asyncio.Task[None] | None = None

    def tell(self) -> None:
        """See to it that the running terminals hear of `size`."""
        if self._telling is None and any(self._marks()):
            self._telling = asyncio.create_task(self._tell(), name="resize terminals")

    async def close(self) -> None:
        """Tell nothing more."""
        if self._telling is not None:
            await cancelled(self._telling)

    async def _tell(self) -> None:
        told = None
        while told != self.size:
            told = self.size
            argv = ["sh", "-c", RESIZE, "sh", *map(str, told), *(f"{MARK}={mark}" for mark in self._marks())]
            try:
                await (await self._run(argv)).wait.aio()
            except Exception:  # noqa: BLE001 - a wrong size is no reason to end a command
                break
        self._telling = None
