"""What stands on the screen, cell by cell: the characters once, and how they look in each theme."""

import dataclasses as dc
import functools
import itertools
from collections.abc import Iterator

from rich.cells import get_character_cell_size
from rich.color import Color, ColorSystem
from rich.style import Style
from textual.strip import Strip

ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike")

ON_SPACES = ("underline", "reverse", "strike")
"""What can be seen where nothing stands; there, other attributes and the colour of the text count for nothing."""


@dc.dataclass(frozen=True)
class Look:
    """How one cell looks."""

    text: str
    """The colour of what stands there; empty where nothing does."""
    ground: str
    attributes: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join([self.text, "on", self.ground, *self.attributes]).strip()


@dc.dataclass(frozen=True)
class Painted:
    """A screen in one theme."""

    rows: tuple[str, ...]
    looks: tuple[tuple[Look, ...], ...]
    """One for each column of each row."""


def painted(strips: list[Strip], colours: ColorSystem) -> Painted:
    """Read the strips as a terminal with so many colours shows them."""
    cells = [list(_cells(strip, colours)) for strip in strips]
    return Painted(
        tuple("".join(character for character, _ in row) for row in cells),
        tuple(tuple(look for _, look in row) for row in cells),
    )


def _cells(strip: Strip, colours: ColorSystem) -> Iterator[tuple[str, Look]]:
    """The columns of a row; a wide character stands in the first of its two."""
    for text, style, _ in strip:
        full, empty = looks_of(style or Style(), colours)
        if text.isspace():
            yield from itertools.repeat((" ", empty), len(text))
            continue
        for character in text:
            width = get_character_cell_size(character)
            look = empty if character == " " else full
            if not width:
                yield character, look
            for column in range(width):
                yield "" if column else character, look


@functools.lru_cache(maxsize=4096)
def looks_of(style: Style, colours: ColorSystem) -> tuple[Look, Look]:
    """How text in this style looks, and how a space does."""
    attributes = tuple(name for name in ATTRIBUTES if getattr(style, name))
    text, ground = told(style.color, colours), told(style.bgcolor, colours)
    seen = tuple(name for name in attributes if name in ON_SPACES)
    return Look(text, ground, attributes), Look(text if seen else "", ground, seen)


def told(colour: Color | None, colours: ColorSystem) -> str:
    """The colour as the terminal gets it: `#rrggbb`, or the name of one of the sixteen."""
    if colour is None or colour.is_default:
        return "default"
    if colours is ColorSystem.STANDARD:
        return SIXTEEN[colour.downgrade(ColorSystem.STANDARD).number or 0]
    return colour.triplet.hex if colour.triplet else SIXTEEN[colour.number or 0]


_EIGHT = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
SIXTEEN = (*_EIGHT, *(f"bright_{name}" for name in _EIGHT))
