"""Everything of a plot that takes time to find: what is seen, where it is, and the cells of the curves. Pure."""

import dataclasses as dc
from collections.abc import Callable, Sequence

from golfer_tui.reports.frame import Frame
from golfer_tui.tui.plot.axes import Tick, below, beside
from golfer_tui.tui.plot.picture import Cell, Curve, picture
from golfer_tui.tui.plot.sight import Seen, Wish

BARE = 3
"""Rows of the widget that are no curve: what it shows, the horizontal axis and its numbers."""

LEGEND = 24, 36
"""Columns of the legend, at least and at most."""

NARROW = 56
"""A plot of fewer columns than this has no legend."""


@dc.dataclass(frozen=True)
class Told:
    """What the axes are, in words."""

    title: str
    x: Callable[[float], str]
    """How a place on the horizontal axis is told."""
    y: Callable[[float], str]
    """How a value is told."""
    axis: str
    """What the horizontal axis is."""
    nothing: str
    """Stands where there is no curve."""


@dc.dataclass(frozen=True)
class Plan:
    """What was drawn, and where everything is."""

    curves: Sequence[Curve]
    front: str
    gutter: int
    columns: int
    rows: int
    legend: int
    seen: Seen
    levels: dict[int, Tick]
    places: list[Tick]
    cells: list[list[Cell]]

    @property
    def frame(self) -> Frame:
        return self.seen.frame


def planned(curves: Sequence[Curve], wish: Wish, width: int, height: int, front: str) -> Plan | None:
    """Everything of a picture of this size that takes time; None if there is nothing to be seen, or no room."""
    rows = height - BARE
    seen = wish.seen([curve.points for curve in curves])
    if seen is None or rows < 1:
        return None
    levels = beside(seen.frame, rows)
    gutter = max((len(tick.label) for tick in levels), default=0) + 1
    legend = min(LEGEND[1], max(LEGEND[0], width // 4)) if width >= NARROW else 0
    columns = width - gutter - 1 - legend - (1 if legend else 0)
    if columns < 2:
        return None
    cells = picture(curves, seen.frame, columns, rows, front=front)
    by_row = {tick.at: tick for tick in levels}
    return Plan(curves, front, gutter, columns, rows, legend, seen, by_row, below(seen.frame, columns), cells)
