"""The asciicast format as lines of bytes, written (version 3) and read (2 and 3); no I/O.

A header, then one line of JSON per event: `[seconds, code, data]`, the seconds counted from the event before (version
3) or from the beginning (version 2). Players need text, we need bytes: where output is no UTF-8, its line shows
replacement characters and a comment before it, which players skip, holds the bytes themselves. Another comment tells
the time of day and the size of the terminal, for readers who begin in the middle.
"""

import base64
import codecs
import contextlib
import json
from typing import Any, NamedTuple

import msgspec

CHUNK = 16 * 1024
"""Most bytes of output in one line that is written."""

LATEST = 1e12
"""Seconds that no event of a recording can be at."""

_EXACT = b"# bytes "
"""How the comment begins that has the exact bytes (base64) of the next event."""

_HERE = b"# here "
"""How the comment begins that has the time of this place in seconds since 1970, and the size if it is known."""


class Header(NamedTuple):
    """The first line."""

    version: int
    columns: int
    rows: int


class CastEvent(NamedTuple):
    """Something that happened in a recorded terminal."""

    time: float
    """Seconds since the recording began."""
    kind: str
    """`o` output, `i` input, `r` resize ("80x24"), `m` marker, `x` exit; others are passed on."""
    data: bytes


def header(columns: int, rows: int, timestamp: float) -> bytes:
    """The first line; `timestamp` in seconds since 1970."""
    return _line({"version": 3, "term": {"cols": columns, "rows": rows}, "timestamp": int(timestamp)})


def output(interval: float, data: bytes) -> bytes:
    """One event of output, with the comment where it is no UTF-8; `interval` in seconds."""
    try:
        text, exact = data.decode(), b""
    except UnicodeDecodeError:
        text, exact = data.decode("utf-8", "replace"), _EXACT + base64.b64encode(data) + b"\n"
    # Most bytes of a recording are written here: the encoder is the fast one.
    return exact + msgspec.json.encode((interval, "o", text)) + b"\n"


def resize(interval: float, columns: int, rows: int) -> bytes:
    """The terminal has another size, in cells."""
    return _line([interval, "r", f"{columns}x{rows}"])


def here(timestamp: float, size: tuple[int, int] | None) -> bytes:
    """A comment: what comes next is counted from this time, in seconds since 1970, and finds this size, in cells."""
    told = "" if size is None else f" {size[0]}x{size[1]}"
    return _HERE + f"{timestamp:.3f}{told}\n".encode()


def marker(interval: float, text: str) -> bytes:
    """A place that players can jump to."""
    return _line([interval, "m", text])


def unfinished(data: bytes) -> int:
    """How many bytes at the end are the beginning of a character whose rest has not come yet: 0 to 3."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    decoder.decode(data[-4:])
    return len(decoder.getstate()[0])


def pieces(data: bytes) -> list[bytes]:
    """Output cut into lines' worth, between characters where that is possible."""
    parts, at = [], 0
    while at < len(data):
        part = data[at : at + CHUNK]
        if at + CHUNK < len(data):
            part = part[: CHUNK - unfinished(part)]
        parts.append(part)
        at += len(part)
    return parts


def read_header(line: bytes) -> Header:
    """The first line, of any version that tells a size.

    Raises:
        ValueError: this is no header.
    """
    match _value(line):
        case {"version": 3, "term": {"cols": int(columns), "rows": int(rows)}}:
            found = Header(3, columns, rows)
        case {"version": int(version), "width": int(columns), "height": int(rows)}:
            found = Header(version, columns, rows)
        case _:
            raise ValueError("the line is no header")
    if min(found) < 1:
        raise ValueError("a terminal has at least one column and one row")
    return found


def read_size(data: bytes) -> tuple[int, int] | None:
    """Columns and rows that the data of a resize event names, such as `80x24`; None if it names none."""
    columns, _, rows = data.partition(b"x")
    if columns.isdigit() and rows.isdigit() and max(len(columns), len(rows)) < 6:
        return int(columns), int(rows)
    return None


class Parser:
    """Takes the lines after the header, one by one."""

    def __init__(self, version: int = 3, size: tuple[int, int] | None = None, *, time: float = 0.0) -> None:
        """`size` is that of the terminal where the lines begin, if it is known, and `time` that of the event before."""
        self._version = version
        self._now = time
        self._exact: bytes | None = None
        self.zero: float | None = None
        """Seconds since 1970 at which an event's time of 0 would be; None until a line has told."""
        self.size = size
        """Columns and rows of the terminal after the last line, if they are known."""

    @property
    def between(self) -> bool:
        """True if the last line was the comment that belongs to the next one."""
        return self._exact is not None

    def feed(self, line: bytes) -> CastEvent | None:
        """The event that a line holds; None for comments and empty lines.

        Raises:
            ValueError: this is no line of an asciicast.
        """
        if line.startswith(_EXACT):
            self._exact = base64.b64decode(line[len(_EXACT) :].strip(), validate=True)
            return None
        if line.startswith(_HERE):
            self._place(line)
        if line.startswith(b"#") or not line.strip():
            return None
        match _value(line):
            case [int() | float() as time, str(kind), str(text)] if abs(time) < LATEST:
                # A clock that was set back must not turn a recording around.
                self._now = max(self._now, self._now + time if self._version == 3 else float(time))
            case _:
                raise ValueError("the line is no event")
        exact, self._exact = self._exact, None
        data = text.encode("utf-8", "replace") if exact is None else exact
        if kind == "r":
            self.size = read_size(data) or self.size
        return CastEvent(self._now, kind, data)

    def _place(self, line: bytes) -> None:
        timestamp, _, size = line[len(_HERE) :].strip().partition(b" ")
        with contextlib.suppress(ValueError):
            self.zero = float(timestamp) - self._now
            self.size = read_size(size) or self.size


def _value(line: bytes) -> Any:
    """The value on a line of JSON.

    Raises:
        ValueError: this is no JSON.
    """
    try:
        return json.loads(line, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("the line is nested too deeply") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON's")


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": ")).encode("utf-8", "replace") + b"\n"
