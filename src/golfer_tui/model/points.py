"""One value of a metric, and how many values of a long curve are kept."""

import dataclasses as dc
import datetime as dt
import math

POINTS = 500
"""Points of one curve that are kept; older ones are thinned out to every second."""

RESULTS = POINTS // 8
"""Results, which are the last words of runs, that stay whatever is thinned out."""


@dc.dataclass(slots=True)
class Point:
    """One value of a metric."""

    time: dt.datetime
    value: float
    step: int | None
    offset: int
    """Where its line begins in the worker's tape."""


def thin(curve: list[Point]) -> None:
    """Leave out every second point of the older half, if there are too many.

    What a ranking may be about stays: the lowest and the highest of them, the first that is no number, and results.
    """
    if len(curve) <= POINTS:
        return
    older = range(len(curve) // 2)
    numbers = [place for place in older if math.isfinite(curve[place].value)]
    kept = {place for place in older if place % 2}
    if numbers:
        kept.add(min(numbers, key=lambda place: curve[place].value))
        kept.add(max(numbers, key=lambda place: curve[place].value))
    kept.update([place for place in older if not math.isfinite(curve[place].value)][:1])
    kept.update([place for place in older if curve[place].step is None][-RESULTS:])
    curve[: len(older)] = [curve[place] for place in older if place in kept]
