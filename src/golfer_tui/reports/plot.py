"""Curves as one picture that stands for itself, in colours that colour-blind people tell apart. Pure."""

from collections.abc import Iterator, Sequence

from golfer_tui.reports.drawing import Dot, Drawing, Line, Spot, Text
from golfer_tui.reports.frame import Frame, Point, Points, Series
from golfer_tui.reports.ticks import labels, log_ticks, ticks

INKS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Okabe and Ito, "Color Universal Design" (2008), without their yellow, which nobody sees on white."""

DASHES = (
    (), (7, 3), (2, 3), (9, 3, 2, 3), (14, 4), (9, 3, 2, 3, 2, 3), (4, 8), (14, 3, 4, 3), (1, 5), (6, 2, 6, 8)
)  # fmt: skip
"""Told apart without any colour: the next kind begins when the colours begin again. So 70 curves differ."""

Sides = tuple[int, int, int, int]
"""Left, top, right and bottom of what the axes enclose, in pixels."""

LEFT, RIGHT, TOP, BOTTOM = 64, 16, 34, 52
"""Pixels around the curves."""

LINE, COLUMN = 18, 168
"""Pixels of one line and of one column of the legend."""

NAME = 20
"""Characters of a name in the legend."""


def plot(
    series: Sequence[Series],
    *,
    title: str,
    x: str = "step",
    y: str = "",
    width: int = 760,
    height: int = 360,
    log: bool = False,
) -> Drawing:
    """The picture; a sentence stands in it where there is nothing to draw.

    Args:
        series: The curves, the legend in their order.
        title: Above them.
        x: What the horizontal axis tells.
        y: What the vertical axis tells.
        width: Pixels.
        height: Pixels without the legend.
        log: Scale the vertical axis by powers of ten; values that are not above 0 are left out.
    """
    sides = LEFT, TOP, width - RIGHT, height - BOTTOM
    columns = max(1, (width - LEFT) // COLUMN)
    whole = height + LINE * -(-len(series) // columns)
    shapes: list[Line | Dot | Text] = [Text((LEFT, 20), title, "#000000", bold=True)]
    frame = Frame.around((each.points for each in series), log=log)
    if frame is None:
        shapes.append(Text((LEFT, height // 2), "There is no number to draw.", "#666666"))
    else:
        shapes += _axes(frame, x, y, sides)
        for index, each in enumerate(series):
            ink, dash = INKS[index % len(INKS)], DASHES[index // len(INKS) % len(DASHES)]
            shapes += _curve(frame, each.points, ink, dash, sides)
        for index, each in enumerate(series):
            ink, dash = INKS[index % len(INKS)], DASHES[index // len(INKS) % len(DASHES)]
            left, top = LEFT + COLUMN * (index % columns), height + LINE * (index // columns)
            shapes.append(Line(((left, top), (left + 28, top)), ink, 2, dash))
            name = each.name if len(each.name) <= NAME else f"{each.name[: NAME - 1]}…"
            shapes.append(Text((left + 36, top + 4), name, "#000000"))
    return Drawing(title, width, whole, tuple(shapes))


def _place(share: Point, sides: Sides) -> Spot:
    left, top, right, bottom = sides
    return left + share[0] * (right - left), bottom - share[1] * (bottom - top)


def _axes(frame: Frame, x: str, y: str, sides: Sides) -> Iterator[Line | Text]:
    left, top, right, bottom = sides
    levels = log_ticks(*frame.y) if frame.log else ticks(*frame.y)
    for value, label in zip(levels, labels(levels), strict=True):
        _, at = _place((0, frame.up(value)), sides)
        yield Line(((left, at), (right, at)), "#e4e4e4")
        yield Text((left - 8, at + 4), label, anchor="end")
    places = ticks(*frame.x)
    for value, label in zip(places, labels(places), strict=True):
        at, _ = _place((frame.across(value), 0), sides)
        yield Line(((at, bottom), (at, bottom + 5)), "#888888")
        yield Text((at, bottom + 18), label, anchor="middle")
    yield Line(((left, top), (left, bottom), (right, bottom)), "#888888")
    yield Text((right, bottom + 36), x, anchor="end")
    if y:
        yield Text((right, 20), y, anchor="end")


def _curve(frame: Frame, points: Points, ink: str, dash: tuple[int, ...], sides: Sides) -> Iterator[Line | Dot]:
    for part in frame.lines(points):
        spots = tuple(_place(point, sides) for point in part)
        # Of one point alone a line would show nothing.
        yield Line(spots, ink, 1.8, dash) if len(spots) > 1 else Dot(spots[0], ink)
