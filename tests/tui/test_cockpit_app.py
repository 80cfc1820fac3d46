"""The life of the cockpit: opening behind the first paint, first steps, failures, leaving."""

import asyncio
import contextlib
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual import events
from tui.stage import Stage, empty, finished, research
from tui.waiting import cockpit, opened, settled, shown, until

from golfer_tui.model import commands as cm
from golfer_tui.model import signals as sg
from golfer_tui.model.errors import CommandError, GolferError, StoreError
from golfer_tui.tui.app import CockpitApp, OpenEngine
from golfer_tui.tui.cockpit import Cockpit
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.dialogs import Question
from golfer_tui.tui.failure import Failure
from golfer_tui.tui.first_steps import FirstSteps
from golfer_tui.tui.themes import THEMES


def test_the_app_needs_nothing_of_the_engine_to_be_imported() -> None:
    code = (
        "import sys, golfer_tui.tui.app\n"
        "heavy = {'agents', 'openai', 'modal', 'aiosqlite', '_cffi_backend', 'golfer_tui.engine'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


async def test_the_person_can_write_while_the_engine_still_loads() -> None:
    stage, gate = empty(), threading.Event()

    def slowly() -> contextlib.AbstractAsyncContextManager[Stage]:
        gate.wait(20)
        return stage.open()

    app = CockpitApp(slowly, first_prompt="first", now=stage.now)  # type: ignore[arg-type]
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit) and app.screen.query(Composer))
        await until(pilot, lambda: "loading" in "\n".join(shown(app)))
        await pilot.press(*"second", "enter")
        assert stage.dispatched == []
        gate.set()
        await until(pilot, lambda: len(stage.dispatched) == 2)
        assert stage.dispatched == [cm.SendMessage("first"), cm.SendMessage("second")]
        await until(pilot, lambda: "loading" not in "\n".join(shown(app)))


async def test_without_a_model_the_first_steps_offer_the_demo() -> None:
    stage = empty()
    app = CockpitApp(None, open_demo=stage.open, demo_prompt="play", now=stage.now)  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FirstSteps))
        await pilot.press("enter")
        await until(pilot, lambda: stage.dispatched == [cm.SendMessage("play")])
        assert isinstance(app.screen, Cockpit)


async def test_a_store_that_cannot_be_opened_is_told_and_ends_the_app() -> None:
    @contextlib.asynccontextmanager
    async def failing() -> AsyncIterator[Stage]:
        raise StoreError("store.newer", "The store is from a newer golfer.", hint="Update golfer.")
        yield Stage()

    app = CockpitApp(failing)  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Failure))
        await settled(app, pilot)
        picture = "\n".join(shown(app))
        assert "The store is from a newer golfer." in picture
        assert "Update golfer." in picture
        await pilot.press("enter")
        await until(pilot, lambda: not app.is_running or app.return_value is not None)
    assert app.return_value == 1
    assert isinstance(app.failure, GolferError)


@pytest.mark.parametrize("told", [True, False])
async def test_who_looks_elsewhere_while_it_opens_comes_back_to_the_input(told: bool) -> None:
    """Whether the terminal tells of it, or a key is the first that comes."""
    stage = finished()
    app = CockpitApp(stage.open, now=stage.now)  # type: ignore[arg-type]
    async with app.run_test() as pilot:
        app.post_message(events.AppBlur())
        await until(pilot, lambda: any(isinstance(screen, Cockpit) for screen in app.screen_stack))
        await until(pilot, lambda: cockpit(app).names == tuple(stage.state.workers))
        assert app.focused is None
        if told:
            app.post_message(events.AppFocus())
        await pilot.press(*"hello")
        await until(pilot, lambda: cockpit(app).query_one(Composer).text == "hello")


async def test_leaving_an_idle_session_asks_nothing() -> None:
    stage = finished()
    async with opened(stage) as (app, pilot):
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value is not None)
    assert (stage.closed, app.return_value) == ("end", 0)


@pytest.mark.parametrize(
    ("key", "how", "background"),
    [("k", "keep", False), ("e", "end", False), ("k", "keep", True), ("e", "end", True), ("enter", "leave", True)],
)
async def test_leaving_asks_what_becomes_of_the_workers(key: str, how: str, background: bool) -> None:
    stage = research()
    stage.attendance = sg.Attendance(background=background)
    async with opened(stage) as (app, pilot):
        await pilot.press("ctrl+q")
        assert isinstance(app.screen, Question)
        await pilot.press("escape")
        assert stage.closed is None
        await pilot.press("ctrl+q", key)
        await until(pilot, lambda: app.return_value is not None)
    assert stage.closed == how
    back = "attach" if how == "leave" else "--resume"
    assert f"golfer {back} a1b2c3d4" in app.parting
    assert all(not tape._cursors for tape in stage.tapes.values())


