"""Round numbers along an axis."""

import math
from collections.abc import Sequence

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""What a step may be, by powers of ten."""


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from `low` to `high`, at least two of them where the range allows, at most about `most`.

    Both are finite and `low` is not above `high`; a range of nothing gives the one number.
    """
    if not high > low or most < 2:
        return [low]
    raw = (high - low) / most
    if raw <= 0 or not math.isfinite(raw):  # beyond what a float tells apart, or holds
        return [low, high]
    power = 10.0 ** math.floor(math.log10(raw))
    step = next((power * each for each in STEPS if power * each >= raw), power * 10)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(int(first), int(last) + 1)] or [low, high]


def log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten from `low` to `high`, both above 0; round numbers where fewer than two lie between."""
    powers = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
    found = [10.0**power for power in powers]
    return found if len(found) > 1 else ticks(low, high)


def labels(values: Sequence[float]) -> list[str]:
    """The numbers as they stand at an axis: with as many digits as tell them apart, the same for all."""
    if not values:
        return []
    largest = max(abs(value) for value in values)
    if largest and not 1e-4 <= largest < 1e7:
        return [f"{value:.3g}" for value in values]
    for places in range(6):
        told = [f"{value:,.{places}f}" for value in values]
        if len(set(told)) == len(told) and all(
            abs(float(text.replace(",", "")) - value) <= 1e-9 * max(largest, 1e-30) * 10
            for text, value in zip(told, values, strict=True)
        ):
            return told
    return [f"{value:.6g}" for value in values]
