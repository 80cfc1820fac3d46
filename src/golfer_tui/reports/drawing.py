"""A picture as a list of shapes, before it becomes a file of one kind or another. Pure."""

import dataclasses as dc
from typing import Literal

Spot = tuple[float, float]
"""Pixels from the left and from the top."""


@dc.dataclass(frozen=True)
class Line:
    """Straight from one spot to the next."""

    spots: tuple[Spot, ...]
    ink: str
    """As `#rrggbb`."""
    width: float = 1.0
    """Pixels."""
    dash: tuple[int, ...] = ()
    """Pixels drawn and left out in turn; empty: all are drawn."""


@dc.dataclass(frozen=True)
class Dot:
    """A small disc."""

    at: Spot
    ink: str
    radius: float = 3.0
    """Pixels."""


@dc.dataclass(frozen=True)
class Text:
    """Words on one line; they may be anything that an agent wrote."""

    at: Spot
    """Where their base line begins, has its middle or ends."""
    words: str
    ink: str = "#444444"
    anchor: Literal["start", "middle", "end"] = "start"
    bold: bool = False


@dc.dataclass(frozen=True)
class Drawing:
    """On white."""

    title: str
    """For those who cannot see it."""
    width: int
    """Pixels."""
    height: int
    shapes: tuple[Line | Dot | Text, ...]
    """In the order in which they are drawn."""


def printable(words: str) -> str:
    """Without the control characters that XML forbids and fonts have no sign for."""
    return "".join(letter if letter.isprintable() else "�" for letter in words)
