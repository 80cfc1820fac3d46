"""Numbers as people read them: ages, sizes, counts, values."""

import datetime as dt
import math


def span(seconds: float) -> str:
    """A time span: `0:07`, `12:30`, `1:02:03`, `2d 5h`."""
    whole = max(0, int(seconds))
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days}d {hour}h"
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def brief(seconds: float) -> str:
    """How long one call took: `40 ms`, `2.3 s`, then as `span`."""
    if seconds < 0.0995:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 59.95 else span(seconds)


def size(count: float) -> str:
    """Bytes in binary units, at most four characters: `512`, `41M`, `1.2G`."""
    for unit in ("", "K", "M", "G"):
        if count < 999.5:
            return f"{count:.1f}{unit}" if unit and count < 9.95 else f"{count:.0f}{unit}"
        count /= 1024
    return f"{count:.1f}T"


def tally(number: int) -> str:
    """A count: `950`, `12.3k`, `4.0M`."""
    if number < 1000:
        return str(number)
    return f"{number / 1000:.1f}k" if number < 999_950 else f"{number / 1_000_000:.1f}M"


def value(number: float) -> str:
    """A metric, at least four significant digits without noise: `2.413`, `0.0031`, `12000`, `1.2e-05`, `nan`."""
    if not math.isfinite(number):
        return str(number)
    if number == int(number) and abs(number) < 1e6:
        return str(int(number))
    return f"{number:.3f}" if 1 <= abs(number) < 1e4 else f"{number:.4g}"


def since(start: dt.datetime | None, end: dt.datetime) -> float:
    """Seconds from `start` to `end`; 0 if it has not started."""
    return max(0.0, (end - start).total_seconds()) if start else 0.0


def bar(fraction: float, width: int) -> tuple[str, str]:
    """A bar in two parts, filled and rest: they differ by shape too, for screens without colour."""
    filled = min(width, max(0, round(fraction * width)))
    if fraction > 0 and filled == 0 and width:
        filled = 1
    return "━" * filled, "─" * (width - filled)
