"""Every screen has its pictures, what stands there can be read, and a picture that moved says what.

After a change that is meant: `pytest tests/tui -k pictures --snapshot-update`; then look at what changed.
"""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.screen import Screen
from textual.strip import Strip
from tui.camera import SIZES, THEMES
from tui.painted import SIXTEEN, painted
from tui.picture import Picture, differences
from tui.test_dialog_pictures import QUESTIONS

import golfer_tui.tui
from golfer_tui.tui import dialogs

STORED = sorted((Path(__file__).parent / "__snapshots__").glob("*/*.txt"))

READABLE = 3.0
"""Contrast between a text and its ground, as WCAG counts it: what large text and signs need."""


def screens() -> set[str]:
    """The names of all screens of the cockpit."""
    for module in pkgutil.walk_packages(golfer_tui.tui.__path__, "golfer_tui.tui."):
        importlib.import_module(module.name)

    def shown(kind: type[Screen[Any]]) -> set[type[Screen[Any]]]:
        """What is no mere base of other screens."""
        below = [each for each in kind.__subclasses__() if each.__module__.startswith(("golfer_tui.", "textual."))]
        return set().union(*map(shown, below)) if below else {kind}

    return {kind.__name__ for kind in shown(Screen) if kind.__module__.startswith("golfer_tui.")} | {"CommandPalette"}


def test_every_screen_has_a_picture_at_each_size_in_each_theme() -> None:
    taken = set()
    for path in STORED:
        picture = Picture.read(path.read_text())
        screen, size, *_ = picture.title.replace(",", "").split(" ")
        taken |= {(screen, size, theme) for theme in picture.themes}
    sizes = [f"{columns}x{rows}" for columns, rows in SIZES]
    wanted = {(screen, size, theme) for screen in screens() for size in sizes for theme in THEMES}
    assert not wanted - taken, "screens without a picture"


def test_every_question_that_is_shared_has_a_picture() -> None:
    asked = {
        name
        for name, made in inspect.getmembers(dialogs, inspect.isfunction)
        if made.__module__ == dialogs.__name__ and str(made.__annotations__.get("return")).find("Question") >= 0
    }
    assert asked == set(QUESTIONS)


def luminance(colour: str) -> float:
    """How light `#rrggbb` is, as WCAG counts it, from 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(look: str) -> float:
    """Between the text and the ground of a look; of the sixteen colours only that they are two is known."""
    text, _, rest = look.partition("on ")
    text, ground = text.strip(), rest.split(" ")[0]
    if not text:
        return READABLE
    if "#" in text and "#" in ground:
        darker, lighter = sorted((luminance(text), luminance(ground)))
        return (lighter + 0.05) / (darker + 0.05)
    return READABLE if text != ground or text == "default" else 1.0


def test_all_that_is_written_can_be_read() -> None:
    unreadable: dict[str, str] = {}
    for path in STORED:
        picture = Picture.read(path.read_text())
        x, y, width, height = (int(number) for number in re.findall(r"\d+", picture.title.partition("in front")[2]))
        for row, looks in list(zip(picture.rows, picture.looks, strict=True))[y : y + height]:
            # Signs and graphs tell nothing by themselves that is not written, too.
            cells = list(zip(row, looks, strict=False))[x : x + width]
            written = [look for sign, look in cells if sign.isalnum()]
            for theme, look in {each for cell in written for each in zip(picture.themes, cell, strict=True)}:
                if contrast(look) < READABLE:
                    unreadable[f"{theme}: {look} ({contrast(look):.1f})"] = path.stem
    assert not unreadable


STYLES = st.builds(
    Style,
    color=st.sampled_from(["#102030", "red", "bright_white", None]),
    bgcolor=st.sampled_from(["#405060", "blue", "default"]),
    bold=st.booleans(),
    underline=st.booleans(),
)
ROWS = st.lists(
    st.lists(st.tuples(st.text("a█│ 好", min_size=1, max_size=4), STYLES), min_size=1, max_size=5),
    min_size=1,
    max_size=6,
)


def made(rows: list[list[tuple[str, Style]]]) -> Picture:
    strips = [Strip([Segment(text, style) for text, style in row]) for row in rows]
    seen = {
        theme: painted(strips, colours)
        for theme, colours in (("first", ColorSystem.TRUECOLOR), ("second", ColorSystem.STANDARD))
    }
    return Picture.of("Screen 1x1", seen)


@given(ROWS)
def test_a_picture_is_read_as_it_was_written(rows: list[list[tuple[str, Style]]]) -> None:
    picture = made(rows)
    assert Picture.read(str(picture)) == picture
    assert not list(differences(picture, picture))


def test_what_moved_is_told_rows_first_then_colours() -> None:
    plain, red = Style.parse("white on black"), Style.parse("red on black bold")
    before = made([[("one ", plain), ("two", red)], [("three", plain)]])
    assert list(differences(before, made([[("one ", plain), ("two", red)], [("four", plain)]]))) == [
        "- row  2: three",
        "+ row  2: four",
    ]
    assert list(differences(before, made([[("one ", plain), ("two", plain)], [("three", plain)]]))) == [
        "row 1, columns 5-7, two:",
        "    first: red on black bold, now white on black",
        "    second: red on black bold, now white on black",
    ]


def test_sixteen_colours_are_those_that_the_terminal_is_sent() -> None:
    [row] = made([[("x", Style.parse("#e01010 on #000000"))]]).looks
    assert row == (("#e01010 on #000000", "red on black"),)
    assert len(SIXTEEN) == 16
