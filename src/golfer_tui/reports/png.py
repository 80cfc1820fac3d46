"""A drawing as a PNG, drawn by Pillow with the font that it brings: no font or library of the system is needed."""

import functools
import io
import itertools
import math
from collections.abc import Iterable, Iterator

from PIL import Image, ImageDraw, ImageFont

from golfer_tui.reports.drawing import Dot, Drawing, Line, Spot, Text, printable

SCALE = 2
"""Pixels of the file for one of the drawing, as screens with fine pixels want it."""

FINE = 2
"""Everything is drawn so many times larger and made smaller at the end: its edges become smooth."""

SIZE = 12
"""Height of the font, in pixels of the drawing."""

_FACTOR = SCALE * FINE
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def png(drawing: Drawing) -> bytes:
    """The bytes of the file."""
    page = Image.new("RGB", (drawing.width * _FACTOR, drawing.height * _FACTOR), "#ffffff")
    pen = ImageDraw.Draw(page)
    for shape in drawing.shapes:
        _draw(pen, shape)
    smooth = page.resize((drawing.width * SCALE, drawing.height * SCALE), Image.Resampling.BOX)
    file = io.BytesIO()
    smooth.save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw(pen: ImageDraw.ImageDraw, shape: Line | Dot | Text) -> None:
    match shape:
        case Line():
            width = max(1, round(shape.width * _FACTOR))
            for part in dashed(shape.spots, shape.dash):
                pen.line([(x * _FACTOR, y * _FACTOR) for x, y in part], shape.ink, width, joint="curve")
        case Dot():
            (x, y), radius = shape.at, shape.radius
            pen.ellipse([each * _FACTOR for each in (x - radius, y - radius, x + radius, y + radius)], shape.ink)
        case Text():
            spot = shape.at[0] * _FACTOR, shape.at[1] * _FACTOR
            bold = _FACTOR / 4 if shape.bold else 0
            words = printable(shape.words)
            pen.text(spot, words, shape.ink, _font(), anchor=_ANCHORS[shape.anchor], stroke_width=bold)


@functools.cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(SIZE * _FACTOR)


def dashed(spots: Iterable[Spot], dash: tuple[int, ...]) -> Iterator[list[Spot]]:
    """The parts of a line that are drawn."""
    corners = list(spots)
    if not dash:
        yield corners
        return
    turn, left = 0, float(dash[0])
    part = corners[:1]
    for (x, y), end in itertools.pairwise(corners):
        length, gone = math.dist((x, y), end), 0.0
        while length - gone > left:
            gone += left
            spot = x + (end[0] - x) * gone / length, y + (end[1] - y) * gone / length
            if turn % 2 == 0:
                yield [*part, spot]
            turn, part = turn + 1, [spot]
            left = float(dash[turn % len(dash)])
        left -= length - gone
        part.append(end)
    if turn % 2 == 0 and len(part) > 1:
        yield part
