"""The agent's terminal and the person's own shell side by side, where the screen is wide enough for both."""

import pytest
from textual import events
from textual.pilot import Pilot
from tui.stage import Stage, research
from tui.waiting import cockpit, opened, settled, shown, until

from golfer_tui.model import commands as cm
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.detail.detail import Detail
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.keyboard import Keyboard, Seat


def text(app: CockpitApp) -> str:
    return "\n".join(shown(app))


async def zoomed_shell(stage: Stage, app: CockpitApp, pilot: Pilot[int]) -> Fleet:
    """A shell beside the zoomed order-4, which has the keyboard."""
    fleet = cockpit(app).query_one(Fleet)
    await pilot.press("alt+2", "enter", "s")
    await until(pilot, lambda: any(isinstance(sent, cm.OpenShell) for sent in stage.dispatched))
    stage.open_shell("order-4", "me@golf $ ")
    await until(pilot, lambda: fleet.typing == "order-4")
    await settled(app, pilot)
    return fleet


def told(stage: Stage) -> dict[str, int]:
    """The columns that the two terminals were told to have."""
    sizes = [sent for sent in stage.dispatched if isinstance(sent, cm.ResizeTerminal) and sent.worker == "order-4"]
    return {sent.terminal: sent.columns for sent in sizes} if len({sent.terminal for sent in sizes}) == 2 else {}


@pytest.mark.parametrize("width", [160, 200])
async def test_both_are_seen_and_drawn_and_have_their_sizes(width: int) -> None:
    stage = research()
    async with opened(stage, (width, 40)) as (app, pilot):
        fleet = await zoomed_shell(stage, app, pilot)
        assert cockpit(app).query_one(Detail).display == (width == 200)
        row = next(each for each in shown(app) if "me@golf $" in each)
        half = row.index("me@golf $")
        assert half > fleet.size.width // 2
        assert "step:31/40" in text(app)
        # Gutter and margins are no cells of theirs.
        await until(pilot, lambda: sum(told(stage).values()) == fleet.size.width - 5)
        stage.print("order-4", "beside it\n")
        stage.shell_prints("order-4", "typed")
        await until(pilot, lambda: "beside it" in text(app) and "me@golf $ typed" in text(app))
        at = next(each for each in shown(app) if "beside it" in each)
        assert at.index("beside it") < half
        await pilot.press("ctrl+g")
        await pilot.press("d", "d")
        await settled(app, pilot)
        stage.end_shell("order-4")
        await until(pilot, lambda: "me@golf" not in text(app))


async def test_a_key_and_the_mouse_go_from_one_to_the_other() -> None:
    stage = research()
    async with opened(stage, (200, 40)) as (app, pilot):
        fleet = await zoomed_shell(stage, app, pilot)
        keyboard, watch = cockpit(app).query_one(Keyboard), fleet._watch
        assert watch is not None
        await pilot.press("ctrl+g")
        await until(pilot, lambda: app.focused is fleet)
        assert watch.side("order-4") == "shell"
        await pilot.press("t")
        assert watch.side("order-4") == "agent"
        await pilot.press("i")
        await until(pilot, lambda: keyboard.seat == Seat("order-4", "agent"))
        await settled(app, pilot)
        assert "me@golf $" in text(app)
        # The keyboard goes along with a click into the other one.
        await pilot.click(Fleet, offset=(fleet.size.width - 5, 10))
        await until(pilot, lambda: keyboard.seat == Seat("order-4", "shell"))
        await pilot.press("x")
        await until(pilot, lambda: cm.TypeInto("order-4", b"x", "shell") in stage.dispatched)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: app.focused is fleet)
        for number in range(60):
            stage.print("order-4", f"row {number}\n")
        await until(pilot, lambda: "row 59" in text(app))
        await pilot._post_mouse_events([events.MouseScrollUp], Fleet, offset=(5, 10))
        await until(pilot, lambda: "row 59" not in text(app))
        assert watch.side("order-4") == "agent"


async def test_a_narrow_screen_shows_one_of_them() -> None:
    stage = research()
    async with opened(stage, (150, 40)) as (app, pilot):
        await zoomed_shell(stage, app, pilot)
        assert "step:31/40" not in text(app)
        await pilot.resize_terminal(170, 40)
        await until(pilot, lambda: "me@golf" in text(app))
        await pilot.press("ctrl+g", "d")
        await until(pilot, lambda: "step:31/40" in text(app) and "me@golf" in text(app))
