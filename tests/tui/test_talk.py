"""Messages in the chat: stood on, copied, written again, and forked at."""

import datetime as dt
from pathlib import Path

import pytest
from tui.stage import Stage
from tui.waiting import until

from golfer_tui.attach.shelf import Shelf
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.chat import Chat
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.dialogs import Question
from golfer_tui.tui.entries import Asked
from golfer_tui.tui.said import Said

SESSION = "a1b2c3d4"
TALK: list[tuple[ev.AnyBody, ev.By]] = [
    (se.SessionStarted(title="Sizes", backend="local", model="m"), "engine"),
    (ae.Message(role="user", text="Try a wider model"), "person"),
    (ae.Message(role="assistant", text="It is *worse*."), "engine"),
    (ae.Message(role="user", text="Then a deeper one"), "person"),
    (ae.Message(role="assistant", text="That is better."), "engine"),
]


class Copied(CockpitApp):
    """Keeps what was brought to the clipboard."""

    def copy_to_clipboard(self, text: str) -> None:
        self.copies = [*getattr(self, "copies", []), text]


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    moment = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    async with Store.open(tmp_path) as store:
        await store.sessions.create(SessionRow(id=SESSION, backend="local", created=moment, updated=moment))
        async with store.journal(SESSION, lambda events: None) as journal:
            for body, by in TALK:
                journal.emit(ev.Draft(body, by=by))
    return tmp_path


def talked() -> Stage:
    stage = Stage()
    for body, by in TALK:
        stage.emit(body, by=by)
    return stage


def marked(app: CockpitApp) -> list[str]:
    return [widget.written for widget in app.screen.query(".-marked") if isinstance(widget, Said | Asked)]


async def test_every_message_is_reached_and_copied(home: Path) -> None:
    stage = talked()
    app = Copied(stage.open, now=stage.now)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: len(app.screen.query(Said)) == 2)
        app.screen.query_one(Chat).focus()
        await pilot.press("y")
        await pilot.press("k")
        await until(pilot, lambda: marked(app) == ["That is better."])
        await pilot.press("k", "k")
        await until(pilot, lambda: marked(app) == ["It is *worse*."])
        await pilot.press("y")
        await pilot.press("k", "k", "k", "y")
        await until(pilot, lambda: marked(app) == ["Try a wider model"])
        assert app.copies == ["That is better.", "It is *worse*.", "Try a wider model"]
        await pilot.click(app.screen.query(Said).last())
        await until(pilot, lambda: marked(app) == ["That is better."])


async def test_a_message_is_written_again_and_sent() -> None:
    stage = talked()
    app = CockpitApp(stage.open, now=stage.now)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app.screen.query(Said)) == 2)
        composer = app.screen.query_one(Composer)
        app.screen.query_one(Chat).focus()
        await pilot.press("e")
        await until(pilot, lambda: composer.text == "Then a deeper one" and composer.has_focus)
        app.screen.query_one(Chat).focus()
        await pilot.press("k", "k", "k", "k", "e")
        await until(pilot, lambda: composer.text == "Try a wider model")
        await pilot.press(*" now", "enter")
        await until(pilot, lambda: cm.SendMessage("Try a wider model now") in stage.dispatched)
        app.screen.query_one(Chat).focus()
        await pilot.press("k", "e")
        assert composer.text == ""


async def test_a_session_is_forked_before_a_message_which_is_then_in_the_input(home: Path) -> None:
    stage, opened = talked(), []

    def other(session: str) -> object:
        opened.append(session)
        return Stage().open

    app = CockpitApp(stage.open, open_other=other, open_shelf=lambda: Shelf(home), now=stage.now)  # type: ignore[arg-type]
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: len(app.screen.query(Said)) == 2)
        app.screen.query_one(Chat).focus()
        await pilot.press("F")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("n")
        assert not opened
        await pilot.press("F")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: bool(opened))
        await until(pilot, lambda: bool(app.screen.query(Composer)) and not app.screen.query(Said))
        await until(pilot, lambda: app.screen.query_one(Composer).text == "Then a deeper one")
    async with Store.open(home) as store:
        events = await store.events(opened[0])
        assert [event.body.text for event in events if isinstance(event.body, ae.Message)][:2] == [
            "Try a wider model",
            "It is *worse*.",
        ]
        assert len(await store.events(SESSION)) == len(TALK)


async def test_where_no_sessions_are_stored_nothing_can_be_forked() -> None:
    stage = talked()
    app = CockpitApp(stage.open, now=stage.now)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app.screen.query(Said)) == 2)
        app.screen.query_one(Chat).focus()
        await pilot.press("F")
        assert not isinstance(app.screen, Question)
