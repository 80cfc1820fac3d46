"""The curves as cells: each in its ink, and with its letter on it, so that none is told by its colour alone. Pure."""

import bisect
import dataclasses as dc
from collections.abc import Iterable, Sequence

from golfer_tui.reports.frame import Frame, Points
from golfer_tui.tui.plot.braille import Canvas

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#@"
"""What curves are called, in their order: as many as are drawn at once."""

INKS = 7
"""Different colours; they begin again."""

FEW = 9
"""Up to so many curves have their letters along the way; more have them at the end only."""

BETWEEN = 24
"""Columns from one letter of a curve to its next."""

BACK = 12
"""Columns before the end of a curve in which its last letter may stand, if another one is there already."""


@dc.dataclass(frozen=True)
class Curve:
    """One curve of the plot."""

    key: str
    """Names it for those who made it."""
    name: str
    """Already cleaned."""
    value: str
    """What the legend tells of it while nothing is read."""
    points: Points
    """In order of x."""


Cell = tuple[str, int]
"""A character and the number of the curve that it belongs to; -1 for none."""


def picture(curves: Sequence[Curve], frame: Frame, columns: int, rows: int, *, front: str = "") -> list[list[Cell]]:
    """All cells, row by row. The first curve lies above the others, and the one with the key `front` above all."""
    canvas = Canvas(columns, rows)
    order = sorted(range(len(curves)), key=lambda number: (curves[number].key == front, -number))
    lines = {number: list(frame.lines(curves[number].points)) for number in order}
    for number in order:
        for line in lines[number]:
            canvas.line(line, number)
    cells = [[canvas.cell(column, row) for column in range(columns)] for row in range(rows)]
    taken: set[tuple[int, int]] = set()
    for number in reversed(order):
        if lines[number]:
            few = len(curves) <= FEW
            _write(cells, taken, lines[number], number, number * BETWEEN // FEW if few else None)
    return cells


def _write(
    cells: list[list[Cell]],
    taken: set[tuple[int, int]],
    lines: Sequence[Sequence[tuple[float, float]]],
    number: int,
    first: int | None,
) -> None:
    """Write the letter of a curve onto it: at its end, and from column `first` on along the way."""
    rows, columns = len(cells), len(cells[0]) if cells else 0
    ends = [round(line[-1][0] * (columns - 1)) for line in lines]
    along: Iterable[int] = range(first, ends[-1] - BETWEEN // 2, BETWEEN) if first is not None else ()
    for column in along:
        if (row := _row(lines, column, columns, rows)) is not None and (column, row) not in taken:
            taken.add((column, row))
            cells[row][column] = LETTERS[number % len(LETTERS)], number
    for column in range(ends[-1], max(-1, ends[-1] - BACK), -1):
        row = _row(lines, column, columns, rows)
        if row is not None and (column, row) not in taken:
            taken.add((column, row))
            cells[row][column] = LETTERS[number % len(LETTERS)], number
            return


def _row(lines: Sequence[Sequence[tuple[float, float]]], column: int, columns: int, rows: int) -> int | None:
    """The row in which a curve crosses a column; None where there is nothing of it."""
    x = column / max(1, columns - 1)
    for line in lines:
        reach = 0.5 / max(1, columns - 1)
        if line[0][0] - reach <= x <= line[-1][0] + reach:
            place = min(max(1, bisect.bisect_left(line, x, key=lambda spot: spot[0])), len(line) - 1)
            (x0, y0), (x1, y1) = line[max(0, place - 1)], line[place]
            share = min(1.0, max(0.0, (x - x0) / (x1 - x0))) if x1 > x0 else 1.0
            return min(rows - 1, max(0, round((1 - y0 - (y1 - y0) * share) * (rows - 1))))
    return None
