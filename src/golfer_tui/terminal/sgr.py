"""Text with SGR sequences, read: the other direction of `terminal.ansi`. No state is carried from line to line."""

import functools
import re
from collections.abc import Iterator

from golfer_tui.terminal.cells import PLAIN, Colour, Style, Underline, safe

STYLES = 4096
"""Sequences that are remembered with what they mean."""

_SEQUENCE = re.compile(r"\x1b\[([0-9;:]*)m")
_FLAGS = {
    "1": "bold",
    "2": "dim",
    "3": "italic",
    "5": "blink",
    "7": "reverse",
    "8": "hidden",
    "9": "strike",
    "53": "overline",
}
_UNDERLINES: dict[str, Underline] = {
    "4": "single",
    "4:1": "single",
    "4:2": "double",
    "4:3": "curly",
    "4:4": "dotted",
    "4:5": "dashed",
}
_COLOURS = {"38": "fg", "48": "bg", "58": "underline_colour"}


def spans(text: str) -> Iterator[tuple[str, Style]]:
    """Neighbouring characters of one style, made safe to draw; adjacent spans differ in style."""
    parts = _SEQUENCE.split(text)
    kept, look, style = parts[0], PLAIN, PLAIN
    for index in range(1, len(parts), 2):
        look = _turned(look, parts[index])
        if not parts[index + 1]:
            continue
        if look != style:
            if kept:
                yield safe(kept), style
            kept, style = "", look
        kept += parts[index + 1]
    if kept:
        yield safe(kept), style


def bare(text: str) -> str:
    """The same without the sequences, made safe."""
    return safe(_SEQUENCE.sub("", text))


@functools.lru_cache(maxsize=STYLES)
def _turned(style: Style, parameters: str) -> Style:
    """The style after one sequence; parameters that say nothing to us change nothing."""
    codes = parameters.split(";")
    while codes:
        code = codes.pop(0)
        name, _, rest = code.partition(":")
        if code in ("", "0"):
            style = PLAIN
        elif code in _FLAGS:
            style = style._replace(**{_FLAGS[code]: True})  # type: ignore[arg-type]
        elif code in _UNDERLINES:
            style = style._replace(underline=_UNDERLINES[code])
        elif name in _COLOURS:
            # Either all in one parameter, parted by colons, or spread over the next ones.
            values = rest.split(":") if rest else codes
            style = style._replace(**{_COLOURS[name]: _colour(values)})  # type: ignore[arg-type]
    return style


def _colour(values: list[str]) -> Colour:
    """Takes a colour off the front: `5;n` or `2;r;g;b`, the latter with an empty colour space before it or not."""
    kind = values.pop(0) if values else ""
    if kind == "2" and values and not values[0]:
        del values[0]
    count = {"5": 1, "2": 3}.get(kind, 0)
    numbers = [int(value) for value in values[:count] if value.isdigit()]
    del values[:count]
    if len(numbers) != count or not all(number < 256 for number in numbers):
        return None
    if count == 3:
        return numbers[0], numbers[1], numbers[2]
    return numbers[0] if count else None
