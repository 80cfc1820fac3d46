"""Pictures of what stands in front of the main screen: questions, letters, lists, help, palette."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.command import CommandPalette
from textual.widgets import Input
from tui.camera import PLAIN, THEMES, Camera
from tui.stage import START, empty, research
from tui.test_menu import listed
from tui.test_stored import ids
from tui.waiting import cockpit, opened, settled, until

from golfer_tui.attach.listed import Listed
from golfer_tui.attach.shelf import Shelf
from golfer_tui.store.files import Size
from golfer_tui.tui import dialogs
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.chat import Chat
from golfer_tui.tui.dialogs import Question
from golfer_tui.tui.notices import Told
from golfer_tui.tui.stored import Stored
from golfer_tui.tui.themes import DEFAULT

LONG = "python train.py \\\n" + "".join(f"  --knob-{number} {'0' * 60} \\\n" for number in range(9))

QUESTIONS: dict[str, Callable[[], Question[Any]]] = {
    "confirm_kill": lambda: dialogs.confirm_kill(["order-4", "lr-high"]),
    "confirm_end_shell": lambda: dialogs.confirm_end_shell("order-4"),
    "confirm_run_again": lambda: dialogs.confirm_run_again("order-4", LONG),
    "confirm_restart": lambda: dialogs.confirm_restart(["order-4"]),
    "ask_quit": lambda: dialogs.ask_quit(3, background=True),
}
"""The questions that several places ask."""


async def test_questions(camera: Camera) -> None:
    async with opened(empty(), camera.size) as (app, pilot):
        for name, question in QUESTIONS.items():
            app.push_screen(question())
            await until(pilot, lambda: isinstance(app.screen, Question) and app.screen.query("Button"))
            await camera(app, pilot, name, themes=THEMES if name == "ask_quit" else PLAIN)
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is cockpit(app))


async def test_letters_and_lists(camera: Camera, tmp_path: Path) -> None:
    async with opened(research(), camera.size) as (app, pilot):
        for name, keys in (("message", ("alt+2", "m")), ("other task", ("R",)), ("limits", ("plus",))):
            await pilot.press(*keys)
            await until(pilot, lambda: app.screen.query("Composer") and app.screen is not cockpit(app))
            await camera(app, pilot, name, themes=THEMES if name == "message" else PLAIN)
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is cockpit(app))
        await pilot.press("ctrl+n")
        await camera(app, pilot, "no notices", themes=PLAIN)
        await pilot.press("escape")
        for minute, (level, text, worker) in enumerate(
            [
                ("information", "Copied 12 characters.", ""),
                ("information", "baseline has finished: Best val_bpb 2.871 after 40 steps; one run.", "baseline"),
                ("error", "wide-mix has failed: The sandbox's shell went away.", "wide-mix"),
                ("warning", "order-4 needs you: gpu 0 did next to nothing for minutes", "order-4"),
            ]
        ):
            app.notices.add(Told(START + dt.timedelta(minutes=minute), level, text, worker))  # type: ignore[arg-type]
        await pilot.press("ctrl+n", "down")
        await camera(app, pilot, "notices")
        await pilot.press("escape")
        app.open_shelf = lambda: Shelf(tmp_path)
        cockpit(app).query_one(Chat).focus()
        await pilot.press("g", "j")
        await settled(app, pilot)
        await pilot.press("F")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await camera(app, pilot, "fork", themes=PLAIN)


async def test_what_can_be_done(camera: Camera) -> None:
    async with opened(research(), camera.size) as (app, pilot):
        await pilot.press("alt+2", "question_mark")
        await until(pilot, lambda: app.screen.query("#keys"))
        await camera(app, pilot, "help")
        await pilot.press("escape")
        app.theme = DEFAULT
        await pilot.press("full_stop")
        await until(pilot, lambda: "Kill order-4" in listed(app))
        await camera(app, pilot, "menu of a worker", themes=PLAIN)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is cockpit(app))

        async def palette() -> None:
            if isinstance(app.screen, CommandPalette):
                await pilot.press("escape")
                await until(pilot, lambda: app.screen is cockpit(app))
            await pilot.press("ctrl+p")
            app.screen.query_one(Input).value = "theme"
            await until(pilot, lambda: listed(app)[:1] == ["Change the theme"])

        await palette()
        await camera(app, pilot, "palette", anew=palette)


class Shelved:
    """Two sessions that are stored."""

    def __init__(self) -> None:
        self.rows = [
            Listed(
                id=f"2026030{number}-1200-aaaa",
                backend="local",
                created=START,
                updated=START + dt.timedelta(days=number),
                state=state,
                title=title,
                directory="/home/ada/golf",
                events=4_310 * number,
                workers=number,
                answer="The longer context wins by 0.458 at the same cost.",
            )
            for number, state, title in ((2, "done", "Lower val_bpb on mini-golf"), (1, "interrupted", "Warm-up"))
        ]

    async def list(self, text: str = "", **_: object) -> list[Listed]:
        return [row for row in self.rows if text in row.title]

    async def size(self, session: str) -> Size:
        return Size(recordings=3_000_000, workspaces=48_000_000)


async def test_stored_sessions(camera: Camera) -> None:
    app = CockpitApp(None, open_other=lambda session: empty().open, open_shelf=Shelved)  # type: ignore[arg-type]
    async with app.run_test(size=camera.size) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, Stored) and len(ids(app)) == 2)
        await camera(app, pilot, "two")
        await pilot.press(*"Warm")
        await until(pilot, lambda: len(ids(app)) == 1)
        await pilot.press("tab", "r")
        await until(pilot, lambda: app.screen.query_one(Input).value == "Warm-up")
        await camera(app, pilot, "found, with another title", themes=PLAIN)
        await pilot.press("escape", "x")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await camera(app, pilot, "question", themes=PLAIN)
