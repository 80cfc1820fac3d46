"""What a terminal printed, as text for a reader without a terminal: a language model, a log, an event.

Escape sequences are left out; a carriage return, a backspace and "erase line" do to a line what they do on a screen, so
that of a progress bar only the last state is left. Pure functions; nothing is kept between calls.
"""

import re

HELD_BACK = 64
"""Bytes at the end of a chunk that may belong to an unfinished escape sequence."""

_ESCAPE = re.compile(
    r"\x1b(?:"
    r"\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # OSC, DCS, SOS, PM, APC; never over the end of a line
    r"|[ -/]*[0-~]"  # two or three characters
    r")?"
)
_ERASE = re.compile(r"\x1b\[[0-2]?K")
_PIECE = re.compile(r"\r|\x08+|\x1b\[[0-2]?K|[^\r\x08\x1b]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b\n]*\x1b?|[ -/]*)?$")


def readable(data: bytes) -> str:
    """Decode and clean; bytes that are no UTF-8 become U+FFFD. Lines end with `\\n`."""
    text = data.decode("utf-8", errors="replace").replace("\r\n", "\n")
    if "\x1b" in text:
        text = _ESCAPE.sub(lambda match: match[0] if _ERASE.fullmatch(match[0]) else "", text)
    return "\n".join(_line(line) if _CONTROL.search(line) else line for line in text.split("\n"))


def _line(line: str) -> str:
    cells: list[str] = []
    column = 0
    for piece in _PIECE.findall(line):
        if piece == "\r":
            column = 0
        elif piece[0] == "\x08":
            column = max(0, column - len(piece))
        elif piece[0] == "\x1b":
            part = piece[2:-1]
            if part in {"", "0"}:
                del cells[column:]
            elif part == "1":
                cells[:column] = " " * min(column, len(cells))
            else:
                cells.clear()
        else:
            shown = _CONTROL.sub("", piece)
            cells.extend(" " * (column - len(cells)))
            cells[column : column + len(shown)] = shown
            column += len(shown)
    return "".join(cells)


def whole(data: bytes) -> int:
    """How many bytes of `data` end with a whole character and a whole escape sequence; the rest waits for more."""
    end = len(data) - _unfinished_character(data)
    tail = data[max(0, end - HELD_BACK) : end]
    if match := _UNFINISHED.search(tail):
        end -= len(tail) - match.start()
    return end


def _unfinished_character(data: bytes) -> int:
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte & 0xC0 != 0x80:
            needed = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
            return back if needed > back else 0
    return 0
