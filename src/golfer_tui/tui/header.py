"""The first row: what session this is, who answers, where it runs, and how much of it."""

import collections
import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from golfer_tui.costs.budget import level, limit
from golfer_tui.model import figures
from golfer_tui.model.session import SessionState
from golfer_tui.model.settings import Settings
from golfer_tui.model.spending import money
from golfer_tui.model.workers import WorkerState
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.hints import hint
from golfer_tui.tui.limits import taken
from golfer_tui.tui.look import LETTERS, Piece, ink, row, width_of

if TYPE_CHECKING:
    from golfer_tui.attach.session import OpenSession

WIDE = 100
"""Columns from which on there is room to say how a session that is only watched is taken over."""


class Header(Widget):
    """One line; where it is narrow, the least important parts go first."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "header--product", "header--title", "header--dim", "header--scripted", "header--note", "header--alarm",
        "header--watching", "header--needs",
        *(f"header--{state}" for state in WorkerState),
    }  # fmt: skip

    class Answered(Message):
        """The person wants to answer what waits."""

    def __init__(self) -> None:
        super().__init__()
        self._state = SessionState()
        self._settings = Settings()
        self._engine: OpenSession | None = None
        self._note = "opening"
        self._now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)

    def show(self, engine: "OpenSession", now: Callable[[], dt.datetime]) -> None:
        """Tell of this session from now on."""
        self._now = now
        self._engine, self._state, self._settings, self._note = engine, engine.state, engine.settings, ""
        self.refresh()

    def tell(self, note: str) -> None:
        """A word about the cockpit itself, such as that it closes."""
        self._note = note
        self.refresh()

    def render(self) -> RenderResult:
        return ""

    def render_line(self, y: int) -> Strip:
        state, width = self._state, self.size.width
        dim = self._style("dim")
        left: list[Piece] = [(" ⚑ golfer ", self._style("product")), (" ", dim)]
        if state.scripted or (self._settings.demo and not state.session):
            left += [(" scripted model ", self._style("scripted")), (" ", dim)]
        if self._note:
            left.append((f"{self._note} …", self._style("note")))
        left += self._company()
        counts = self._counts()
        alarms, needs = self._alarms(), self._needs()
        tokens = state.tokens.input + state.tokens.output
        model = "" if state.scripted else one_line(state.model)
        where = "  ".join(part for part in (model, one_line(state.backend)) if part)
        spent: list[Piece] = [(f"  {figures.tally(tokens)} tokens", dim)] if tokens else []
        place: list[Piece] = [(f"  {where}", dim)] if where else []
        fleet, cost = self._gpus(), self._money()
        for right in (
            [*needs, *alarms, *place, *fleet, *spent, *cost, *counts],
            [*needs, *alarms, *place, *fleet, *cost, *counts],
            [*needs, *alarms, *fleet, *cost, *counts],
            [*needs, *alarms, *cost, *counts],
            [*needs, *counts],
        ):
            if width_of(right) + width_of(left) + 8 <= width:
                break
        right = [*right, (" ", dim)]
        title = one_line(state.title) or one_line(state.session)
        if state.session and state.title:
            # What tells it from others of the day; commands take it for the whole id.
            title = f"{title}  {state.session.rpartition('-')[2]}"
        return row([*left, (title, self._style("title"))], right, width, self.rich_style)

    def _company(self) -> list[Piece]:
        """That another terminal steers, or how many others watch."""
        if self._engine is None:
            return []
        attendance = self._engine.attendance
        if attendance.waking:
            return [("waking  ", self._style("note"))]
        if not attendance.writing:
            how = " /takeover steers  " if self.size.width >= WIDE else " "
            return [(" watching ", self._style("watching")), (how, self._style("dim"))]
        return [(f"{attendance.others} watching  ", self._style("note"))] if attendance.others else []

    def _counts(self) -> list[Piece]:
        counted = collections.Counter(worker.state for worker in self._state.workers.values())
        pieces: list[Piece] = []
        for state in LETTERS:
            if counted[state]:
                pieces += [("  ", self._style("dim")), (f"{LETTERS[state]}{counted[state]}", self._style(state))]
        return pieces

    def _gpus(self) -> list[Piece]:
        """GPUs that are leased of those that may be, and what drains; nothing where there are none."""
        if self._engine is None:
            return []
        told = taken(self._engine.used, self._engine.limits)
        return [(f"  {told}", self._style("alarm" if told.endswith("drains") else "dim"))] if told else []

    def _money(self) -> list[Piece]:
        """What was spent of what may be, and what an hour costs now; nothing where nothing costs."""
        if self._engine is None:
            return []
        bill, most = self._state.bill(self._now()), self._engine.max_dollars
        if most is None and not bill.dollars and not bill.unpriced:
            return []
        what = "cost " if bill.unpriced and not bill.dollars else ""
        told = f"  {what}{bill}" + (f"/{limit(most)}" if most is not None else "")
        hourly = f" {money(bill.per_hour)}/h" if bill.per_hour else ""
        fine = level(bill, most) == "fine"
        return [(told, self._style("dim" if fine else "alarm")), (hourly, self._style("dim"))]

    def _needs(self) -> list[Piece]:
        """How many approvals wait for the person; a click shows them."""
        if not (count := len(self._state.approvals)):
            return []
        key = hint(self.app, "approval.answer", "")
        told = f" ! {count} need{'s' * (count == 1)} you {key}"
        return [("  ", self._style("dim")), (told, self._style("needs") + Style.from_meta({"needs": True}))]

    def on_click(self, event: events.Click) -> None:
        if event.style.meta.get("needs"):
            self.post_message(self.Answered())

    def _alarms(self) -> list[Piece]:
        """How many workers hold GPUs that idle."""
        idle = sum(bool(worker.idle_gpus) for worker in self._state.workers.values())
        return [(f"  {idle} with an idle gpu", self._style("alarm"))] if idle else []

    def _style(self, name: str) -> Style:
        if name in {"product", "scripted", "watching", "needs"}:
            return self.get_component_rich_style(f"header--{name}")
        return ink(self, f"header--{name}", self.styles.background)
