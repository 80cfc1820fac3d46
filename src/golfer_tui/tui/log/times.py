"""When a line was printed, as it stands before the line."""

import datetime as dt
from typing import Literal

Times = Literal["", "clock", "since"]
"""Nothing; the time of day; the seconds since the command began."""

CYCLE: tuple[Times, ...] = ("", "clock", "since")

WIDTH = 11
"""Columns of a time with a blank behind it."""


def told(times: Times, time: float | None, started: dt.datetime) -> str:
    """A time in `WIDTH` columns; blanks where it is not known. The recording knows it to a tenth of a second."""
    if not times:
        return ""
    if time is None:
        return " " * WIDTH
    if times == "clock":
        moment = dt.datetime.fromtimestamp(time, dt.UTC).astimezone()
        text = f"{moment:%H:%M:%S}.{moment.microsecond // 100_000}"
    else:
        text = f"+{max(0.0, time - started.timestamp()):.1f}s"
    return f"{text:>{WIDTH - 1}} "
