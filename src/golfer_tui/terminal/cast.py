"""The asciicast format as lines of bytes, written (version 3) and read (2 and 3); no I/O.

A header, then one line of JSON per event: `[seconds, code, data]`, the seconds counted from the event before (version
3) or from the beginning (version 2). Players need text, we need bytes: where output is no UTF-8, its line shows
replacement characters and a comment before it, which players skip, holds the bytes themselves.
"""

import base64
import codecs
import json
from typing import Any, NamedTuple

CHUNK = 16 * 1024
"""Most bytes of output in one line that is written."""

LATEST = 1e12
"""Seconds that no event of a recording can be at."""

_EXACT = b"# bytes "
"""How the comment begins that has the exact bytes (base64) of the next event."""


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
    text = data.decode("utf-8", "replace")
    exact = b"" if text.encode() == data else _EXACT + base64.b64encode(data) + b"\n"
    return exact + _line([interval, "o", text])


def resize(interval: float, columns: int, rows: int) -> bytes:
    """The terminal has another size, in cells."""
    return _line([interval, "r", f"{columns}x{rows}"])


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
    parts = []
    while len(data) > CHUNK:
        cut = CHUNK - unfinished(data[:CHUNK])
        parts.append(data[:cut])
        data = data[cut:]
    return [*parts, data] if data else parts


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


class Parser:
    """Takes the lines after the header, one by one."""

    def __init__(self, version: int = 3) -> None:
        self._version = version
        self._now = 0.0
        self._exact: bytes | None = None

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
        if line.startswith(b"#") or not line.strip():
            return None
        match _value(line):
            case [int() | float() as time, str(kind), str(text)] if abs(time) < LATEST:
                # A clock that was set back must not turn a recording around.
                self._now = max(self._now, self._now + time if self._version == 3 else float(time))
            case _:
                raise ValueError("the line is no event")
        exact, self._exact = self._exact, None
        return CastEvent(self._now, kind, text.encode("utf-8", "replace") if exact is None else exact)


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
