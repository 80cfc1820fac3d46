"""A screen written down with its colours: text and SGR sequences, and nothing else of what a program printed."""

from typing import Any

from golfer_tui.terminal.cells import PLAIN, Colour, Style
from golfer_tui.terminal.screen import Screen

_UNDERLINES = {"single": "4", "double": "4:2", "curly": "4:3", "dotted": "4:4", "dashed": "4:5"}


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
