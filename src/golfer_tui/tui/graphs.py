"""Graphs one row high, made of characters: bars and block graphs. Pure, so that they can be tested as text."""

import itertools
from collections.abc import Iterable, Sequence

BLOCKS = "▁▂▃▄▅▆▇█"

FEW = 5
"""Points from which a curve is scaled to nine in ten of them."""


def resample(values: Sequence[float], width: int) -> list[float]:
    """At most `width` values: each the mean of its share, the newest always last as it is."""
    if len(values) <= width:
        return list(values)
    edges = [round(index * (len(values) - 1) / (width - 1)) if width > 1 else 0 for index in range(width)]
    shares = [values[start:stop] for start, stop in itertools.pairwise(edges)]
    return [sum(share) / len(share) for share in shares] + [values[-1]]


def blocks(values: Iterable[float], width: int, *, low: float | None = None, high: float | None = None) -> str:
    """A block graph of at most `width` characters; without bounds it is scaled to the values."""
    points = resample(list(values), width) if width > 0 else []
    if not points:
        return ""
    bottom = min(points) if low is None else low
    top = max(points) if high is None else high
    reach = top - bottom
    if reach <= 0:
        return BLOCKS[0 if low is not None else 3] * len(points)
    last = len(BLOCKS) - 1
    return "".join(BLOCKS[min(last, max(0, round((point - bottom) / reach * last)))] for point in points)


def curve(values: Iterable[float], width: int) -> str:
    """A block graph of a metric. A few extreme values, such as the first of a training, do not flatten the rest."""
    points = list(values)
    return blocks(points, width, high=sorted(points)[int(len(points) * 0.9)] if len(points) >= FEW else None)


def bar(fraction: float, width: int) -> tuple[str, str]:
    """A bar in two parts, filled and rest: they differ by shape too, for screens without colour."""
    filled = min(width, max(0, round(fraction * width)))
    if fraction > 0 and filled == 0 and width:
        filled = 1
    return "━" * filled, "─" * (width - filled)