async def test_however_the_app_ends_the_engine_is_let_go() -> None:
    stage = research()
    async with opened(stage) as (app, _):
        app.exit()
    assert stage.closed == "leave"
    assert not [task for task in asyncio.all_tasks() if "cockpit" in task.get_name()]


async def test_the_session_can_be_left_running_with_one_key() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.return_value is not None)
    assert (stage.closed, app.return_value) == ("leave", 0)
    assert app.parting == "Session a1b2c3d4 goes on in the background: golfer attach a1b2c3d4"


async def test_who_watches_sees_it_loses_no_word_and_can_take_over() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        assert "watching" not in shown(app)[0]
        stage.attend(sg.Attendance(background=True, writing=True, others=2))
        await until(pilot, lambda: "2 watching" in shown(app)[0])
        stage.attend(sg.Attendance(background=True, writing=False, others=2))
        await until(pilot, lambda: " watching " in shown(app)[0] and "2 watching" not in shown(app)[0])
        await until(pilot, lambda: any("Another terminal steers" in note.message for note in app._notifications))
        stage.refuse = CommandError("session.watching", "You watch this session.", hint="Take it over first.")
        await pilot.press(*"hello", "enter")
        await until(pilot, lambda: any("You watch this session." in note.message for note in app._notifications))
        assert cockpit(app).query_one(Composer).text == "hello"
        stage.refuse = None
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "2 watching" in shown(app)[0])
        # Sizes come from who steers.
        await until(pilot, lambda: any(isinstance(command, cm.ResizeTerminal) for command in stage.dispatched))
        await pilot.press("enter")
        await until(pilot, lambda: cm.SendMessage("hello") in stage.dispatched)


async def test_who_watches_leaves_without_a_question() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        stage.attend(sg.Attendance(background=True, writing=False, others=1))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value is not None)
    assert stage.closed == "leave"


async def test_a_session_that_others_look_at_is_not_ended_by_leaving() -> None:
    stage = finished()
    async with opened(stage) as (app, pilot):
        stage.attend(sg.Attendance(background=True, writing=True, others=1))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value is not None)
    assert stage.closed == "leave"


async def test_an_engine_that_is_lost_is_told_and_its_session_resumed() -> None:
    stage, again, asked = research(), finished(), list[str]()

    def reopen(session: str) -> OpenEngine:
        asked.append(session)
        return again.open  # type: ignore[return-value]

    app = CockpitApp(stage.open, reopen=reopen, now=stage.now)  # type: ignore[arg-type]
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit) and app.screen.names)
        stage.lost = StoreError("engine.lost", "The engine ended unexpectedly.", hint="Resume it.")
        for subscription in tuple(stage.subscriptions):
            subscription.queue.put_nowait(None)
        await until(pilot, lambda: isinstance(app.screen, Failure))
        await settled(app, pilot)
        assert "The engine ended unexpectedly." in "\n".join(shown(app))
        stage.lost = None
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, Cockpit) and app.screen.names)
        await until(pilot, lambda: "Measured twice." in "\n".join(shown(app)))
        assert (asked, app.failure) == (["a1b2c3d4"], None)


async def test_the_palette_finds_what_can_be_done_with_a_worker() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        await pilot.press("ctrl+p", *"restart", "space", *"base")
        await until(pilot, lambda: "Restart baseline" in "\n".join(shown(app)))
        await pilot.pause(0.2)
        await pilot.press("enter")
        await until(pilot, lambda: cm.RestartWorker("baseline") in stage.dispatched)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES] + ["textual-light", "ansi-dark", "no-such-theme"])
async def test_every_theme_draws_everything(theme: str) -> None:
    async with opened(research(), theme=theme) as (app, pilot):
        assert app.theme == (theme if theme != "no-such-theme" else "golfer")
        assert "val_bpb 2.556" in "\n".join(shown(app))
        await pilot.press("alt+1", "z")
        assert cockpit(app).query_one("#fleet").size.width > 0


def test_style_sheets_travel_with_the_package() -> None:
    assert all(Path(str(path)).is_file() for path in CockpitApp.CSS_PATH or ())  # type: ignore[union-attr]
