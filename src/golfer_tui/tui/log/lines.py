"""One line that a command printed, kept small, and cut into rows of the screen when it is looked at."""

import functools
from collections.abc import Iterator
from typing import NamedTuple, Self

from rich.cells import cell_len, chop_cells

from golfer_tui.terminal.cells import Line, Run
from golfer_tui.terminal.printout import Row
from golfer_tui.terminal.sgr import bare, spans

READ = 2048
"""Lines that are remembered as they are drawn."""

CLUSTER = 16
"""Characters of a cell at most."""


class LogLine(NamedTuple):
    """A line as it was printed; its rows follow from the width."""

    text: str
    """With SGR sequences."""
    time: float | None
    """When something was last printed on it, in seconds since 1970."""
    cells: int
    """Columns that it takes as one row."""
    even: bool
    """Every character takes one column, for certain."""

    @classmethod
    def of(cls, row: Row) -> Self:
        """Measure a line."""
        if row.text.isascii():
            return cls(row.text, row.time, len(bare(row.text)), even=True)
        return cls(row.text, row.time, sum(cell_len(part) for part, _ in spans(row.text)), even=False)

    def rows(self, width: int | None) -> int:
        """How many rows it takes; one, if it is not wrapped at any width."""
        if width is None or self.cells <= width:
            return 1
        return -(-self.cells // width) if self.even else len(wrapped(self.text, width))


@functools.lru_cache(maxsize=READ)
def line_of(text: str) -> Line:
    """The line as one row, however long."""
    return tuple(Run(part, style, cell_len(part)) for part, style in spans(text))


@functools.lru_cache(maxsize=READ)
def wrapped(text: str, width: int) -> tuple[Line, ...]:
    """The rows of a line, each at most `width` columns, two or more; no wide character is cut."""
    line = line_of(text)
    if sum(run.cells for run in line) <= width:
        return (line,)
    rows: list[Line] = []
    row: list[Run] = []
    room = width
    for run in line:
        for index, part in enumerate(_parts(run.text, room, width)):
            if index:
                rows.append(tuple(row))
                row, room = [], width
            if part:
                cells = cell_len(part)
                row.append(Run(part, run.style, cells))
                room -= cells
    return (*rows, tuple(row))


def _parts(text: str, room: int, width: int) -> Iterator[str]:
    """The text cut for a row with so much room, and for as many rows of the whole width as it needs."""
    if text.isascii():
        first = text[:room]
        rest = [text[start : start + width] for start in range(len(first), len(text), width)]
    else:
        first = next(iter(chop_cells(text[: (room + 1) * CLUSTER], room)), "") if room else ""
        rest = [part for part in chop_cells(text[len(first) :], width) if part]
    yield first
    yield from rest
