"""One command of the log with what is read of its output."""

import dataclasses as dc

from golfer_tui.model.worker_commands import Command
from golfer_tui.terminal.printout import Printout
from golfer_tui.tui.log.body import Body
from golfer_tui.tui.log.lines import LogLine
from golfer_tui.tui.log.spans import Span

NEWEST = 8 * 1024 * 1024
"""Bytes of a command's output that are read at most, if it is not read while it is printed: the newest."""

SHORT = 4 * 1024
"""Bytes of output that are shown without being asked for."""

COUNTED = 4 * 1024 * 1024
"""Bytes of output in which the lines are counted while it is folded."""


@dc.dataclass(slots=True)
class Block:
    """A header, and the output below it unless it is folded."""

    command: Command
    span: Span
    folded: bool
    end: int = 0
    """Offset after the last byte of output so far."""
    body: Body = dc.field(default_factory=Body)
    at: int = -1
    """Offset up to which the output was read; -1 as long as nothing of it was."""
    printout: Printout | None = None
    """Makes lines of the output; None before the first and after the last byte."""
    counted: int | None = None
    """Lines of the output, counted while it is folded."""
    failure: str = ""
    """Why it could not be read."""
    catching_up: bool = False
    """It is being read for the first time: what comes has been there all along."""
    seen: int = 0
    """When it was on the screen last; larger is later."""
    kept: int = 0
    """Rows that it had before its lines were let go of."""
    sought: int = -1
    """Offset of a line that somebody wants to see and that was not read yet; -1 if there is none."""
    marked: int = -1
    """Number of that line once it was read, counted with those that were dropped; -1 if there is none."""

    @property
    def size(self) -> int:
        """Bytes of output so far."""
        return max(0, self.end - self.span.start)

    @property
    def behind(self) -> bool:
        """Some of the output was not read yet."""
        return not self.failure and max(self.at, self.span.start) < self.end

    def rows(self, width: int | None) -> int:
        """Rows below the header."""
        if self.folded:
            return 0
        if self.at < 0:
            return max(self.kept, self.size > 0)
        return self.body.rows(width) + self.body.cut + bool(self.failure)

    def line_at(self, row: int, width: int | None) -> tuple[LogLine, int] | None:
        """The line at a row below the header, and which of its rows it is; None where there is a sign instead."""
        try:
            return self.body.line_at(row - self.body.cut, width)
        except IndexError:
            return None

    def moved(self, row: int, old: int | None, new: int | None) -> int:
        """Where the line at a row of the block is at another width; the header, row 0, and signs stay."""
        above = 1 + self.body.cut
        try:
            return above + self.body.row_of(self.body.number_at(row - above, old), new)
        except IndexError:
            return row

    def mark(self, offset: int, width: int | None) -> None:
        """Read the output anew, and mark the line that begins at an offset of the tape."""
        self.let_go(width)
        self.folded, self.failure = False, ""
        self.sought, self.marked = offset, -1

    def marked_row(self, width: int | None) -> int | None:
        """The row below the header in which the marked line begins; None while it is not known, or not there."""
        number = self.marked - self.body.above
        if self.marked < 0 or not 0 <= number < self.body.count:
            return None
        while number + 1 < self.body.count and self.body.blank(number):
            number += 1  # blank lines before it were not there to be counted
        return self.body.row_of(number, width) + self.body.cut

    def let_go(self, width: int | None) -> None:
        """Forget the output; it is read again when it is looked at."""
        self.kept = self.rows(width) if self.at >= 0 else self.kept
        self.body, self.at = Body(), -1
        self.close()

    def close(self) -> None:
        if self.printout is not None:
            self.printout.close()
            self.printout = None
