"""What the workers' terminals are told of the sizes of their panes: once the person is done with dragging."""

from collections.abc import Callable

from textual.widget import Widget

from golfer_tui.model import commands as cm
from golfer_tui.model.worker_fold import Worker

SETTLE = 0.2
"""Seconds after the first change of a pane's size until the workers are told of all of them."""


class Sizes:
    """Collects sizes for a moment."""

    def __init__(self, widget: Widget, worker: Callable[[str], Worker | None], send: Callable[[cm.Command], None]):
        """`widget` lends its timer; `send` gets the commands."""
        self._widget = widget
        self._worker = worker
        self._send = send
        self._sizes: dict[tuple[str, cm.Terminal], tuple[int, int]] = {}
        """Sizes that terminals do not know yet, in cells; by worker and which of its terminals it is."""

    def changed(self, worker: str, terminal: cm.Terminal, columns: int, rows: int) -> None:
        """A pane has another size."""
        if not self._sizes:
            self._widget.set_timer(SETTLE, self._tell)
        self._sizes[worker, terminal] = (columns, rows)

    def _tell(self) -> None:
        sizes, self._sizes = self._sizes, {}
        for (name, terminal), (columns, rows) in sizes.items():
            worker = self._worker(name)
            if worker is not None and worker.holds:
                self._send(cm.ResizeTerminal(name, columns, rows, terminal))
