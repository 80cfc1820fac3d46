"""What a person has marked in a terminal, row by row: matches, a selection, the cursor of the copy mode, a link."""

import dataclasses as dc
from collections.abc import Iterable
from typing import Literal, NamedTuple

from golfer_tui.terminal.transcript import Spot, Transcript
from golfer_tui.terminal.words import tail

Kind = Literal["match", "current", "selection", "cursor", "link"]


class Mark(NamedTuple):
    """Cells of a row that look different, from `begin` to before `end`."""

    begin: int
    end: int
    kind: Kind


Span = tuple[Spot, Spot, Kind]
"""First cell, last cell, and what they are."""


@dc.dataclass(frozen=True)
class Link:
    """A hyperlink of a program (OSC 8), as far as it stands on one line."""

    begin: Spot
    end: Spot
    """Its last cell."""
    address: str
    """Harmless to show."""


def marks(spans: Iterable[Span], first: int, count: int, columns: int) -> dict[int, tuple[Mark, ...]]:
    """The spans on `count` lines from `first`, by row; later ones lie over earlier ones."""
    found: dict[int, list[Mark]] = {}
    for begin, end, kind in spans:
        for line in range(max(begin.line, first), min(end.line + 1, first + count)):
            mark = Mark(begin.x if line == begin.line else 0, end.x + 1 if line == end.line else columns, kind)
            found.setdefault(line - first, []).append(mark)
    return {row: tuple(row_marks) for row, row_marks in found.items()}


def character(lines: Transcript, spot: Spot) -> tuple[Spot, Spot]:
    """First and last cell of the character that begins here."""
    return spot, Spot(spot.line, tail(lines.cells(spot.line), spot.x))


def link_at(lines: Transcript, spot: Spot) -> Link | None:
    """The hyperlink that covers this cell."""
    if not lines.first <= spot.line < lines.end:
        return None
    x, begin, address = 0, 0, ""
    for run in lines.line(spot.line):
        if run.style.link != address:
            if address and begin <= spot.x < x:
                break
            begin, address = x, run.style.link
        x += run.cells
    if address and begin <= spot.x < x:
        return Link(Spot(spot.line, begin), Spot(spot.line, x - 1), address)
    return None
