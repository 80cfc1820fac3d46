"""The axes of the plot as text: which numbers stand where, as many as fit."""

import dataclasses as dc

from golfer_tui.reports.frame import Frame
from golfer_tui.reports.ticks import labels, log_ticks, ticks

ROWS_OF_TICK = 3
"""The vertical axis has a number in one of so many rows at most."""

COLUMNS_OF_TICK = 11
"""The horizontal axis in one of so many columns."""

WIDEST = 10
"""Columns of a number at the vertical axis."""


@dc.dataclass(frozen=True)
class Tick:
    """A number at an axis."""

    at: int
    """Row from the top, or column from the left."""
    label: str


def beside(frame: Frame, rows: int) -> list[Tick]:
    """The numbers at the vertical axis of a plot of so many rows, from the top."""
    most = max(2, rows // ROWS_OF_TICK)
    levels = _thinned(log_ticks(*frame.y), most) if frame.log else ticks(*frame.y, most)
    told: dict[int, str] = {}
    for value, label in zip(levels, labels(levels), strict=True):
        told.setdefault(round((1 - frame.up(value)) * (rows - 1)), label[:WIDEST])
    return [Tick(at, label) for at, label in sorted(told.items()) if 0 <= at < rows]


def below(frame: Frame, columns: int) -> list[Tick]:
    """The numbers at the horizontal axis of a plot of so many columns, from the left; `at` is where the mark is."""
    places = ticks(*frame.x, max(2, columns // COLUMNS_OF_TICK))
    found = [
        Tick(round(frame.across(value) * (columns - 1)), label)
        for value, label in zip(places, labels(places), strict=True)
    ]
    return [tick for tick in found if 0 <= tick.at < columns]


def laid_out(found: list[Tick], columns: int) -> str:
    """The numbers below their marks, as one line of so many columns; where one does not fit it is left out."""
    line = ""
    for tick in found:
        start = min(max(0, tick.at - len(tick.label) // 2), columns - len(tick.label))
        if start >= 0 and (start > len(line) or not line):
            line = f"{line:<{start}}{tick.label}"
    return f"{line:<{columns}}"


def _thinned(levels: list[float], most: int) -> list[float]:
    return levels[:: max(1, -(-len(levels) // most))]
