"""The mouse reaches what the keys do: the key bar, the list of all actions, and a menu on each worker."""

import pytest
from textual.command import CommandList, CommandPalette
from textual.widget import Widget
from tui.stage import research
from tui.waiting import SIZES, cockpit, opened, settled, shown, until

from golfer_tui.model import commands as cm
from golfer_tui.tui.actions import ACTIONS
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.dialogs import Help, Question
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.keybar import KeyBar


def listed(app: CockpitApp) -> list[str]:
    """First lines of what the palette lists."""
    if not isinstance(app.screen, CommandPalette):
        return []
    commands = app.screen.query_one(CommandList)
    return [str(option.prompt).partition("\n")[0] for option in commands.options]


def at(app: CockpitApp, text: str, widget: type[Widget]) -> tuple[int, int]:
    """Where a text begins on a widget."""
    region = app.screen.query_one(widget).region
    rows = [row[region.x : region.right] for row in shown(app)[region.y : region.bottom]]
    return next((row.index(text), y) for y, row in enumerate(rows) if text in row)


async def test_a_right_click_on_a_worker_offers_what_can_be_done_with_it() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        await pilot.click(Fleet, offset=at(app, "lr-high", Fleet), button=3)
        await until(pilot, lambda: "Kill lr-high" in listed(app))
        assert cockpit(app).query_one(Fleet).selected == "lr-high"
        titles = [action.title for action in ACTIONS if action.subject == "worker" and action.palette]
        assert sorted(listed(app)) == sorted(f"{title} lr-high" for title in titles)
        await pilot.press(*"kill", "enter")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: cm.KillWorker("lr-high") in stage.dispatched)


@pytest.mark.parametrize("size", SIZES)
async def test_everything_is_two_clicks_away(size: tuple[int, int]) -> None:
    async with opened(research(), size) as (app, pilot):
        await pilot.click(KeyBar, offset=at(app, "commands", KeyBar))
        await until(pilot, lambda: "Show all keys" in listed(app))
        await settled(app, pilot)
        await pilot.press(*"all keys", "enter")
        await until(pilot, lambda: isinstance(app.screen, Help))


async def test_a_click_on_a_key_does_what_the_key_does() -> None:
    async with opened(research(), (200, 40)) as (app, pilot):
        await pilot.press("alt+2")
        await settled(app, pilot)
        await pilot.click(KeyBar, offset=at(app, "menu", KeyBar))
        await until(pilot, lambda: "Zoom order-4" in listed(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is cockpit(app))
        await pilot.click(KeyBar, offset=at(app, "kill", KeyBar))
        await until(pilot, lambda: isinstance(app.screen, Question))


async def test_the_palette_finds_every_worker_by_name() -> None:
    async with opened(research()) as (app, pilot):
        await pilot.press("ctrl+p", *"zoom base")
        await until(pilot, lambda: listed(app)[:1] == ["Zoom baseline"])
        await pilot.press("enter")
        await until(pilot, lambda: cockpit(app).query_one(Fleet).zoomed)
        assert cockpit(app).query_one(Fleet).selected == "baseline"


async def test_the_key_bar_tells_what_matters_most_first() -> None:
    """However narrow it is: how to leave the zoom, and how the best run is found."""
    async with opened(research(), (80, 24)) as (app, pilot):
        await pilot.press("alt+2")
        await settled(app, pilot)
        bar = shown(app)[-1].strip()
        assert bar.startswith("enter zoom  m message  L log  K kill")
        assert bar.endswith("? help  ctrl+p commands")
        await pilot.press("enter")
        await until(pilot, lambda: shown(app)[-1].strip().startswith("esc back"))


async def test_the_palette_of_another_screen_has_nothing_of_the_main_one() -> None:
    async with opened(research(), (120, 40)) as (app, pilot):
        await pilot.press("alt+2", "b")
        await until(pilot, lambda: app.screen.query("#scores"))
        await pilot.click(KeyBar, offset=at(app, "commands", KeyBar))
        await until(pilot, lambda: "Next metric" in listed(app))
        assert not {"Mark all workers", "Filter the workers", "Export the session"} & {*listed(app)}
