"""Curves as text: one line of block characters for a metric's values, for answers, reports and narrow places."""

import itertools
import math
from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
GAP = "·"
"""Stands where no value is a number."""

FEW = 5
"""Values from which a curve is scaled to nine in ten of them."""


def sparkline(values: Sequence[float], width: int, *, low: float | None = None, high: float | None = None) -> str:
    """At most `width` characters, oldest first; each stands for the mean of an equal share of the values.

    It is scaled from `low` to `high`, by default to what is shown; values beyond them are drawn at the edge. NaN and
    infinite values are left out; a share of nothing else is a gap.
    """
    if width < 1 or not values:
        return ""
    width = min(width, len(values))
    edges = [index * len(values) // width for index in range(width + 1)]
    shares = [_mean(values[start:stop]) for start, stop in itertools.pairwise(edges)]
    known = [share for share in shares if share is not None]
    if not known:
        return GAP * width
    bottom, top = min(known) if low is None else low, max(known) if high is None else high
    reach = top - bottom
    if not math.isfinite(reach) or reach <= 0:
        # All values are the same, or at both ends of what a float holds; a flat line is all that can be said.
        flat = BLOCKS[len(BLOCKS) // 2 if low is None else 0]
        return "".join(GAP if share is None else flat for share in shares)
    return "".join(GAP if share is None else _block((share - bottom) / reach) for share in shares)


def curve(values: Sequence[float], width: int) -> str:
    """A sparkline of a training. A few extreme values at its beginning do not flatten the rest."""
    numbers = [value for value in values if math.isfinite(value)]
    if len(numbers) < FEW:
        return sparkline(values, width)
    ordered, few = sorted(numbers), len(numbers) // 10 + 1
    if numbers[0] > numbers[-1]:
        return sparkline(values, width, high=ordered[-few])
    return sparkline(values, width, low=ordered[few - 1])


def _mean(values: Sequence[float]) -> float | None:
    numbers = [value for value in values if math.isfinite(value)]
    return sum(number / len(numbers) for number in numbers) if numbers else None


def _block(fraction: float) -> str:
    # Clipped first: times eight, the largest of numbers would be infinite.
    return BLOCKS[min(len(BLOCKS) - 1, int(min(1.0, max(0.0, fraction)) * len(BLOCKS)))]
