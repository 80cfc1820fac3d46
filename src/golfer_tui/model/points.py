"""The values of one metric as a curve, and how many of a long one are kept."""

import dataclasses as dc
import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Self, overload

from golfer_tui.model.columns import Floats, floats, integer, integers, micros, moment, told

POINTS = 500
"""Points of one curve that are kept; older ones are thinned out to every second."""

RESULTS = POINTS // 8
"""Results, which are the last words of runs, that stay whatever is thinned out."""


@dc.dataclass(frozen=True, slots=True)
class Point:
    """One value of a metric."""

    time: dt.datetime
    value: float
    step: int | None
    offset: int
    """Where its line begins in the worker's tape."""


class Curve(Sequence[Point]):
    """Points, oldest first; when there are too many, every second point of the older half is left out.

    What a ranking may be about stays: the lowest and the highest of them, the first that is no number, and results.
    """

    __slots__ = ("_offsets", "_steps", "_times", "_values")

    def __init__(self, points: Iterable[Point] = ()) -> None:
        self._times = integers()
        self._values = floats()
        self._steps = integers()
        self._offsets = integers()
        self.extend(points)

    @property
    def values(self) -> Floats:
        """The values alone, oldest first."""
        return self._values[:]

    def append(self, point: Point) -> None:
        self._times.append(micros(point.time))
        self._values.append(point.value)
        self._steps.append(integer(point.step))
        self._offsets.append(integer(point.offset))
        if len(self) > POINTS:
            self._thin()

    def extend(self, points: Iterable[Point]) -> None:
        for point in points:
            self.append(point)

    def __len__(self) -> int:
        return len(self._values)

    @overload
    def __getitem__(self, index: int) -> Point: ...
    @overload
    def __getitem__(self, index: slice) -> list[Point]: ...
    def __getitem__(self, index: int | slice) -> Point | list[Point]:
        if isinstance(index, slice):
            return [self[place] for place in range(len(self))[index]]
        step = told(self._steps[index])
        return Point(moment(self._times[index]), self._values[index], step, self._offsets[index])

    def __iter__(self) -> Iterator[Point]:
        for time, value, step, offset in zip(self._times, self._values, self._steps, self._offsets, strict=True):
            yield Point(moment(time), value, told(step), offset)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Curve) and self.packed() == other.packed()

    __hash__ = None  # type: ignore[assignment]

    def copy(self) -> "Curve":
        """Points that stay as they are now."""
        return self.unpacked(self.packed())

    def packed(self) -> list[bytes]:
        """All of it, to be kept or sent."""
        return [column.tobytes() for column in (self._times, self._values, self._steps, self._offsets)]

    @classmethod
    def unpacked(cls, packed: Sequence[bytes]) -> Self:
        """What was packed.

        Raises:
            ValueError: it is none.
        """
        curve = cls()
        times, values, steps, offsets = packed
        curve._times, curve._values = integers(times), floats(values)
        curve._steps, curve._offsets = integers(steps), integers(offsets)
        return curve

    def _thin(self) -> None:
        older, values = range(len(self) // 2), self._values
        numbers = [place for place in older if math.isfinite(values[place])]
        kept = {place for place in older if place % 2}
        if numbers:
            kept.add(min(numbers, key=values.__getitem__))
            kept.add(max(numbers, key=values.__getitem__))
        kept.update([place for place in older if not math.isfinite(values[place])][:1])
        kept.update([place for place in older if told(self._steps[place]) is None][-RESULTS:])
        left = [place for place in older if place in kept]
        for column in (self._times, self._steps, self._offsets):
            column[: len(older)] = integers(column[place] for place in left)
        values[: len(older)] = floats(values[place] for place in left)
