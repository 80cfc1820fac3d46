"""What changes in one place of the main screen is drawn there, and nothing else is drawn again."""

import pytest
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import Input
from tui.stage import Stage
from tui.waiting import cockpit, opened, until

from golfer_tui.model import session_events as se
from golfer_tui.tui.chat import Chat
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.fleet import Fleet


def quiet() -> Stage:
    """A session in which nothing happens."""
    stage = Stage()
    stage.emit(se.SessionStarted(title="Quiet", backend="local", model="scripted", scripted=True, directory="/golf"))
    stage.start("baseline")
    stage.finish("baseline", "done", "Nothing to be seen.")
    return stage


async def test_a_cursor_that_blinks_lets_no_pane_be_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def counted(kind: type[Fleet] | type[Chat] | type[Composer]) -> None:
        draw = kind.render_lines

        def render_lines(self: Fleet | Chat | Composer, crop: Region) -> list[Strip]:
            drawn.append(kind.__name__)
            return draw(self, crop)  # type: ignore[arg-type]

        monkeypatch.setattr(kind, "render_lines", render_lines)

    async with opened(quiet()) as (app, pilot):
        for kind in (Fleet, Chat, Composer):
            counted(kind)
        composer = cockpit(app).query_one(Composer)
        composer.cursor_blink = True
        await until(pilot, lambda: drawn.count("Composer") > 1)
        await pilot.press("h")
        await until(pilot, lambda: composer.text == "h" and drawn.count("Composer") > 2)
        assert {*drawn} == {"Composer"}


async def test_without_animations_no_cursor_blinks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")
    async with opened(quiet()) as (app, pilot):
        composer = cockpit(app).query_one(Composer)
        await until(pilot, lambda: app.focused is composer and not composer.cursor_blink)
        await pilot.press("alt+2", "slash")
        await until(pilot, lambda: isinstance(app.focused, Input) and not app.focused.cursor_blink)
