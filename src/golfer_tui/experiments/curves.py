"""Curves as text: one line of block characters for a metric's values, for answers, reports and narrow places."""

import itertools
import math
from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
GAP = "·"
"""Stands where no value is a number."""


def sparkline(values: Sequence[float], width: int) -> str:
    """At most `width` characters, oldest first, scaled to the values; each stands for the mean of an equal share.

    NaN and infinite values are left out; a share of nothing else is a gap.
    """
    if width < 1 or not values:
        return ""
    width = min(width, len(values))
    edges = [index * len(values) // width for index in range(width + 1)]
    shares = [_mean(values[start:stop]) for start, stop in itertools.pairwise(edges)]
    known = [share for share in shares if share is not None]
    if not known:
        return GAP * width
    low, reach = min(known), max(known) - min(known)
    if not math.isfinite(reach):
        reach = 0.0  # Values at both ends of what a float holds; a flat line is all that can be said.
    return "".join(GAP if share is None else _block((share - low) / reach if reach else 0.5) for share in shares)


def _mean(values: Sequence[float]) -> float | None:
    numbers = [value for value in values if math.isfinite(value)]
    return sum(number / len(numbers) for number in numbers) if numbers else None


def _block(fraction: float) -> str:
    return BLOCKS[min(len(BLOCKS) - 1, int(fraction * len(BLOCKS)))]
