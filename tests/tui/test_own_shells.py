"""A person's own shell beside a worker's agent, in the cockpit: open it, go there and back, end it."""

from pathlib import Path

import pytest
from engine import small_scripts
from textual.pilot import Pilot
from tui.stage import Stage, research
from tui.waiting import SIZES, cockpit, opened, settled, shown, until

from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.cockpit import Cockpit
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.keyboard import Keyboard, Seat


def text(app: CockpitApp) -> str:
    return "\n".join(shown(app))


async def in_a_shell(stage: Stage, app: CockpitApp, pilot: Pilot[int]) -> Fleet:
    """Open one beside order-4, which has the keyboard then."""
    fleet = cockpit(app).query_one(Fleet)
    await pilot.press("alt+2", "s")
    await until(pilot, lambda: any(isinstance(sent, cm.OpenShell) for sent in stage.dispatched))
    stage.open_shell("order-4", "me@golf $ ")
    await until(pilot, lambda: fleet.typing == "order-4")
    return fleet


@pytest.mark.parametrize("size", SIZES)
async def test_a_key_opens_a_shell_and_every_key_goes_there(size: tuple[int, int]) -> None:
    stage = research()
    async with opened(stage, size) as (app, pilot):
        fleet = await in_a_shell(stage, app, pilot)
        await settled(app, pilot)
        assert "me@golf $" in text(app)
        assert "You type here, in your own shell" in text(app)
        assert "your shell in order-4 has the keyboard" in shown(app)[-1]
        await pilot.press(*"sq", "enter")
        await until(pilot, lambda: keys(stage) == b"sq\r")
        assert not [sent for sent in stage.dispatched if isinstance(sent, cm.TakeKeyboard)]
        # It has the size of its place, from the start or told later.
        pane = fleet.pane()
        assert pane is not None
        sizes = [sent for sent in stage.dispatched if isinstance(sent, cm.OpenShell)]
        assert (sizes[0].columns, sizes[0].rows) == (pane.columns, pane.rows) or cm.ResizeTerminal(
            "order-4", pane.columns, pane.rows, "shell"
        ) in stage.dispatched
        await pilot.press("ctrl+g")
        await until(pilot, lambda: app.focused is fleet)


def keys(stage: Stage) -> bytes:
    sent = [each for each in stage.dispatched if isinstance(each, cm.TypeInto)]
    return b"".join(each.data for each in sent if each.terminal == "shell")


async def test_the_tile_shows_one_of_both_and_a_mark_that_a_shell_is_open() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        assert " $ " not in text(app)
        await in_a_shell(stage, app, pilot)
        await pilot.press("ctrl+right_square_bracket")
        await settled(app, pilot)
        title = next(row for row in shown(app) if "order-4" in row and " R " in row)
        assert " $ " in title
        assert "Your own shell: s types into it" in text(app)
        await pilot.press("t")
        await settled(app, pilot)
        assert "me@golf" not in text(app)
        assert "step:31/40" in text(app)
        assert " $ " in next(row for row in shown(app) if "order-4" in row and " R " in row)
        keyboard = cockpit(app).query_one(Keyboard)
        await pilot.press("i")
        await until(pilot, lambda: keyboard.seat == Seat("order-4", "agent"))
        await pilot.press("ctrl+g", "s")
        await until(pilot, lambda: keyboard.seat == Seat("order-4", "shell"))
        assert "me@golf" in text(app)
        assert sum(isinstance(sent, cm.OpenShell) for sent in stage.dispatched) == 1


async def test_its_end_gives_the_keyboard_back_and_shows_the_agent_again() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        fleet = await in_a_shell(stage, app, pilot)
        stage.end_shell("order-4")
        await until(pilot, lambda: "order-4" not in stage.shells and app._notifications)
        # What is typed on is no command to the cockpit.
        await pilot.press("K", "v")
        await until(pilot, lambda: fleet.typing == "" and app.focused is fleet)
        await settled(app, pilot)
        assert "step:31/40" in text(app)
        assert "Your shell in order-4's sandbox has ended." in [note.message for note in app._notifications]
        # The last one can still be read; a new one is another one.
        await pilot.press("t")
        await until(pilot, lambda: "me@golf" in text(app))
        stage.dispatched.clear()
        await pilot.press("s")
        await until(pilot, lambda: any(isinstance(sent, cm.OpenShell) for sent in stage.dispatched))
        stage.open_shell("order-4", "second $ ")
        await until(pilot, lambda: fleet.typing == "order-4" and "second $" in text(app))
        assert "me@golf" not in text(app)


async def test_ending_it_asks_first() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        await pilot.press("alt+2", "S", "t")
        told = [note.message for note in app._notifications]
        assert told == [
            "No shell of yours is open in order-4's sandbox.",
            "No shell of yours was opened in order-4's sandbox.",
        ]
        await in_a_shell(stage, app, pilot)
        await pilot.press("ctrl+g", "S")
        await until(pilot, lambda: "End your shell in order-4's sandbox" in text(app))
        await pilot.press("n")
        assert cm.CloseShell("order-4") not in stage.dispatched
        await pilot.press("S", "y")
        await until(pilot, lambda: cm.CloseShell("order-4") in stage.dispatched)


async def test_a_refusal_is_told_and_the_keyboard_stays() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        stage.refuse = CommandError("worker.stands", "baseline has no sandbox now.")
        await pilot.press("alt+1", "s")
        await until(pilot, lambda: app._notifications)
        assert [note.message for note in app._notifications] == ["baseline has no sandbox now."]
        assert cockpit(app).query_one(Keyboard).seat == Seat()


async def test_a_shell_that_was_open_before_is_seen() -> None:
    stage = research()
    stage.open_shell("order-4", "from before $ ")
    stage.unheard.clear()
    async with opened(stage) as (app, pilot):
        assert " $ " in text(app)
        await pilot.press("alt+2", "s")
        await until(pilot, lambda: "from before $" in text(app))
        assert not any(isinstance(sent, cm.OpenShell) for sent in stage.dispatched)


async def test_a_real_shell_while_the_agent_works(tmp_path: Path) -> None:
    prompt = "spawn w1: echo agent-$((3*5)); sleep 300"
    app = CockpitApp(lambda: small_scripts.opened(tmp_path, worker=small_scripts.steady), first_prompt=prompt)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: any(isinstance(screen, Cockpit) for screen in app.screen_stack))
        await until(pilot, lambda: app.screen.query(Composer) and cockpit(app)._watch is not None)
        await until(pilot, lambda: "agent-15" in text(app))
        fleet = cockpit(app).query_one(Fleet)
        fleet.focus()
        await pilot.press("s")
        await until(pilot, lambda: fleet.typing == "w1")
        # Its programs hear of the size of the pane.
        await pilot.press(*"trap 'stty size' WINCH; stty size; echo $((6*7))-here", "enter")
        await until(pilot, lambda: "42-here" in text(app))
        pane = fleet.pane("w1")
        assert pane is not None
        await until(pilot, lambda: f"{pane.rows} {pane.columns}" in text(app))
        assert not cockpit(app)._worker("w1").state.final  # type: ignore[union-attr]
        await pilot.press(*"exit", "enter")
        await until(pilot, lambda: fleet.typing == "" and "agent-15" in text(app))
