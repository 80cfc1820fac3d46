"""The scores: a table of all runs by one metric, and the curves of the chosen ones in one plot; live while open."""

import asyncio
import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import ClassVar, NamedTuple

from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widgets import DataTable, Input, Static

from golfer_tui.experiments.scoreboard import snapshot
from golfer_tui.model.session import SessionState
from golfer_tui.reports.export import Kind
from golfer_tui.tui.dialogs import Question
from golfer_tui.tui.keybar import KeyBar
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.plot.picture import Curve
from golfer_tui.tui.plot.plan import Told
from golfer_tui.tui.plot.plot import Plot
from golfer_tui.tui.score_choices import ScoreChoices, Shown, View
from golfer_tui.tui.score_look import found, head
from golfer_tui.tui.score_table import ScoreTable

REFRESH = 1.0
"""Seconds between two looks at what changed."""

SLIDE = 12
"""Columns that the table moves sideways at once."""

VIEWS: tuple[View, ...] = ("both", "curves", "table")


class Goal(NamedTuple):
    """Where the person wants to go from the scores."""

    worker: str
    offset: int | None
    """Of a line of its tape; None for the worker itself."""


class Scores(Keyed, ModalScreen[Goal | None]):
    """Answers where to go, or None."""

    AUTO_FOCUS = "#scores"
    PLACE = "scores"
    BINDINGS: ClassVar[list[BindingType]] = bindings("scores")

    def __init__(
        self,
        state: SessionState,
        choices: ScoreChoices,
        *,
        now: Callable[[], dt.datetime],
        export: Callable[[Kind], None],
    ) -> None:
        """`choices` outlive the screen; `export` writes a file of what they show."""
        super().__init__()
        self._state = state
        self._choices = choices
        self._now = now
        self._export = export
        self._shown = Shown("", [], [], [], [], [])
        self._seen = -1
        """Number of the last event that was looked at."""
        self._stale = False
        """What is drawn is not what is the case."""
        self._updating = False

    def compose(self) -> ComposeResult:
        yield Static(id="told")
        yield Plot(id="curves")
        yield Input(self._choices.wanted, placeholder="Words of a row, such as lr=0.1", id="wanted", compact=True)
        yield ScoreTable()
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(Plot).sight.log = self._choices.log
        self.set_interval(REFRESH, self._look)
        self.update_scores()

    def _look(self) -> None:
        active = any(worker.state.active for worker in self._state.workers.values())
        if active or self._seen != self._state.seq:
            self.update_scores()

    def update_scores(self) -> None:
        """Draw what is the case now. It is found in a thread, since runs may be many and their curves long."""
        self._stale = True
        if not self._updating:
            self._updating = True
            self.run_worker(self._update(), name="scores", group="scores")

    async def _update(self) -> None:
        try:
            while self._stale:
                self._stale, self._seen = False, self._state.seq
                choices, workers = self._choices.copy(), snapshot(self._state.workers)
                work = partial(found, choices, workers, self._now())
                self._draw(choices, *await asyncio.to_thread(work))
        finally:
            self._updating = False

    def _draw(self, choices: ScoreChoices, shown: Shown, curves: list[Curve], told: Told) -> None:
        self._shown = shown
        self.set_classes([f"-{choices.view}", *(["-nothing"] * (not shown.metrics))])
        self.query_one("#wanted").display = bool(choices.wanted) or self._finding
        self.query_one("#told", Static).update(head(choices, shown))
        plot, table = self.query_one(Plot), self.query_one(ScoreTable)
        plot.show(curves, told)
        table.show(
            shown,
            order=choices.order,
            backwards=choices.backwards,
            marked=choices.marked,
            letters=plot.letters,
            best=Style(bold=True),
        )
        plot.bring(table.chosen)

    @property
    def _finding(self) -> bool:
        """The person writes what is to be found."""
        return isinstance(self.focused, Input)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the person writes, keys that move about write as well."""
        moving = {"go_there", "row", "slide", "read", "pan"}
        return not (self._finding and action in moving)

    # What the person does with the table

    def action_go_there(self) -> None:
        self._leave(line=False)

    def action_go_to_line(self) -> None:
        self._leave(line=True)

    def _leave(self, *, line: bool) -> None:
        key = self.query_one(ScoreTable).chosen
        score = next((score for score in self._shown.rows if score.key == key), None)
        if score is not None:
            self.dismiss(Goal(score.worker.name, score.run.offset if line else None))

    def action_row(self, by: int) -> None:
        """Move the cursor by so many rows."""
        table = self.query_one(ScoreTable)
        table.move_cursor(row=table.cursor_row + by, animate=False)

    def action_slide(self, by: int) -> None:
        """Move the table sideways."""
        self.query_one(ScoreTable).scroll_relative(x=by * SLIDE, animate=False)

    def action_mark(self) -> None:
        if key := self.query_one(ScoreTable).chosen:
            self._choices.toggle(key)
            self.update_scores()

    def action_mark_all(self) -> None:
        self._choices.toggle_all(score.key for score in self._shown.rows)
        self.update_scores()

    def action_metric(self, by: int) -> None:
        """Go to another metric."""
        if known := self._shown.metrics:
            self._choices.metric = known[(known.index(self._shown.metric) + by) % len(known)]
            self.query_one(Plot).sight.reset()
            self.update_scores()

    def action_turn(self) -> None:
        self._choices.turn(self._shown.metric)
        self.update_scores()

    def action_sort(self, by: int) -> None:
        """Sort by another column."""
        names = [column.name for column in self._shown.columns]
        here = names.index(self._choices.order) if self._choices.order in names else 0
        self._choices.order, self._choices.backwards = names[(here + by) % len(names)], False
        self.update_scores()

    def action_reverse(self) -> None:
        self._choices.backwards = not self._choices.backwards
        self.update_scores()

    def action_filter(self) -> None:
        box = self.query_one(Input)
        box.display = True
        box.focus()

    def action_view(self) -> None:
        self._choices.view = VIEWS[(VIEWS.index(self._choices.view) + 1) % len(VIEWS)]
        self.update_scores()

    def action_export(self) -> None:
        answers: list[tuple[str, str, Kind | None, str]] = [
            ("c", "CSV", "csv", "primary"),
            ("s", "SVG", "svg", "default"),
            ("p", "PNG", "png", "default"),
        ]
        text = "Write the table as CSV, or the curves as SVG or PNG, into the current folder:"
        question = Question[Kind]("Export", text, answers)
        self.app.push_screen(question, lambda kind: self._export(kind) if kind else None)

    def action_close_scores(self) -> None:
        """Leave the filter, the cursor that reads, or the scores."""
        plot = self.query_one(Plot)
        if self._finding or self._choices.wanted:
            self.query_one(ScoreTable).focus()
            self.query_one(Input).value = ""
            self._choices.wanted = ""
            self.update_scores()
        elif plot.sight.cursor is not None:
            plot.sight.cursor = None
            plot.refresh()
        else:
            self.dismiss(None)

    # What the person does with the plot

    def action_axis(self) -> None:
        self._choices.over = "step" if self._choices.over == "time" else "time"
        self.query_one(Plot).sight.other_axis()
        self.update_scores()

    def action_powers(self) -> None:
        sight = self.query_one(Plot).sight
        sight.scale_by_powers()
        self._choices.log = sight.log
        self.query_one(Plot).redraw()

    def action_read(self, by: int) -> None:
        self.query_one(Plot).read(by)

    def action_zoom(self, steps: int) -> None:
        self._see(lambda plot: plot.sight.zoom(steps))

    def action_zoom_values(self, steps: int) -> None:
        self._see(lambda plot: plot.sight.zoom_values(steps))

    def action_pan(self, x: int, y: int) -> None:
        self._see(lambda plot: plot.sight.move(x, y))

    def action_whole(self) -> None:
        self._see(lambda plot: plot.sight.reset())

    def _see(self, change: Callable[[Plot], None]) -> None:
        plot = self.query_one(Plot)
        change(plot)
        plot.redraw()

    # What widgets tell

    @on(DataTable.HeaderSelected)
    def header_selected(self, event: DataTable.HeaderSelected) -> None:
        names, choices = [column.name for column in self._shown.columns], self._choices
        if 0 < event.column_index <= len(names):
            name = names[event.column_index - 1]
            choices.backwards = name == choices.order and not choices.backwards
            choices.order = name
            self.update_scores()

    @on(DataTable.RowSelected)
    def row_selected(self) -> None:
        self._leave(line=False)

    @on(DataTable.RowHighlighted)
    def row_highlighted(self) -> None:
        self.query_one(Plot).bring(self.query_one(ScoreTable).chosen)

    @on(ScoreTable.Marked)
    def marked(self, event: ScoreTable.Marked) -> None:
        self._choices.toggle(event.key)
        self.update_scores()

    @on(Plot.Picked)
    def picked(self, event: Plot.Picked) -> None:
        self.query_one(ScoreTable).go(event.key)

    @on(Input.Changed)
    def wanted_changed(self, event: Input.Changed) -> None:
        self._choices.wanted = event.value
        self.update_scores()

    @on(Input.Submitted)
    def wanted_submitted(self) -> None:
        self.query_one(ScoreTable).focus()
        self.update_scores()
