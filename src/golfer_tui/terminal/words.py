"""Words and lines in a transcript, for those who select in it: by the mouse, or with keys as in an editor."""

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

from golfer_tui.terminal.transcript import Spot

FAR = 500
"""Rows that are looked through for the end of a line or for the next word."""

JOINING = "_-./~\\+%@"
"""Signs that belong to words: paths, numbers, options and names are selected whole."""

Kind = Literal["blank", "word", "sign"]


class Cells(Protocol):
    """What is selected in: a `Transcript`, settled."""

    @property
    def first(self) -> int: ...
    @property
    def active(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def columns(self) -> int: ...
    def wraps(self, first: int, count: int) -> list[bool]: ...
    def cells(self, number: int) -> Sequence[str]: ...


def kind(text: str) -> Kind:
    """What the text of a cell belongs to."""
    if not text.strip():
        return "blank"
    return "word" if text[0].isalnum() or text[0] in JOINING else "sign"


def head(cells: Sequence[str], x: int) -> int:
    """The first cell of the character that covers cell `x`, or of the last one before it."""
    x = min(x, len(cells) - 1)
    while x > 0 and not cells[x]:
        x -= 1
    return x


def tail(cells: Sequence[str], x: int) -> int:
    """The last cell of the character that covers cell `x`, or of the last one before it."""
    x = min(x, len(cells) - 1)
    while x + 1 < len(cells) and not cells[x + 1]:
        x += 1
    return x


def word_at(lines: Cells, spot: Spot) -> tuple[Spot, Spot]:
    """The first and the last cell of the word that covers this one, or of the blanks or signs that do."""
    spot = Spot(spot.line, head(lines.cells(spot.line), spot.x))
    wanted = kind(lines.cells(spot.line)[spot.x])
    first = last = spot
    for place, text in _characters(lines, spot, -1):
        if text == "\n" or kind(text) != wanted:
            break
        first = place
    for place, text in _characters(lines, spot, 1):
        if text == "\n" or kind(text) != wanted:
            break
        last = place
    return first, Spot(last.line, tail(lines.cells(last.line), last.x))


def line_at(lines: Cells, number: int) -> tuple[int, int]:
    """The first and the last row of the line that this row belongs to."""
    first = last = number
    while first > max(lines.first, number - FAR) and lines.wraps(first - 1, 1)[0]:
        first -= 1
    while last < min(lines.end - 1, number + FAR) and lines.wraps(last, 1)[0]:
        last += 1
    return first, last


def next_word(lines: Cells, spot: Spot) -> Spot:
    """Where the next word or sign begins; the last character on the way if there is none."""
    seen = kind(lines.cells(spot.line)[spot.x])
    place = spot
    for place, text in _characters(lines, spot, 1):
        now = kind(text)
        if now not in ("blank", seen):
            return place
        seen = now
    return place


def word_before(lines: Cells, spot: Spot) -> Spot:
    """Where this word or sign begins, or the one before if the spot is its beginning already."""
    return _edge(lines, spot, -1)


def word_end(lines: Cells, spot: Spot) -> Spot:
    """Where this word or sign ends, or the next one if the spot is its end already."""
    return _edge(lines, spot, 1)


def _edge(lines: Cells, spot: Spot, way: Literal[1, -1]) -> Spot:
    """The last character of the word or sign that is met first."""
    found: Spot | None = None
    wanted: Kind = "blank"
    place = spot
    for place, text in _characters(lines, spot, way):
        now = kind(text)
        if found is not None and now != wanted:
            return found
        if now != "blank":
            found, wanted = place, now
    return found or place


def _characters(lines: Cells, spot: Spot, way: Literal[1, -1]) -> Iterator[tuple[Spot, str]]:
    """The characters after a spot or before it, with a line break between two lines that are not one wrapped."""
    line, cells = spot.line, lines.cells(spot.line)
    x = spot.x
    while True:
        x += way
        if 0 <= x < len(cells):
            if cells[x]:
                yield Spot(line, x), cells[x]
            continue
        beyond = line + way
        if not lines.first <= beyond < lines.end or abs(beyond - spot.line) > FAR:
            return
        if not lines.wraps(min(line, beyond), 1)[0]:
            yield Spot(line, head(cells, min(max(x, 0), len(cells) - 1))), "\n"
        line, cells = beyond, lines.cells(beyond)
        x = -1 if way > 0 else len(cells)
