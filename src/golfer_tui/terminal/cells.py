"""What a screen shows, as plain values: styles, runs of equal style, lines."""

import unicodedata
from typing import Literal, NamedTuple

Colour = int | tuple[int, int, int] | None
"""None for the terminal's own colour, 0 to 255 for an entry of the palette, or red, green, blue of 0 to 255 each."""

Underline = Literal["", "single", "double", "curly", "dotted", "dashed"]

CLUSTER = 16
"""Code points kept of one cell: a base and its marks. Text that stacks more is cut, whatever a program prints."""

LINK = 2048
"""Characters of a hyperlink's address; a longer one is not kept at all, for a cut address leads elsewhere."""


class Style(NamedTuple):
    """How a cell looks. Lines share one object for equal styles, as long as no more than some thousand are in use."""

    fg: Colour = None
    bg: Colour = None
    underline_colour: Colour = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: Underline = ""
    blink: bool = False
    reverse: bool = False
    hidden: bool = False
    strike: bool = False
    overline: bool = False
    link: str = ""
    """Address of a hyperlink (OSC 8); empty if there is none."""


PLAIN = Style()


class Run(NamedTuple):
    """Neighbouring cells of one style."""

    text: str
    """Without control characters. A wide character stands once; combining characters follow their base."""
    style: Style
    cells: int
    """Columns that the text covers, which is not always its length."""


Line = tuple[Run, ...]
"""One row of a screen; its runs cover exactly the screen's columns."""


def plain(line: Line) -> str:
    """The text of a line without its trailing blanks."""
    return "".join([run.text for run in line]).rstrip(" ")


def safe(text: str) -> str:
    """`text` with every character that could steer a terminal, reorder text or break a line replaced by U+FFFD."""
    if text.isascii() and text.isprintable():
        return text
    return "".join([character if _harmless(character) else "\N{REPLACEMENT CHARACTER}" for character in text])


def _harmless(character: str) -> bool:
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Zl", "Zp"):
        return False
    # Of the invisible format characters only those that reorder text are refused: emoji need the rest.
    if character in "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}":
        return False
    return unicodedata.bidirectional(character) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
