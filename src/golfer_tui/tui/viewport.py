"""Which lines of a terminal are seen: the newest as they come, or those that a person reads, which stay in place."""

from golfer_tui.terminal.transcript import Transcript


class Viewport:
    """A window of so many rows on the lines."""

    def __init__(self, lines: Transcript, rows: int) -> None:
        self._lines = lines
        self.rows = rows
        self.lift = 0
        """Lines of the history that are shown with the newest output, in place of rows that are empty."""
        self._top: int | None = None
        self._left = 0
        """Number after the last line when the output was followed last."""

    @property
    def following(self) -> bool:
        """The newest output is shown as it comes."""
        return self._top is None

    @property
    def top(self) -> int:
        """Number of the first line that is shown. The lines have to be settled."""
        return self._end if self._top is None else self._top

    @property
    def back(self) -> int:
        """Rows scrolled back from the newest output."""
        return 0 if self._top is None else max(0, self._end - self._top)

    @property
    def above(self) -> int:
        """Rows of the history that are shown above the screen."""
        return self._lines.active - self.top if self._top is not None else self.lift

    @property
    def at_end(self) -> bool:
        """The newest output is shown, whether it is followed or not."""
        return self._top is None or self._top >= self._end

    @property
    def _end(self) -> int:
        """What is first while the output is followed."""
        return max(self._lines.active - self.lift, self._lines.first)

    @property
    def new(self) -> int:
        """Lines below what is shown that came since the output is not followed any more."""
        return 0 if self._top is None else min(self.back, max(0, self._lines.end - self._left))

    def settle(self) -> None:
        """Lines may have been forgotten."""
        if self._top is not None and self._top < self._lines.first:
            # If all of them were, nothing is left of what was read.
            self._top = self._lines.first if self._lines.first < self._end else None

    def follow(self) -> None:
        """Show the newest output as it comes."""
        self._top = None

    def hold(self) -> None:
        """What is shown stays where it is."""
        if self._top is None:
            self._lines.settle()
            self._top, self._left = self._end, self._lines.end

    def scroll(self, rows: int) -> bool:
        """Go back by `rows`, or forward by a negative number; at the end the output is followed again. Returns whether
        anything moved."""
        if rows <= 0 and self._top is None:
            return False
        self.hold()
        before = self.top
        self._show_from(before - rows)
        moved = self.top != before
        if self.at_end:
            self.follow()
        return moved or rows < 0

    def show(self, line: int, *, near: int = 0) -> None:
        """See to it that a line is seen: by as few rows as needed if it is at most `near` rows away, else in the
        middle."""
        self.hold()
        top, bottom = self.top, self.top + self.rows - 1
        if line < top - near or line > bottom + near:
            self._show_from(line - self.rows // 2)
        elif line < top:
            self._show_from(line)
        elif line > bottom:
            self._show_from(line - self.rows + 1)

    def start_at(self, line: int) -> None:
        """Show a line as the first one, as far as there are lines below; at the end the output is followed."""
        self.hold()
        self._show_from(line)
        if self.at_end:
            self.follow()

    def shift(self, rows: int) -> None:
        """Show what is `rows` further down, or up, as far as there are lines."""
        self.hold()
        self._show_from(self.top + rows)

    def resized(self, rows: int, top: int | None, new: int) -> None:
        """All lines were wrapped anew: the one that was first is now `top`, None if it is gone; of those below, `new`
        were new."""
        self.rows = rows
        if self._top is not None:
            self._show_from(self._lines.active if top is None else top)
            self._left = self._lines.end - new

    def _show_from(self, line: int) -> None:
        self._top = min(max(line, self._lines.first), self._lines.active)
