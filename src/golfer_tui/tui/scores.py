"""The scores: a table of all runs by one metric with the curves above it, live while it is open."""

import datetime as dt
from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import DataTable, Static

from golfer_tui.experiments.curves import curve
from golfer_tui.experiments.leaderboard import headlines, lower_is_better
from golfer_tui.model import figures
from golfer_tui.model.session import SessionState
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.hints import hint, hints
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.scoreboard import COLUMNS, Score, leaders, scores

REFRESH = 1.0
"""Seconds between two looks at what changed."""

NAME = 16
"""Columns of a name beside its curve."""

CURVES = 3
"""The curves take one row in so many."""

NOTHING = "No metric was read yet. Metrics are found in what workers print, such as val_loss: 2.31"


class Scores(Keyed, ModalScreen[str | None]):
    """Answers the name of the worker to go to, or None."""

    PLACE = "scores"
    BINDINGS: ClassVar[list[BindingType]] = bindings("scores")

    def __init__(self, state: SessionState, *, now: Callable[[], dt.datetime]) -> None:
        super().__init__()
        self._state = state
        self._now = now
        self._metric = ""
        self._order = next(iter(COLUMNS))
        self._reverse = False
        self._told: object = None
        """What is drawn, to draw only what is new."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog scores") as dialog:
            told = ("metric", "metric"), ("sort", "sort"), ("go", "goes there"), ("close", "closes")
            keys = hints(*(hint(self.app, f"scores.{name}", does) for name, does in told))
            dialog.border_subtitle = Content(keys).markup
            yield Static(id="curves")
            table = DataTable[Text](cursor_type="row", id="scores")
            for name in COLUMNS:
                table.add_column(name, key=name)
            yield table

    def on_mount(self) -> None:
        self.query_one(DataTable).focus()
        self.set_interval(REFRESH, self.update_scores)

    def on_resize(self) -> None:
        # Not before: the curves need to know their place.
        self._told = None
        self.call_after_refresh(self.update_scores)

    def update_scores(self) -> None:
        """Draw what is the case now."""
        known = headlines(worker.curves for worker in self._state.workers.values())
        if known and self._metric not in known:
            self._metric = known[0]
        ranked = scores(self._state.workers, self._metric, self._now())
        shown = sorted(ranked, key=COLUMNS[self._order], reverse=self._reverse)
        told = (self._metric, self._order, self._reverse, len(known), [(one.cells, one.run.readings) for one in shown])
        if told != self._told:
            self._told = told
            self._draw_title(known)
            self._draw_curves(leaders(ranked))
            self._draw_table(shown)

    def _draw_title(self, known: list[str]) -> None:
        better = "less" if lower_is_better(self._metric) else "more"
        told = f"Scores by {one_line(self._metric)}, {better} is better" if known else "Scores"
        if len(known) > 1:
            told += f" ({known.index(self._metric) + 1} of {len(known)} metrics)"
        self.query_one(".scores").border_title = Content(told).markup

    def _draw_curves(self, best: list[Score]) -> None:
        if not best:
            self.query_one("#curves", Static).update(Content(NOTHING))
            return
        rows = max(1, self.size.height // CURVES - 2)
        width = max(0, self.query_one("#curves").size.width - NAME - 12)
        parts: list[tuple[str, str]] = []
        for one in best[:rows]:
            values = [point.value for point in one.worker.curves[self._metric]]
            name = one_line(one.worker.name, NAME - 1)
            parts += [
                (f"{name:<{NAME}}", "bold"),
                (f"{figures.value(values[-1]):>10}  ", "$accent"),
                (curve(values, width) + "\n", "$primary"),
            ]
        if len(best) > rows:
            parts.append((f"and {len(best) - rows} more", "$foreground 60%"))
        self.query_one("#curves", Static).update(Content.assemble(*parts).rstrip())

    def _draw_table(self, shown: list[Score]) -> None:
        table: DataTable[Text] = self.query_one(DataTable)
        chosen = self._chosen()
        table.clear()
        for one in shown:
            cells = (Text(one_line(cell), justify="left" if cell[:1].isalpha() else "right") for cell in one.cells)
            table.add_row(*cells, key=f"{one.worker.name} {one.run.number}")
        for name, column in zip(COLUMNS, table.ordered_columns, strict=True):
            sign = ("▼" if self._reverse else "▲") if name == self._order else ""
            column.label = Text(f"{name} {sign}".strip())
        if chosen in table.rows:
            table.move_cursor(row=table.get_row_index(chosen), animate=False)

    def _chosen(self) -> str:
        """Key of the row under the cursor; empty if there is none."""
        table: DataTable[Text] = self.query_one(DataTable)
        if not table.row_count:
            return ""
        return str(table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value)

    def _sort_by(self, name: str) -> None:
        """By this column; once more turns it around."""
        self._order, self._reverse = name, name == self._order and not self._reverse
        self.update_scores()

    def action_sort(self) -> None:
        names = list(COLUMNS)
        self._sort_by(names[(names.index(self._order) + 1) % len(names)])

    def action_metric(self, by: int) -> None:
        """Go to another metric."""
        if known := headlines(worker.curves for worker in self._state.workers.values()):
            self._metric = known[(known.index(self._metric) + by) % len(known)] if self._metric in known else known[0]
            self.update_scores()

    def action_row(self, by: int) -> None:
        """Move the cursor by so many rows."""
        table = self.query_one(DataTable)
        table.move_cursor(row=table.cursor_row + by, animate=False)

    def action_go_there(self) -> None:
        """Answer the worker of the row."""
        self.query_one(DataTable).action_select_cursor()

    def action_close_scores(self) -> None:
        self.dismiss(None)

    @on(DataTable.HeaderSelected)
    def header_selected(self, event: DataTable.HeaderSelected) -> None:
        self._sort_by(str(event.column_key.value))

    @on(DataTable.RowSelected)
    def row_selected(self, event: DataTable.RowSelected) -> None:
        self.dismiss(str(event.row_key.value).rpartition(" ")[0])
