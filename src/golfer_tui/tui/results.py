"""A list of what was found, or of what has happened: a row each, drawn only where seen, however many there are."""

import dataclasses as dc
from typing import ClassVar, Protocol

from rich.style import Style
from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from golfer_tui.tui.look import Piece, ink, row, shorten, width_of

HEAD = 16
"""Columns of who a row is about."""

PLACE = 8
"""Columns of where in it, or when."""

WHEEL = 3
"""Rows that one notch of the wheel scrolls."""


@dc.dataclass(frozen=True)
class Result:
    """One row, already cleaned."""

    head: str
    """Whose it is, such as a worker's name."""
    place: str
    """Where, or when."""
    before: str
    """The text before what is marked; all of it if nothing is."""
    match: str = ""
    after: str = ""
    level: str = ""
    """`warning` or `error`; empty for the rest."""


class Results(Protocol):
    """What a list shows. It may grow and shrink while it is shown; `changed` is to be called then."""

    @property
    def count(self) -> int: ...
    def row(self, index: int) -> Result: ...


class Nothing:
    """An empty list."""

    count = 0

    def row(self, index: int) -> Result:
        raise IndexError(index)


class ResultList(Widget):
    """Draws the rows around the cursor. Keys are its owner's business."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "results--head", "results--place", "results--text", "results--match", "results--cursor", "results--warning",
        "results--error",
    }  # fmt: skip

    @dc.dataclass
    class Chosen(Message):
        """A row was clicked."""

        index: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._results: Results = Nothing()
        self._top = 0
        self._empty = ""
        self.cursor = 0
        """Index of the row that is meant."""

    def show(self, results: Results, empty: str = "") -> None:
        """Show other results from the first on; `empty` stands there while there are none."""
        self._results, self._empty = results, empty
        self._top = self.cursor = 0
        self.refresh()

    def changed(self, cursor: int | None = None, empty: str | None = None) -> None:
        """The results are others now; the cursor goes along, or to `cursor`."""
        self._empty = self._empty if empty is None else empty
        self._go(self.cursor if cursor is None else cursor)

    def move(self, by: int) -> None:
        """Move the cursor by so many rows, to the ends at most."""
        self._go(self.cursor + by)

    @property
    def page(self) -> int:
        """Rows of a page."""
        return max(1, self.size.height - 1)

    def _go(self, index: int) -> None:
        count, height = self._results.count, max(1, self.size.height)
        self.cursor = max(0, min(index, count - 1))
        self._top = max(0, min(max(self._top, self.cursor - height + 1), self.cursor, count - height))
        self.refresh()

    def on_resize(self) -> None:
        self._go(self.cursor)

    # Drawing

    def render(self) -> RenderResult:
        return ""

    def render_line(self, y: int) -> Strip:
        width, index = self.size.width, self._top + y
        if not self._results.count and y == 0 and self._empty:
            return row([(f" {self._empty}", self._ink("place"))], [], width, self.rich_style)
        if index >= self._results.count:
            return Strip.blank(width, self.rich_style)
        fill = self.get_component_rich_style("results--cursor") if index == self.cursor else self.rich_style
        return row(self._pieces(self._results.row(index), width), [], width, fill)

    def _pieces(self, result: Result, width: int) -> list[Piece]:
        head = HEAD if width >= 60 else HEAD * 2 // 3
        pieces: list[Piece] = [
            (f" {shorten(result.head, head):<{head}} ", self._ink("head")),
            (f"{result.place:>{PLACE}}  ", self._ink("place")),
        ]
        text = self._ink(result.level or "text")
        room = width - width_of(pieces) - width_of([(result.match, text)])
        before = result.before
        if result.match and len(before) > room > 0:
            # The match is what the row is there for: of what stands before it the end is shown.
            before = f"…{before[-max(1, room // 2) :]}"
        return [*pieces, (before, text), (result.match, self._ink("match")), (result.after, text)]

    def _ink(self, name: str) -> Style:
        if name == "match":
            return self.get_component_rich_style("results--match")
        return ink(self, f"results--{name}", self.styles.background)

    # The mouse

    def on_click(self, event: events.Click) -> None:
        event.stop()
        offset = event.get_content_offset(self)
        index = self._top + offset.y if offset is not None else self._results.count
        if index < self._results.count:
            self._go(index)
            self.post_message(self.Chosen(index))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.move(-WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.move(WHEEL)
