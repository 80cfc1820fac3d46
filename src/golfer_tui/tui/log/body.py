"""What is shown of one command's output: its newest lines within bounds, and the rows that they take at a width."""

import bisect
from collections.abc import Iterable

from golfer_tui.terminal.sgr import bare
from golfer_tui.tui.log.lines import LogLine

LINES = 5000
"""Lines that are kept of one command."""

CHARACTERS = 2 * 1024 * 1024
"""Characters that are kept of one command, if its lines are long."""

SPARE = 1.2
"""Lines are dropped once there are so many times too many, then all that are too many: not for each new one."""


class Body:
    """Lines in, rows out. A row is a line and the number of the row in it."""

    def __init__(self) -> None:
        self._lines: list[LogLine] = []
        """Those that cannot change any more."""
        self._rest: list[LogLine] = []
        self._characters = 0
        self.above = 0
        """Lines that were dropped."""
        self.skipped = 0
        """Bytes before the first line that were never read."""
        self._ends: list[int] = []
        """For each line, the number of rows up to its end, as far as they were counted, at `_width`."""
        self._width: int | None = None
        self._rest_rows = 0
        """Rows of `_rest`; -1 until they are counted."""

    @property
    def count(self) -> int:
        """Lines that are there."""
        return len(self._lines) + len(self._rest)

    @property
    def finished(self) -> int:
        """Those that cannot change any more."""
        return len(self._lines)

    def blank(self, number: int) -> bool:
        """There is nothing on a line, by its number."""
        whole = len(self._lines)
        line = self._lines[number] if number < whole else self._rest[number - whole]
        return not bare(line.text).strip()

    @property
    def size(self) -> int:
        """Characters that are there."""
        return self._characters

    @property
    def cut(self) -> bool:
        """There was more above what is there."""
        return bool(self.above or self.skipped)

    def take(self, done: Iterable[LogLine], rest: Iterable[LogLine], width: int | None) -> int:
        """Add lines, and replace those that might have changed. Returns how many rows were dropped at the top."""
        for line in done:
            self._lines.append(line)
            self._characters += len(line.text)
        self._rest = list(rest)
        self._rest_rows = -1
        if len(self._lines) <= LINES * SPARE and self._characters <= CHARACTERS * SPARE:
            return 0
        drop = max(0, len(self._lines) - LINES)
        left = self._characters - sum(len(line.text) for line in self._lines[:drop])
        while left > CHARACTERS and drop < len(self._lines):
            left -= len(self._lines[drop].text)
            drop += 1
        self._count_rows(width)
        rows = self._ends[drop - 1]
        del self._lines[:drop]
        self._ends.clear()
        self._characters = left
        self.above += drop
        return rows

    def rows(self, width: int | None) -> int:
        """How many rows all lines take; with None, none is wrapped."""
        self._count_rows(width)
        return (self._ends[-1] if self._ends else 0) + self._rest_rows

    def line_at(self, row: int, width: int | None) -> tuple[LogLine, int]:
        """The line at a row of all, and which of its rows it is. Raises IndexError where none is."""
        number = self.number_at(row, width)
        line = self._lines[number] if number < len(self._lines) else self._rest[number - len(self._lines)]
        return line, row - self.row_of(number, width)

    def number_at(self, row: int, width: int | None) -> int:
        """The number of the line at a row of all. Raises IndexError where none is."""
        if not 0 <= row < self.rows(width):
            raise IndexError(f"There is no row {row} here.")
        number = bisect.bisect_right(self._ends, row)
        if number == len(self._ends):
            row -= self._ends[-1] if self._ends else 0
            for line in self._rest:
                row -= line.rows(width)
                if row < 0:
                    break
                number += 1
        return number

    def row_of(self, number: int, width: int | None) -> int:
        """The first row of a line, by its number."""
        self._count_rows(width)
        whole = min(number, len(self._ends))
        before = sum(line.rows(width) for line in self._rest[: number - whole])
        return (self._ends[whole - 1] if whole else 0) + before

    def widest(self) -> int:
        """Columns of the longest line."""
        return max((line.cells for lines in (self._lines, self._rest) for line in lines), default=0)

    def _count_rows(self, width: int | None) -> None:
        if width != self._width:
            self._width, self._rest_rows = width, -1
            self._ends.clear()
        if self._rest_rows < 0:
            self._rest_rows = sum(line.rows(width) for line in self._rest)
        end = self._ends[-1] if self._ends else 0
        for line in self._lines[len(self._ends) :]:
            end += line.rows(width)
            self._ends.append(end)
