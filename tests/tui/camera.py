"""Takes pictures of a screen in several themes and holds them against the stored ones."""

import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from rich.color import ColorSystem
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual._context import visible_screen_stack  # tells a dialog what lies below it
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip
from tui.painted import Painted, painted
from tui.picture import Picture, differences
from tui.waiting import PATIENCE

from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.themes import DEFAULT, SIXTEEN

SIZES = ((80, 24), (120, 40), (200, 60))

THEMES = (DEFAULT, "golfer-light", SIXTEEN)
STATE_THEMES = (*THEMES, "golfer-clear")
"""Where colours tell states."""
PLAIN = (DEFAULT,)
"""Where every colour stands in another picture, too."""


class PictureFile(SingleFileSnapshotExtension):
    """One picture in one file."""

    _write_mode = WriteMode.TEXT
    _file_extension = "txt"


class Camera:
    """For one size of the terminal."""

    def __init__(self, size: tuple[int, int], stored: SnapshotAssertion) -> None:
        self.size = size
        self.wrong: list[str] = []
        """What is not as it is stored."""
        self._stored = stored.use_extension(PictureFile)

    async def __call__(
        self,
        app: CockpitApp,
        pilot: Pilot[int],
        name: str,
        *,
        themes: tuple[str, ...] = THEMES,
        toasts: bool = False,
        anew: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Take the screen in each theme.

        Toasts, which go by themselves, are taken away first. `anew` shows a screen again that does not follow a theme.
        """
        if not toasts:
            app.clear_notifications()
        for screen in app.screen_stack:
            for widget in screen.query("TextArea, Input").results():
                widget.cursor_blink = False  # type: ignore[attr-defined]
        seen = {app.theme: await still(app, pilot)}
        for theme in themes:
            if theme not in seen:
                # Nothing needs to be drawn meanwhile but for the picture.
                with contextlib.nullcontext() if anew else app.batch_update():
                    app.theme = theme
                    await (anew() if anew else pilot.pause())
                    seen[theme] = await still(app, pilot)
        x, y, width, height = front(app)
        title = f"{type(app.screen).__name__} {self.size[0]}x{self.size[1]}, in front {x},{y} {width}x{height}"
        picture = Picture.of(title, {theme: seen[theme] for theme in themes})
        stored = self._stored(name=name)
        if stored != str(picture):
            before = stored.executions[stored.num_executions - 1].recalled_data
            told = differences(Picture.read(str(before)), picture) if before else ["There is no such picture yet."]
            self.wrong.append("\n".join([f"{name}, {title}:", *told]))


async def still(app: CockpitApp, pilot: Pilot[int]) -> Painted:
    """Wait until the screen stays the same, in text and colours."""
    before, deadline = None, time.monotonic() + PATIENCE
    await pilot.pause()
    colours = ColorSystem.STANDARD if app.theme == SIXTEEN else ColorSystem.TRUECOLOR
    while before != (now := painted(strips(app), colours)):
        assert time.monotonic() < deadline, "the screen does not come to rest"
        before = now
        await pilot.pause(0.02)
    return now


def front(app: CockpitApp) -> Region:
    """Where the screen is not one that only lies below: the box of a dialog, what the palette lists, or all."""
    parts = [each.region for each in app.screen.query(".dialog, CommandPalette Vertical > *").results() if each.region]
    return Region.from_union(parts) if parts else Region(0, 0, *app.size)


def strips(app: CockpitApp) -> list[Strip]:
    """The rows of the screen, with those below a dialog."""
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()


def parsed_once(patch: pytest.MonkeyPatch) -> None:
    """Let each style sheet be parsed once for each theme, and not at each change: that is most of what one costs."""
    kept: dict[tuple[Any, ...], list[RuleSet]] = {}
    parse: Callable[..., list[RuleSet]] = Stylesheet._parse_rules

    def parsed(sheet: Stylesheet, *source: Any, **more: Any) -> list[RuleSet]:
        key = (*source, *more.items(), frozenset(sheet._variables.items()))
        if key not in kept:
            kept[key] = parse(sheet, *source, **more)
        return kept[key]

    patch.setattr(Stylesheet, "_parse_rules", parsed)


def in_utc(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times of day are shown as the person's clock has them: let it go by UTC."""
    patch.setenv("TZ", "UTC")
    time.tzset()
    yield
    patch.undo()
    time.tzset()
