"""The row above the input: what the orchestrator does now, and what stops it."""

import datetime as dt
from collections.abc import Callable

from textual.content import Content
from textual.widgets import Static

from golfer_tui.model import figures
from golfer_tui.model.session import SessionState
from golfer_tui.tui.hints import hint, hints

MUTED = "$foreground 65%"


class Status(Static):
    """One line."""

    def __init__(self, *, now: Callable[[], dt.datetime]) -> None:
        super().__init__(Content.assemble(("◌ ", "bold $accent"), ("loading; you can write already", MUTED)))
        self._now = now
        self._state: SessionState | None = None
        self._marked = 0
        self._told = Content()
        self._turn: tuple[str, dt.datetime] | None = None
        """The turn that runs and when it was first seen."""

    def show(self, state: SessionState) -> None:
        """Tell of this session from now on."""
        self._state = state
        self.update_status()

    def mark(self, count: int) -> None:
        """So many workers are marked."""
        self._marked = count
        self.update_status()

    def update_status(self) -> None:
        """Draw the line for what is the case now."""
        if self._state is None:
            return
        turn = self._state.chat.turn
        if turn is None:
            self._turn = None
            active = sum(worker.state.active for worker in self._state.workers.values())
            told = "1 worker is at work" if active == 1 else f"{active} workers are at work" if active else ""
            self._tell(Content.assemble(*self._marks(), ("○ ", MUTED), (told or "ready", MUTED)))
            return
        if self._turn is None or self._turn[0] != turn:
            self._turn = (turn, self._now())
        spent = figures.span(figures.since(self._turn[1], self._now()))
        self._tell(
            Content.assemble(
                *self._marks(),
                ("● ", "bold $primary"),
                ("the orchestrator works ", ""),
                (hints(spent, hint(self.app, "turn.interrupt", "interrupts", writing=True)), MUTED),
            )
        )

    def _marks(self) -> list[tuple[str, str]]:
        if not self._marked:
            return []
        clears = hint(self.app, "worker.unmark", "clears")
        return [("◆ ", "bold $accent"), (hints(f"{self._marked} marked", clears) + "  ", MUTED)]

    def _tell(self, told: Content) -> None:
        """Draw it if it is new. It is one line, whatever it says: nothing is to be laid out anew."""
        if told != self._told:
            self._told = told
            self.update(told, layout=False)
