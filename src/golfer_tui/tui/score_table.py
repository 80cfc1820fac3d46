"""The table of runs: a row for each, marked by a key or a click, sorted by a click on a head."""

import dataclasses as dc
from collections.abc import Collection, Mapping

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widgets import DataTable

from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.score_choices import Shown

MARK = "mark"
"""Head of the first column: whether a run is marked, and the letter of its curve."""

WIDEST = 24
"""Characters of a cell."""

FIXED = 3
"""Columns that stay in sight when the table is moved sideways: mark, place and run."""


class ScoreTable(DataTable[Text]):
    """Its rows are places, and what stands in them changes: to build many rows anew takes long, as all are measured."""

    @dc.dataclass
    class Marked(Message):
        """The person clicked on the mark of a run."""

        key: str

    def __init__(self) -> None:
        super().__init__(cursor_type="row", id="scores", fixed_columns=FIXED)
        self._keys: list[str] = []
        """Of the runs, row by row."""
        self._cells: list[list[Text]] = []
        self._widths: list[int] = []

    @property
    def chosen(self) -> str:
        """Key of the run under the cursor; empty if there is none."""
        return self._keys[self.cursor_row] if self.cursor_row < len(self._keys) else ""

    def show(
        self,
        shown: Shown,
        *,
        order: str,
        backwards: bool,
        marked: Collection[str],
        letters: Mapping[str, tuple[str, Style]],
        best: Style,
    ) -> None:
        """Draw these rows; the cursor stays on its run."""
        rows: list[list[Text]] = []
        for score in shown.rows:
            letter, style = letters.get(score.key, (" ", Style()))
            cells = [Text.assemble("●" if score.key in marked else "○", " ", (letter, style))]
            for column in shown.columns:
                told = Text(one_line(column.told(score), WIDEST), justify="left" if column.words else "right")
                if score.leads:
                    told.stylize(best)
                cells.append(told)
            rows.append(cells)
        sign = " ▼" if backwards else " ▲"
        names = [one_line(column.name, WIDEST) for column in shown.columns]
        heads = [sign if column.name == order else "" for column in shown.columns]
        heads = [MARK, *(name + end for name, end in zip(names, heads, strict=True))]
        widths = [
            max(map(cell_len, texts)) for texts in zip(*[[cell.plain for cell in row] for row in rows], strict=True)
        ]
        widths = [
            max(width, cell_len(name) + len(sign))
            for width, name in zip(widths or [0] * len(heads), [MARK, *names], strict=True)
        ]
        chosen = self.chosen
        if (
            len(heads) != len(self._widths)
            or len(rows) < len(self._cells)
            or any(width > known for width, known in zip(widths, self._widths, strict=True))
        ):
            self._rebuild(heads, widths)
        for each, head in zip(self.ordered_columns, heads, strict=True):
            each.label = Text(head)
        self._fill(rows)
        self._keys = [score.key for score in shown.rows]
        if chosen in self._keys:
            self.go(chosen)

    def _rebuild(self, heads: list[str], widths: list[int]) -> None:
        """Empty, with columns of these widths."""
        across = self.scroll_x
        self.clear(columns=True)
        self._cells, self._widths = [], widths
        for place, (head, width) in enumerate(zip(heads, widths, strict=True)):
            self.add_column(head, width=width, key=str(place))
        self.scroll_to(x=across, animate=False)

    def _fill(self, rows: list[list[Text]]) -> None:
        """Write what is new into the rows; there are no fewer than before."""
        for row, (cells, old) in enumerate(zip(rows, self._cells, strict=False)):
            for place, (cell, before) in enumerate(zip(cells, old, strict=True)):
                if cell.plain != before.plain or cell.spans != before.spans:
                    self.update_cell(str(row), str(place), cell)
        for row in range(len(self._cells), len(rows)):
            self.add_row(*rows[row], key=str(row))
        self._cells = rows
        self.refresh()

    def go(self, key: str) -> None:
        """Put the cursor on a run, if it is in the table."""
        if key in self._keys:
            self.move_cursor(row=self._keys.index(key), animate=False)

    def on_click(self, event: events.Click) -> None:
        row, column = event.style.meta.get("row", -1), event.style.meta.get("column", -1)
        if row >= 0 and column == 0:
            # Not the row: a second click on it would lead away.
            event.prevent_default().stop()
            self.move_cursor(row=row, animate=False)
            self.post_message(self.Marked(self._keys[row]))
