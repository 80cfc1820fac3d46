"""A person's own shell in a Modal sandbox: one more command on a terminal, apart from those of the agent."""

from collections.abc import Callable

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.modal.process import ModalProcess
from golfer_tui.sandboxes.modal.sizing import Sizing


class ModalShell:
    """See `sandboxes.offers.OwnShell`."""

    def __init__(self, process: ModalProcess, sizing: Sizing, on_ended: Callable[[], None]) -> None:
        self._process = process
        self._sizing = sizing
        self._on_ended = on_ended

    @property
    def open(self) -> bool:
        return not self._process.ended.is_set()

    def type(self, data: bytes) -> None:
        if not self.open:
            raise SandboxError("terminal.none", "The shell has ended.", hint="Open another one.")
        self._process.write(data)

    def resize(self, columns: int, rows: int) -> None:
        if self.open and self._sizing.size != (rows, columns):
            self._sizing.size = rows, columns
            self._process.resize(rows, columns)
            self._sizing.tell()

    async def close(self) -> None:
        await self._process.kill()

    def abandon(self) -> None:
        """The sandbox has ended: nothing more will come of it."""
        self._process.abandon()

    async def let_go(self) -> None:
        """The sandbox was ended, and nothing is read any more."""
        await self._sizing.close()
        self.ended()

    def ended(self) -> None:
        """It has ended; may be called twice."""
        if self.open:
            self._process.ended.set()
            self._on_ended()
