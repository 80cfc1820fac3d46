"""The limits of one worker, as a person writes them in a line: `turns=300 timeout=20m`. No I/O."""

import re

import msgspec

from golfer_tui.model.commands import LimitWorker
from golfer_tui.model.errors import CommandError

MOST_TURNS = 100_000
MOST_SECONDS = 30 * 24 * 3600.0
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
"""Seconds."""
OFF = {"off", "none"}
HINT = "Write turns=300, timeout=20m (s, m, h) or both; off takes a limit away."


def read(worker: str, text: str) -> LimitWorker:
    """The command that a line asks for.

    Raises:
        CommandError: `limits.malformed`.
    """
    words = re.split(r"[\s=,]+", text.strip())
    if not text.strip() or len(words) % 2:
        raise CommandError("limits.malformed", f"{text.strip()!r} says no limits of a worker.", hint=HINT)
    named: dict[str, float | int | None] = {}
    for name, amount in zip(words[::2], words[1::2], strict=True):
        if name == "turns":
            named["turns"] = _turns(amount)
        elif name == "timeout":
            named["timeout"] = _seconds(amount)
        else:
            raise CommandError("limits.malformed", f"{name!r} is no limit of a worker.", hint=HINT)
    return msgspec.convert({"worker": worker, **named}, LimitWorker)


def written(turns: int | None, timeout: float | None) -> str:
    """A line that `read` takes, for the limits that there are now."""
    return f"turns={turns or 'off'} timeout={'off' if timeout is None else f'{timeout:.10g}'}"


def _turns(word: str) -> int | None:
    if word in OFF:
        return None
    if re.fullmatch(r"\d{1,6}", word) and 1 <= int(word) <= MOST_TURNS:
        return int(word)
    raise CommandError("limits.malformed", f"{word!r} is no number of turns from 1 to {MOST_TURNS:,}.", hint=HINT)


def _seconds(word: str) -> float | None:
    if word in OFF:
        return None
    if (found := re.fullmatch(r"(\d{1,7}(?:\.\d{1,3})?)([smh]?)", word)) is not None:
        seconds = float(found[1]) * UNITS[found[2]]
        if 0 < seconds <= MOST_SECONDS:
            return seconds
    raise CommandError("limits.malformed", f"{word!r} is no time above 0 and up to 30 days.", hint=HINT)
