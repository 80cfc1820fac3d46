"""How a pane looks: its screen and what a person reads in it, as strips that are kept until they look different."""

import collections
from collections.abc import Mapping

from rich.style import Style
from textual.strip import Strip

from golfer_tui.terminal.cells import Line, plain
from golfer_tui.terminal.modes import Cursor
from golfer_tui.terminal.screen import Screen
from golfer_tui.tui.marks import Kind, Mark
from golfer_tui.tui.paint import strip_of, with_cursor, with_marks
from golfer_tui.tui.reading import Reading

Highlights = Mapping[Kind, Style]
"""How the marks look."""

REVERSED: Highlights = collections.defaultdict(lambda: Style(reverse=True))
"""Where nobody says how."""


class PaneView:
    """Rows out by `strip`; `dirty` says which of them to ask for again."""

    def __init__(self, screen: Screen, reading: Reading) -> None:
        self._screen = screen
        self._reading = reading
        self._strips: dict[int, Strip] = {}
        self._marks: dict[int, tuple[Mark, ...]] = {}
        self._lift = 0
        """What was the view's when it was drawn last."""
        self._top: int | None = None
        """Number of the first line that was drawn last; None while the output was followed."""
        self._active = 0
        """Number of the line that was at the top of the screen then."""
        self.held = False
        """It is shown where the next character goes."""

    def hold(self, on: bool) -> None:
        """Show where the next character goes, or no longer."""
        self.held = on
        self.clear()

    def clear(self) -> None:
        """Forget what was drawn."""
        self._strips.clear()
        self._reading.view.lift = self._spare_row()

    def dirty(self) -> set[int]:
        """Rows that look different since the last call. The reading has to be settled."""
        changed, rows = self._screen.dirty(), self._screen.rows
        reading = self._reading
        lift = reading.view.lift = self._spare_row()
        top = None if reading.view.following else reading.view.top
        if top != self._top or (lift != self._lift and top is None):
            dirty = set(range(rows))
        elif top is not None:
            # What was history already is as it was.
            dirty = set(range(max(0, self._active - top), rows)) if changed else set()
        elif lift:
            # The first row shows the newest line of the history, which moves with all the others.
            dirty = {y + lift for y in changed if y + lift < rows} | ({0} if changed else set())
        else:
            dirty = changed
        self._top, self._lift, self._active = top, lift, reading.lines.active
        marks = reading.marks(self.number(0), rows) if reading.busy else {}
        dirty |= {y for y in marks.keys() | self._marks.keys() if marks.get(y) != self._marks.get(y)}
        self._marks = marks
        for y in dirty:
            self._strips.pop(y, None)
        return dirty

    def strip(self, y: int, width: int, base: Style, highlights: Highlights) -> Strip:
        """Row `y` from the top of what is shown now."""
        strip = self._strips.get(y)
        if strip is None or strip.cell_length != width:
            strip = strip_of(self.line(y), width, base)
            if cursor := self._cursor(y):
                strip = with_cursor(strip, cursor.x, cursor.shape)
            if marks := self._marks.get(y):
                strip = with_marks(strip, [(begin, end, highlights[kind]) for begin, end, kind in marks])
            self._strips[y] = strip
        return strip

    def line(self, y: int) -> Line:
        """The line that is shown in row `y`."""
        return self._screen.line(y - self._above)

    def bare_line(self, y: int) -> Line | None:
        """The same, if nothing else is drawn in that row."""
        return None if y in self._marks or self._cursor(y) else self.line(y)

    def number(self, y: int) -> int:
        """The number of the line that is shown in row `y`. The reading has to be settled."""
        return self._reading.lines.active - self._above + y

    def text(self) -> str:
        """What is shown now, as text."""
        return "\n".join(plain(self.line(y)) for y in range(self._screen.rows)).rstrip()

    @property
    def _above(self) -> int:
        """Lines of the history that are shown above the screen."""
        return min(self._reading.view.above, self._screen.history)

    def _cursor(self, y: int) -> Cursor | None:
        """The terminal's cursor, if it is drawn in row `y`."""
        if not self.held:
            return None
        cursor = self._screen.cursor
        return cursor if cursor.visible and cursor.y + self._above == y else None

    def _spare_row(self) -> int:
        """1 if the last row is only where the cursor waits: one more line of output is shown in its place."""
        if self.held:
            return 0
        x, y, *_ = self._screen.cursor
        last = self._screen.rows - 1
        return int(x == 0 and y == last > 0 and self._screen.history > 0 and not plain(self._screen.line(last)))
