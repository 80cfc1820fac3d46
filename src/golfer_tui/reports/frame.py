"""What is shown of the plane of a plot, and where a point of it lies: for pictures and for the screen. Pure."""

import dataclasses as dc
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Self

SETTLED = 10
"""Points from which the first tenth of a curve may leave the picture: a wild beginning does not flatten the rest."""

CLOSEST = 1e-9
"""No side is made so short, as a share of the largest number on it, that a float hardly tells its ends apart."""

FAR = 1e6
"""Sides beyond which it does not matter how far away a point is."""

Point = tuple[float, float]
Points = Sequence[Point]
Range = tuple[float, float]


@dc.dataclass(frozen=True)
class Series:
    """One curve."""

    name: str
    points: Points
    """x and y, in the order in which they are joined; what is not finite breaks the line."""


@dc.dataclass(frozen=True)
class Frame:
    """A part of the plane."""

    x: Range
    y: Range
    log: bool = False
    """The vertical axis goes by powers of ten; only what is above 0 is on it."""

    @classmethod
    def around(cls, curves: Iterable[Points], *, log: bool = False, x: Range | None = None) -> Self | None:
        """The smallest that holds all curves, without their wild beginnings; None if there is no point.

        Args:
            curves: Points of each.
            log: For a vertical axis by powers of ten.
            x: Only what lies in there counts; by default all.
        """
        whole = [[point for point in points if drawn(point, log=log)] for points in curves]
        if not any(whole):
            return None
        across = _range([point[0] for points in whole for point in points], log=False) if x is None else x
        if x is None:
            parts = [points[len(points) // 10 :] if len(points) >= SETTLED else points for points in whole]
        else:
            parts = [[point for point in points if x[0] <= point[0] <= x[1]] for points in whole]
        seen = [point[1] for points in (parts if any(parts) else whole) for point in points]
        return cls(across, _range(seen, log=log), log)

    def across(self, x: float) -> float:
        """0 at the left side, 1 at the right one."""
        return _share(x, *self.x)

    def up(self, y: float) -> float:
        """0 at the lower side, 1 at the upper one."""
        return _share(math.log10(y), math.log10(self.y[0]), math.log10(self.y[1])) if self.log else _share(y, *self.y)

    def lines(self, points: Points) -> Iterator[list[Point]]:
        """What is seen of a curve, as lines from point to point in shares of both sides; one point alone is a dot.

        It is broken where a point cannot be drawn, and ends at the sides.
        """
        line: list[Point] = []
        before: Point | None = None
        alone = True
        for spot in self._spots(points):
            if spot is not None and spot == before:
                continue
            part = None
            if before is not None and spot is not None:
                part, alone = clipped(before, spot), False
            elif before is not None and alone and _inside(before):
                yield [before]
            if part is None or (line and line[-1] != part[0]):
                if line:
                    yield line
                line = []
            if part is not None:
                line += part[1:] if line else part
            alone = alone or spot is None
            before = spot

    def _spots(self, points: Points) -> Iterator[Point | None]:
        """Where they lie, in shares of both sides; None where one cannot be drawn, and at the end."""
        # There may be many: no calls that are not needed.
        (left, right), (low, high), log = self.x, self.y, self.log
        finite, log10 = math.isfinite, math.log10
        if log:
            low, high = log10(low), log10(high)
        plain = finite(right - left) and finite(high - low) and right > left and high > low
        for x, y in points:
            if not (finite(x) and finite(y)) or (log and y <= 0):
                yield None
            elif plain:
                across = (x - left) / (right - left)
                up = ((log10(y) if log else y) - low) / (high - low)
                if -FAR < across < FAR and -FAR < up < FAR:
                    yield across, up
                else:
                    yield min(max(across, -FAR), FAR), min(max(up, -FAR), FAR)
            else:
                yield min(max(self.across(x), -FAR), FAR), min(max(self.up(y), -FAR), FAR)
        yield None

    def at(self, share: float) -> float:
        """The x at a share of the width."""
        return self.x[0] + share * (self.x[1] - self.x[0])


def drawn(point: Point, *, log: bool) -> bool:
    """Whether a point can stand in a plot."""
    x, y = point
    return math.isfinite(x) and math.isfinite(y) and (y > 0 or not log)


def clipped(start: Point, end: Point) -> tuple[Point, Point] | None:
    """The part of a straight line that lies in the square from 0 to 1 (Liang and Barsky, 1984); None if none does."""
    if _inside(start) and _inside(end):
        return start, end
    (x, y), (across, up) = start, (end[0] - start[0], end[1] - start[1])
    first, last = 0.0, 1.0
    for by, room in ((-across, x), (across, 1 - x), (-up, y), (up, 1 - y)):
        if by == 0:
            if room < 0:
                return None
        elif by < 0:
            first = max(first, room / by)
        else:
            last = min(last, room / by)
    if first > last:
        return None
    begin = (x + first * across, y + first * up) if first > 0 else start
    stop = (x + last * across, y + last * up) if last < 1 else end
    return begin, stop


def _inside(spot: Point) -> bool:
    return 0 <= spot[0] <= 1 and 0 <= spot[1] <= 1


def scaled(side: Range, factor: float, around: float = 0.5, *, log: bool = False) -> Range:
    """A side made so many times as long, with the point at a share of it where it is."""
    low, high = (math.log10(side[0]), math.log10(side[1])) if log else side
    middle = low + around * (high - low)
    new = middle - (middle - low) * factor, middle + (high - middle) * factor
    if not new[1] - new[0] > CLOSEST * max(abs(new[0]), abs(new[1]), 1e-300):
        return side
    return _whole(new, side, log=log)


def moved(side: Range, share: float, *, log: bool = False) -> Range:
    """A side moved by a share of its length."""
    low, high = (math.log10(side[0]), math.log10(side[1])) if log else side
    by = share * (high - low)
    return _whole((low + by, high + by), side, log=log)


def _whole(new: Range, old: Range, *, log: bool) -> Range:
    """The ends as numbers of the axis; the old ones where no float holds the new."""
    try:
        low, high = (10.0 ** new[0], 10.0 ** new[1]) if log else new
    except OverflowError:
        return old
    sound = math.isfinite(low) and math.isfinite(high) and math.isfinite(high - low) and low < high
    return (low, high) if sound and (low > 0 or not log) else old


def _range(values: Sequence[float], *, log: bool) -> Range:
    low, high = min(values), max(values)
    if low < high:
        return low, high
    # One value alone stands in the middle.
    if log:
        return max(low / 2, sys.float_info.min * sys.float_info.epsilon), min(high * 2, sys.float_info.max)
    around = min((abs(low) or 1) / 10, sys.float_info.max - abs(low))
    return low - around, high + around


def _share(value: float, low: float, high: float) -> float:
    reach = high - low
    if not math.isfinite(reach):  # from one end of what a float holds to the other
        return (value / 4 - low / 4) / (high / 4 - low / 4)
    return (value - low) / reach if reach else 0.5
