"""The list of stored sessions: found while it is written what for, and each key does to the right one what it says."""

import datetime as dt
from pathlib import Path

import pytest
from textual.widgets import DataTable, Input
from tui.stage import Stage
from tui.waiting import until

from golfer_tui.attach.shelf import Shelf
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.dialogs import Question
from golfer_tui.tui.stored import Stored

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
SAID = {"20260101-1200-aaaa": "Try a wider model", "20260101-1200-bbbb": "Search the learning rate, 100 %"}


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    async with Store.open(tmp_path) as store:
        for number, (session, text) in enumerate(SAID.items()):
            moment = NOON + dt.timedelta(hours=number)
            await store.sessions.create(SessionRow(id=session, backend="local", created=moment, updated=moment))
            async with store.journal(session, lambda events: None) as journal:
                journal.emit(ev.Draft(se.SessionStarted(title=f"title {number}", backend="local", model="m")))
                journal.emit(ev.Draft(ae.Message(role="user", text=text), by="person"))
                journal.emit(ev.Draft(se.SessionFinished(state="done", answer="as you wish")))
    return tmp_path


class Opened:
    """Which session the app was asked to open."""

    def __init__(self) -> None:
        self.session = ""

    def __call__(self, session: str) -> object:
        self.session = session
        return Stage().open


def app_on(home: Path, opened: Opened) -> CockpitApp:
    return CockpitApp(None, open_other=opened, open_shelf=lambda: Shelf(home))  # type: ignore[arg-type]


def ids(app: CockpitApp) -> list[str]:
    return [str(key.value) for key in app.screen.query_one(DataTable).rows]


async def test_a_session_is_found_by_what_was_said_and_opened(home: Path) -> None:
    opened = Opened()
    app = app_on(home, opened)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, Stored) and ids(app) == list(reversed(SAID)))
        await pilot.press(*"wider")
        await until(pilot, lambda: ids(app) == ["20260101-1200-aaaa"])
        app.screen.query_one(Input).value = "0 %"
        await until(pilot, lambda: ids(app) == ["20260101-1200-bbbb"])
        app.screen.query_one(Input).value = "title"
        await until(pilot, lambda: ids(app) == list(reversed(SAID)))
        await pilot.press("down", "enter")
        await until(pilot, lambda: opened.session == "20260101-1200-aaaa")


async def test_each_key_does_what_it_says_to_the_session_under_the_cursor(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shelf = Shelf(home)
    app = app_on(home, Opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, Stored) and len(ids(app)) == 2)
        await pilot.press("tab", "r")
        app.screen.query_one(Input).value = "A better title"
        await pilot.press("enter")
        await until(pilot, lambda: "A better title" in str(app.screen.query_one(DataTable).get_row_at(0)[3]))
        await pilot.press("e")
        page = tmp_path / "golfer-20260101-1200-bbbb.html"
        await until(pilot, lambda: page.is_file() and "</html>" in page.read_text())
        await pilot.press("f")
        await until(pilot, lambda: len(ids(app)) == 3)
        assert app.screen.query_one(DataTable).cursor_row == 0
        assert "(fork)" in str(app.screen.query_one(DataTable).get_row_at(0)[3])
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Stored))
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Stored) and ids(app) == list(reversed(SAID)))
        await pilot.press("a")
        await until(pilot, lambda: ids(app) == ["20260101-1200-aaaa"])
        assert [row.archived for row in await shelf.list(archived=True)] == [True, False]
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Stored))
