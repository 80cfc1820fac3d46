"""Recordings of terminals (asciicast v2 and v3) read back: their events, and the screen at a moment. No I/O.

The format keeps text only. Where a recording of ours holds bytes that are no UTF-8, a comment before the event has them
exactly; other players skip it.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from golfer_tui.model.errors import UsageError
from golfer_tui.terminal.cells import PLAIN, Colour, Style
from golfer_tui.terminal.screen import Screen

EXACT = b"# bytes "
"""How the comment with the exact bytes (base64) of the next event begins."""

_UNDERLINES = {"single": "4", "double": "4:2", "curly": "4:3", "dotted": "4:4", "dashed": "4:5"}


class CastEvent(NamedTuple):
    """Something that happened in a recorded terminal."""

    time: float
    """Seconds since the recording began."""
    kind: str
    """`o` output, `i` input, `r` resize ("80x24"), `m` marker, `x` exit; others are passed on."""
    data: bytes


class Cast:
    """A recording: the size that it began with, and its events, read as they are asked for."""

    def __init__(self, lines: Iterable[bytes], name: str = "the recording") -> None:
        """Take the first line from `lines`; `name` stands in errors.

        Raises:
            UsageError: `cast.format` if this is no asciicast of version 2 or 3.
        """
        self._lines = iter(lines)
        self._name = name
        try:
            header = json.loads(next(self._lines, b""))
            self._version = header["version"]
            size = header["term"] if self._version == 3 else header
            columns, rows = (size["cols"], size["rows"]) if self._version == 3 else (size["width"], size["height"])
            self.columns, self.rows = int(columns), int(rows)
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                "cast.format", f"{name} is not an asciicast recording: its first line is wrong."
            ) from error
        if self._version not in (2, 3):
            raise UsageError(
                "cast.format", f"{name} is an asciicast of version {self._version}.", hint="2 and 3 are read."
            )

    def events(self) -> Iterator[CastEvent]:
        """The events in order, once. An unfinished last line, as a crash leaves it, is left out.

        Raises:
            UsageError: `cast.line` for any other line that is no event.
        """
        now, exact = 0.0, None
        for number, line in enumerate(self._lines, start=2):
            if line.startswith(EXACT):
                exact = line[len(EXACT) :].strip()
            if line.startswith(b"#") or not line.strip():
                continue
            try:
                match json.loads(line):
                    case [int() | float() as time, str(kind), str(text)]:
                        now = now + time if self._version == 3 else float(time)
                    case _:
                        raise ValueError("no event")
                data = text.encode("utf-8", "replace") if exact is None else base64.b64decode(exact, validate=True)
            except ValueError as error:
                if not line.endswith(b"\n"):
                    return
                raise UsageError("cast.line", f"Line {number} of {self._name} is no asciicast event.") from error
            exact = None
            yield CastEvent(now, kind, data)


def screen_at(cast: Cast, at: float | None = None, size: tuple[int, int] | None = None) -> Screen:
    """The screen `at` seconds after the beginning, at the end by default; the caller closes it.

    With a `size` (columns, rows) the recorded sizes are not followed. Takes the events of `cast`. Raises as they do.
    """
    screen = Screen(*(size or (cast.columns, cast.rows)))
    for event in cast.events():
        if at is not None and event.time > at:
            break
        if event.kind == "o":
            screen.feed(event.data)
        elif event.kind == "r" and size is None:
            columns, _, rows = event.data.partition(b"x")
            if columns.isdigit() and rows.isdigit():
                screen.resize(int(columns), int(rows))
    return screen


def ansi(screen: Screen) -> str:
    """The rows of a screen with their colours, one per line; nothing but text and SGR sequences is in it."""
    return "\n".join(_ansi_line(screen, y) for y in range(screen.rows))


def _ansi_line(screen: Screen, y: int) -> str:
    runs = list(screen.line(y))
    if runs and runs[-1].style is PLAIN:
        runs[-1] = runs[-1]._replace(text=runs[-1].text.rstrip(" "))
    return "".join(run.text if run.style == PLAIN else f"\x1b[{_sgr(run.style)}m{run.text}\x1b[0m" for run in runs)


def _sgr(style: Style) -> str:
    """The parameters that turn a plain look into `style`. Links are left out: an address is the program's word."""
    flags: list[tuple[Any, str]] = [
        (style.bold, "1"),
        (style.dim, "2"),
        (style.italic, "3"),
        (style.underline, _UNDERLINES.get(style.underline, "")),
        (style.blink, "5"),
        (style.reverse, "7"),
        (style.hidden, "8"),
        (style.strike, "9"),
        (style.overline, "53"),
    ]
    codes = [code for on, code in flags if on]
    for base, colour in ((38, style.fg), (48, style.bg), (58, style.underline_colour)):
        codes += _colour(base, colour)
    return ";".join(codes) or "0"


def _colour(base: int, colour: Colour) -> list[str]:
    if colour is None:
        return []
    if isinstance(colour, int):
        # The first sixteen have codes of their own, which every terminal knows; underlines have none.
        if base != 58 and colour < 16:
            return [str(base - 8 + colour if colour < 8 else base + 44 + colour)]
        return [f"{base};5;{colour}"] if base != 58 else [f"58:5:{colour}"]
    r, g, b = colour
    return [f"{base};2;{r};{g};{b}"] if base != 58 else [f"58:2::{r}:{g}:{b}"]
