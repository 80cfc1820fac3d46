"""A drawing as one `<svg>` element that needs nothing else."""

import html
from collections.abc import Iterator

from golfer_tui.reports.drawing import Dot, Drawing, Line, Text, printable

FONT = "font-family='ui-sans-serif, system-ui, sans-serif' font-size='12'"


def svg(drawing: Drawing) -> str:
    """The text of the element."""
    return "".join(_parts(drawing))


def _parts(drawing: Drawing) -> Iterator[str]:
    width, height = drawing.width, drawing.height
    box = f"width='{width}' height='{height}' viewBox='0 0 {width} {height}'"
    yield f"<svg xmlns='http://www.w3.org/2000/svg' role='img' {box} {FONT}>"
    yield f"<title>{_text(drawing.title)}</title><rect width='100%' height='100%' fill='#ffffff'/>"
    for shape in drawing.shapes:
        match shape:
            case Line():
                yield _line(shape)
            case Dot():
                x, y = shape.at
                yield f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{shape.radius:g}' fill='{shape.ink}'/>"
            case Text():
                yield _words(shape)
    yield "</svg>"


def _line(line: Line) -> str:
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line.spots)
    dash = f" stroke-dasharray='{' '.join(map(str, line.dash))}'" if line.dash else ""
    return f"<path d='{path}' fill='none' stroke-width='{line.width:g}' stroke='{line.ink}'{dash}/>"


def _words(text: Text) -> str:
    x, y = text.at
    anchor = f" text-anchor='{text.anchor}'" if text.anchor != "start" else ""
    bold = " font-weight='600'" if text.bold else ""
    return f"<text x='{x:.1f}' y='{y:.1f}' fill='{text.ink}'{anchor}{bold}>{_text(text.words)}</text>"


def _text(words: str) -> str:
    """Harmless inside an element: no markup."""
    return html.escape(printable(words))
