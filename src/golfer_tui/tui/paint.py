"""From the lines of an emulated terminal to strips: the only way in which a worker's output reaches the person."""

import functools
import unicodedata
from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.strip import Strip

from golfer_tui.terminal.cells import PLAIN, Colour, Line, Run, Style
from golfer_tui.terminal.modes import Shape

STYLES = 4096
"""Translated styles that are kept."""

_JOINING = ("Mn", "Me", "Mc", "Cf")

BAR = "▏"
"""A cursor that is a bar, where nothing stands."""


def strip_of(line: Line, width: int, base: RichStyle) -> Strip:
    """The line as a strip of exactly `width` columns, cut or filled up on the right."""
    segments: list[Segment] = []
    covered = 0
    for text, style, cells in shown(line):
        segments.append(Segment(text, on(base, style)))
        covered += cells
    return Strip(segments, covered).adjust_cell_length(width, base)


def shown(line: Line) -> Iterator[Run]:
    """The runs of a line with the text that is to be drawn, which covers exactly the cells of the run."""
    for run in line:
        text, style, cells = run
        if style.hidden:
            yield Run(" " * cells, style, cells)
        elif (len(text) if text.isascii() else cell_len(text)) != cells:
            yield Run(_fitted(text, cells), style, cells)
        else:
            yield run


def _fitted(text: str, cells: int) -> str:
    """What is drawn of a text whose columns the emulator and others count differently: the emulator's count.

    What joins or changes characters is left out, for how wide that makes them is what terminals do not agree on.
    """
    bare = "".join([each for each in text if unicodedata.category(each) not in _JOINING])
    return bare if cell_len(bare) == cells else set_cell_size(bare, cells)


def on(base: RichStyle, style: Style) -> RichStyle:
    """A cell's style on the ground of a pane."""
    return base if style is PLAIN else base + translate(style)


def with_cursor(strip: Strip, x: int, shape: Shape = "block") -> Strip:
    """The same row with the cursor in a cell, as far as cells can show its shape: a bar is one where nothing stands."""
    if x >= strip.cell_length:
        return strip
    match shape:
        case "underline":
            return with_marks(strip, [(x, x + 1, RichStyle(underline=True))])
        case "bar":
            before, under, after = strip.divide([x, x + 1, strip.cell_length])
            if under.text == " ":
                bar = [Segment(BAR, segment.style) for segment in under if segment.text]
                return Strip.join([before, Strip(bar, 1), after])
            return with_marks(strip, [(x, x + 1, RichStyle(reverse=True, dim=True))])
        case _:
            return with_marks(strip, [(x, x + 1, RichStyle(reverse=True))])


def with_marks(strip: Strip, marks: Sequence[tuple[int, int, RichStyle]]) -> Strip:
    """The same row with these cells, each from the first to before the last, in another style; later ones win."""
    width = strip.cell_length
    cuts = sorted({min(max(cut, 0), width) for begin, end, _ in marks for cut in (begin, end)} | {width})
    segments: list[Segment] = []
    at = 0
    for part, cut in zip(strip.divide(cuts), cuts, strict=True):
        over = [style for begin, end, style in marks if begin <= at and cut <= end]
        for text, style, control in part:
            segments.append(Segment(text, sum(over, style or RichStyle()), control))
        at = cut
    return Strip(segments, width)


@functools.lru_cache(maxsize=STYLES)
def translate(style: Style) -> RichStyle:
    """A cell's style in Textual's terms. Blinking stays behind; of a hyperlink only that it is one is told."""
    return RichStyle(
        color=_colour(style.fg),
        bgcolor=_colour(style.bg),
        bold=style.bold or None,
        dim=style.dim or None,
        italic=style.italic or None,
        underline=bool(style.underline or style.link) or None,
        reverse=style.reverse or None,
        strike=style.strike or None,
    )


def _colour(colour: Colour) -> Color | None:
    if colour is None:
        return None
    return Color.from_ansi(colour) if isinstance(colour, int) else Color.from_rgb(*colour)
