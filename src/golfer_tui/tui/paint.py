"""From the lines of an emulated terminal to strips: the only way in which a worker's output reaches the person."""

import functools

from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.strip import Strip

from golfer_tui.terminal.cells import PLAIN, Colour, Line, Style

STYLES = 4096
"""Translated styles that are kept."""


def strip_of(line: Line, width: int, base: RichStyle) -> Strip:
    """The line as a strip of exactly `width` columns, cut or filled up on the right."""
    segments: list[Segment] = []
    covered = 0
    for text, style, cells in line:
        if style.hidden:
            text = " " * cells
        elif not text.isascii() and cell_len(text) != cells:
            # The emulator and the person's terminal do not agree about this text: the emulator's columns count.
            text = set_cell_size(text, cells)
        segments.append(Segment(text, base if style is PLAIN else base + translate(style)))
        covered += cells
    return Strip(segments, covered).adjust_cell_length(width, base)


def with_cursor(strip: Strip, x: int) -> Strip:
    """The same row with the cell under the cursor reversed."""
    width = strip.cell_length
    if x >= width:
        return strip
    before, under, after = strip.divide([x, x + 1, width])
    return Strip.join([before, under.apply_style(RichStyle(reverse=True)), after])


@functools.lru_cache(maxsize=STYLES)
def translate(style: Style) -> RichStyle:
    """A cell's style in Textual's terms. Links and blinking stay behind: neither belongs into somebody's cockpit."""
    return RichStyle(
        color=_colour(style.fg),
        bgcolor=_colour(style.bg),
        bold=style.bold or None,
        dim=style.dim or None,
        italic=style.italic or None,
        underline=bool(style.underline) or None,
        reverse=style.reverse or None,
        strike=style.strike or None,
    )


def _colour(colour: Colour) -> Color | None:
    if colour is None:
        return None
    return Color.from_ansi(colour) if isinstance(colour, int) else Color.from_rgb(*colour)
