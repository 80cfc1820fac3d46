"""The shapes of lines: programs print the same few lines again and again, and only the digits in them differ.

So each shape is looked at once: whether there may be a metric on it, and where. A line of a known shape is only looked
up.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

SHAPES = 4096
"""Shapes remembered over all readers."""

LONGEST = 1024
"""Bytes of a shape that is remembered."""

_TABLE = bytes.maketrans(b"123456789\r", b"000000000\n")

Span = tuple[int, int]
"""From the first character up to before the last."""


class Found(NamedTuple):
    """Where one reading stands in the text of a line."""

    name: Span
    part: Span | None
    """The word before it that belongs to its name."""
    value: Span


class Layout(NamedTuple):
    """Where everything stands on lines of one shape."""

    escapes: bool
    """There are escape sequences on it, which are taken out before."""
    before: str
    """What goes before all names."""
    step: Span | None
    found: tuple[Found, ...]


def shapes_of(data: bytes) -> list[bytes]:
    """The shape of each line, as long as the line itself; a line ends with a newline or a carriage return."""
    return data.translate(_TABLE).split(b"\n")


class Filter:
    """Tells shapes on which there may be something from those on which there is nothing."""

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        """`pattern` is searched in a shape in lower case."""
        self._search = pattern.search
        self._known: dict[bytes, bool] = {}

    def choose(self, shapes: Iterable[bytes]) -> set[bytes]:
        """Those on which there may be something."""
        return {shape for shape in set(shapes) if self._holds(shape)}

    def _holds(self, shape: bytes) -> bool:
        known = self._known.get(shape)
        if known is None:
            known = self._search(shape.lower()) is not None
            if len(shape) <= LONGEST:
                if len(self._known) >= SHAPES:
                    self._known.clear()
                self._known[shape] = known
        return known
