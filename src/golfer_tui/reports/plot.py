"""Curves as one picture: an SVG that stands for itself, in colours that colour-blind people tell apart."""

import dataclasses as dc
import html
import math
from collections.abc import Iterable, Sequence

from golfer_tui.reports.ticks import labels, log_ticks, ticks

INKS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Okabe and Ito, "Color Universal Design" (2008), without their yellow, which nobody sees on white."""

DASHES = ("", "7 3", "2 3", "9 3 2 3")
"""Told apart without any colour: the next kind begins when the colours begin again."""

LEFT, RIGHT, TOP, BOTTOM = 64, 16, 34, 44
"""Pixels around the curves."""

LINE, COLUMN = 18, 168
"""Pixels of one line and of one column of the legend."""

SETTLED = 10
"""Points from which the first tenth of a curve may leave the picture: a wild beginning does not flatten the rest."""

FONT = "font-family='ui-sans-serif, system-ui, sans-serif' font-size='12'"


@dc.dataclass(frozen=True)
class Series:
    """One curve."""

    name: str
    points: Sequence[tuple[float, float]]
    """x and y, in the order in which they are joined; what is not finite breaks the line."""


@dc.dataclass(frozen=True)
class Frame:
    """What is shown of the plane, and where it lies in the picture."""

    x: tuple[float, float]
    y: tuple[float, float]
    width: int
    height: int
    log: bool

    def across(self, x: float) -> float:
        low, high = self.x
        return LEFT + _share(x, low, high) * (self.width - LEFT - RIGHT)

    def down(self, y: float) -> float:
        low, high = self.y
        share = _share(math.log10(y), math.log10(low), math.log10(high)) if self.log else _share(y, low, high)
        return TOP + (1 - share) * (self.height - TOP - BOTTOM)


def svg(
    series: Sequence[Series],
    *,
    title: str,
    x: str = "step",
    y: str = "",
    width: int = 760,
    height: int = 360,
    log: bool = False,
) -> str:
    """The picture as the text of one `<svg>` element; a sentence stands in it where there is nothing to draw.

    Args:
        series: The curves, the legend in their order.
        title: Above them.
        x: What the horizontal axis tells.
        y: What the vertical axis tells.
        width: Pixels.
        height: Pixels without the legend.
        log: Scale the vertical axis by powers of ten; values that are not above 0 are left out.
    """
    usable = [(each.name, list(_broken(each.points, log=log))) for each in series]
    known = [point for _, points in usable for point in points if point is not None]
    columns = max(1, (width - LEFT) // COLUMN)
    whole = height + LINE * -(-len(usable) // columns)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' role='img' {_box(width, whole)} {FONT}>",
        f"<title>{_text(title)}</title><rect width='100%' height='100%' fill='#ffffff'/>",
        f"<text x='{LEFT}' y='20' font-weight='600'>{_text(title)}</text>",
    ]
    if not known:
        parts.append(f"<text x='{LEFT}' y='{height // 2}' fill='#666666'>There is no number to draw.</text></svg>")
        return "".join(parts)
    settled = [point for _, points in usable for point in _settled(points) if point is not None] or known
    frame = Frame(_range(p[0] for p in known), _range((p[1] for p in settled), log=log), width, height, log)
    parts += _axes(frame, x, y)
    inside = f"{LEFT - 3} {TOP - 3}h{width - LEFT - RIGHT + 6}v{height - TOP - BOTTOM + 6}h-{width - LEFT - RIGHT + 6}z"
    # Several pictures may stand on one page: the name of the window is the same for all of one size.
    window = f"window-{width}-{height}"
    parts.append(f"<clipPath id='{window}'><path d='M{inside}'/></clipPath><g clip-path='url(#{window})'>")
    legend = []
    for index, (name, points) in enumerate(usable):
        ink, dash = INKS[index % len(INKS)], DASHES[index // len(INKS) % len(DASHES)]
        stroke = f"stroke='{ink}'" + (f" stroke-dasharray='{dash}'" if dash else "")
        parts += _curve(frame, points, stroke, ink)
        left, top = LEFT + COLUMN * (index % columns), height + LINE * (index // columns)
        legend.append(f"<path d='M{left} {top}h28' fill='none' stroke-width='2' {stroke}/>")
        legend.append(f"<text x='{left + 36}' y='{top + 4}'>{_text(name)}</text>")
    return "".join([*parts, "</g>", *legend, "</svg>"])


def _box(width: int, height: int) -> str:
    return f"width='{width}' height='{height}' viewBox='0 0 {width} {height}'"


def _axes(frame: Frame, x: str, y: str) -> list[str]:
    bottom, right = frame.height - BOTTOM, frame.width - RIGHT
    parts = []
    levels = log_ticks(*frame.y) if frame.log else ticks(*frame.y)
    for value, label in zip(levels, labels(levels), strict=True):
        at = frame.down(value)
        parts.append(f"<path d='M{LEFT} {at:.1f}H{right}' stroke='#e4e4e4'/>")
        parts.append(f"<text x='{LEFT - 8}' y='{at + 4:.1f}' text-anchor='end' fill='#444444'>{_text(label)}</text>")
    places = ticks(*frame.x)
    for value, label in zip(places, labels(places), strict=True):
        at = frame.across(value)
        parts.append(f"<path d='M{at:.1f} {bottom}v5' stroke='#888888'/>")
        parts.append(f"<text x='{at:.1f}' y='{bottom + 18}' text-anchor='middle' fill='#444444'>{_text(label)}</text>")
    parts.append(f"<path d='M{LEFT} {TOP}V{bottom}H{right}' fill='none' stroke='#888888'/>")
    parts.append(f"<text x='{right}' y='{bottom + 36}' text-anchor='end' fill='#444444'>{_text(x)}</text>")
    if y:
        parts.append(f"<text x='{right}' y='20' text-anchor='end' fill='#444444'>{_text(y)}</text>")
    return parts


def _curve(frame: Frame, points: Sequence[tuple[float, float] | None], stroke: str, ink: str) -> list[str]:
    path, single, pen = [], [], False
    for index, point in enumerate(points):
        if point is None:
            pen = False
            continue
        at = f"{frame.across(point[0]):.1f} {frame.down(point[1]):.1f}"
        after = points[index + 1] if index + 1 < len(points) else None
        if not pen and after is None:
            # Nothing to join it with: a line would not show it.
            single.append(f"<circle cx='{at.split()[0]}' cy='{at.split()[1]}' r='3' fill='{ink}'/>")
        path.append(f"{'L' if pen else 'M'}{at}")
        pen = True
    return [f"<path d='{''.join(path)}' fill='none' stroke-width='1.8' {stroke}/>", *single]


def _broken(points: Iterable[tuple[float, float]], *, log: bool) -> Iterable[tuple[float, float] | None]:
    for x, y in points:
        drawn = math.isfinite(x) and math.isfinite(y) and (y > 0 or not log)
        yield (x, y) if drawn else None


def _settled(points: Sequence[tuple[float, float] | None]) -> Sequence[tuple[float, float] | None]:
    """The points without a beginning that is far from the rest."""
    return points[len(points) // 10 :] if len(points) >= SETTLED else points


def _range(values: Iterable[float], *, log: bool = False) -> tuple[float, float]:
    known = list(values)
    low, high = min(known), max(known)
    if low < high:
        return low, high
    # One value alone stands in the middle.
    return (low / 2, high * 2) if log else (low - (abs(low) or 1) / 10, high + (abs(high) or 1) / 10)


def _share(value: float, low: float, high: float) -> float:
    reach = high - low
    if not math.isfinite(reach):  # from one end of what a float holds to the other
        return (value / 4 - low / 4) / (high / 4 - low / 4)
    return (value - low) / reach if reach else 0.5


def _text(words: str) -> str:
    """Harmless inside an element: no markup, and none of the control characters that XML forbids."""
    return html.escape("".join(letter if letter.isprintable() else "�" for letter in words))
