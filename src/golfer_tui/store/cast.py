"""The asciicast v3 format, as lines of bytes; no I/O.

A header, then one line of JSON per event: `[seconds since the event before, code, data]`. Players need text, we need
bytes: where output is no UTF-8, its line shows replacement characters and a comment before it, which players skip,
holds the bytes themselves.
"""

import base64
import codecs
import json
from typing import Any

CHUNK = 16 * 1024
"""Most bytes of output in one line."""

_EXACT = b"# bytes "


def header(columns: int, rows: int, timestamp: float) -> bytes:
    """The first line; `timestamp` in seconds since 1970."""
    return _line({"version": 3, "term": {"cols": columns, "rows": rows}, "timestamp": int(timestamp)})


def is_header(line: bytes) -> bool:
    """True if this is the first line of an asciicast v3 file."""
    try:
        value = json.loads(line)
    except ValueError:
        return False
    return isinstance(value, dict) and value.get("version") == 3


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


class Parser:
    """Takes the lines after the header, one by one."""

    def __init__(self) -> None:
        self._exact: bytes | None = None

    @property
    def between(self) -> bool:
        """True if the last line was the comment that belongs to the next one."""
        return self._exact is not None

    def feed(self, line: bytes) -> bytes:
        """The output that a line holds; empty for lines of other kinds.

        Raises:
            ValueError: this is no whole line of an asciicast.
        """
        if not line.endswith(b"\n"):
            raise ValueError("the line has no end")
        if line.startswith(_EXACT):
            self._exact = base64.b64decode(line[len(_EXACT) : -1], validate=True)
            return b""
        if line.startswith(b"#") or not line.strip():
            return b""
        match json.loads(line):
            case [float() | int(), "o", str(text)]:
                exact, self._exact = self._exact, None
                return text.encode() if exact is None else exact
            case [float() | int(), str(), str()]:
                return b""
            case _:
                raise ValueError("the line is no event")


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": ")).encode("utf-8", "replace") + b"\n"
