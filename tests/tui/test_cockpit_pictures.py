"""Pictures of the main screen: its layouts, few workers and many, the chat, what is found, and all kinds of signs."""

from textual.pilot import Pilot
from textual.widgets import OptionList
from tui.camera import PLAIN, STATE_THEMES, Camera
from tui.gpu_stage import on_gpus
from tui.stage import crowd, empty, finished, research
from tui.state_stage import every_state, resumed
from tui.waiting import cockpit, opened, shown, until

from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.findbar import FindBar, FindInput


async def found(app: CockpitApp, pilot: Pilot[int], text: str, count: int) -> None:
    """Write what is to be found, and wait until so much of it is."""
    cockpit(app).query_one(FindInput).value = text
    told = cockpit(app).query_one(FindBar).query_one("#find-told")
    await until(pilot, lambda: f"/{count} " in str(told.render()) or f" {count} " in str(told.render()))


async def test_work(camera: Camera) -> None:
    async with opened(research(), camera.size) as (app, pilot):
        await camera(app, pilot, "begun")
        await pilot.press("alt+2", "backslash")
        await found(app, pilot, r"step:\d*[05]/", 17)
        await camera(app, pilot, "all panes searched")
        await pilot.press("escape", "alt+1")
        await pilot.press("ctrl+l", "space", "down", "space")
        await camera(app, pilot, "workers only, two marked")
        await pilot.press("minus", "ctrl+l")
        await camera(app, pilot, "chat only", themes=PLAIN)
        await pilot.press("ctrl+l", "ampersand", "R", "F", "enter")
        await camera(app, pilot, "list with details, filtered")


async def test_many_workers(camera: Camera) -> None:
    async with opened(crowd(), camera.size) as (app, pilot):
        await camera(app, pilot, "with the chat", themes=PLAIN)
        await pilot.press("alt+2", "ctrl+l", "ctrl+l", "ctrl+l")
        await camera(app, pilot, "in a list", themes=PLAIN)


async def test_states(camera: Camera) -> None:
    async with opened(every_state(), camera.size) as (app, pilot):
        await pilot.press("ctrl+l")
        await camera(app, pilot, "tiles", themes=STATE_THEMES)
        await pilot.press("v")
        await camera(app, pilot, "list", themes=PLAIN)
        await pilot.press("f2")
        await camera(app, pilot, "question")


async def test_gpus(camera: Camera) -> None:
    async with opened(on_gpus(), camera.size) as (app, pilot):
        await camera(app, pilot, "cockpit")
        await pilot.press("alt+1", "dollar_sign")
        await camera(app, pilot, "budget")


async def test_nothing_yet(camera: Camera) -> None:
    async with opened(empty(), camera.size) as (app, pilot):
        await camera(app, pilot, "welcome", themes=PLAIN)
        await pilot.press("/")
        await until(pilot, lambda: app.screen.query_one("#choices", OptionList).option_count)
        await camera(app, pilot, "commands")
        await pilot.press(*"spawn ann")
        await camera(app, pilot, "arguments", themes=PLAIN)
        await pilot.press("enter")
        await camera(app, pilot, "refusal", themes=PLAIN)


async def test_end(camera: Camera) -> None:
    async with opened(finished(), camera.size) as (app, pilot):
        await pilot.press("shift+tab", "o")
        await camera(app, pilot, "answer, all unfolded")
        await pilot.press("slash")
        await found(app, pilot, "rate", 3)
        await camera(app, pilot, "chat searched")


async def test_return(camera: Camera) -> None:
    async with opened(resumed(), camera.size, toasts=True) as (app, pilot):
        await pilot.press("shift+tab", "g")
        await until(pilot, lambda: "Find the best" in "\n".join(shown(app)))
        await camera(app, pilot, "watching, scrolled up", themes=PLAIN)
        await pilot.press("G", "k", "k", "enter")
        app.clear_notifications()
        app.notify("order-4 needs you: gpu 0 did next to nothing for minutes", severity="warning", timeout=600)
        app.notify("wide-mix has failed: The sandbox's shell went away.", severity="error", timeout=600)
        await until(pilot, lambda: len(app.screen.query("Toast")) == 2)
        await camera(app, pilot, "receipt and toasts", toasts=True)
