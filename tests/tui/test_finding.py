"""Finding what is not in sight: a text in all panes, in the chat, in stored sessions; and a worker among many."""

import datetime as dt
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static
from tui.stage import Stage, crowd, finished, research
from tui.waiting import cockpit, opened, settled, shown, until

from golfer_tui.attach.shelf import Shelf
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.workers import WorkerState
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.chat import Chat
from golfer_tui.tui.cockpit import Cockpit
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.entries import Line
from golfer_tui.tui.findbar import FindBar, FindInput
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.results import ResultList

SIZES = [(80, 24), (120, 40), (200, 60)]


def bar(app: CockpitApp) -> FindBar:
    return cockpit(app).query_one(FindBar)


def fleet(app: CockpitApp) -> Fleet:
    return cockpit(app).query_one(Fleet)


def place(app: CockpitApp) -> str:
    """Where it is looked now; empty if the bar is closed."""
    return str(bar(app).query_one("#find-name", Static).content).strip() if bar(app).display else ""


def told(app: CockpitApp) -> str:
    return str(bar(app).query_one("#find-told", Static).content)


def listed(app: CockpitApp) -> list[str]:
    """The rows of the list that are seen, as text."""
    found = bar(app).query_one(ResultList)
    return [row for y in range(found.size.height) if (row := found.render_line(y).text.rstrip())]


def row(app: CockpitApp) -> str:
    """The row under the cursor."""
    found = bar(app).query_one(ResultList)
    return found.render_line(found.cursor - found._top).text


async def write(app: CockpitApp, pilot: Pilot[int], text: str) -> None:
    app.post_message(events.Paste(text))
    await until(pilot, lambda: cockpit(app).query_one(FindInput).value == text)


# In all panes


@pytest.mark.parametrize("size", SIZES)
async def test_a_text_is_found_in_all_panes_and_enter_goes_to_it(size: tuple[int, int]) -> None:
    stage = research()
    async with opened(stage, size) as (app, pilot):
        await pilot.press("alt+2", "backslash")
        assert place(app) == "all panes"
        await write(app, pilot, "valueerror|step:40/")
        await until(pilot, lambda: "2/2" in told(app) or "1/2" in told(app))
        assert len(listed(app)) == 2
        assert "baseline" in listed(app)[0]
        assert "step:40/40" in listed(app)[0]
        assert "wide-mix" in listed(app)[1]
        assert all(len(line) == size[0] for line in shown(app))
        await pilot.press("down" if "baseline" in row(app) else "up", "up", "down")
        await until(pilot, lambda: "ValueError: --mix" in row(app))
        await pilot.press("enter")
        await until(pilot, lambda: fleet(app).selected == "wide-mix")
        await until(pilot, lambda: app.focused is fleet(app) and not bar(app).display)
        await until(pilot, lambda: any("ValueError: --mix needs" in line for line in shown(app)))
        # The search goes on over all panes, round at the ends.
        await pilot.press("n")
        await until(pilot, lambda: fleet(app).selected == "baseline")
        await pilot.press("N")
        await until(pilot, lambda: fleet(app).selected == "wide-mix")
        await pilot.press("escape")
        watch = cockpit(app)._watch
        assert watch is not None
        await until(pilot, lambda: not any(pane.reading.finding.on for pane in watch.panes._panes.values()))


async def test_what_is_printed_meanwhile_is_found_and_the_cursor_stays_with_its_match() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        await pilot.press("alt+3", "backslash")
        await write(app, pilot, "needle")
        await until(pilot, lambda: "–/0" in told(app))
        assert "Nothing was found" in listed(app)[0]
        stage.print("lr-high", "a needle here\n")
        await until(pilot, lambda: "1/1" in told(app))
        await pilot.press("down")
        stage.print("order-4", "one needle, two needles\n")
        await until(pilot, lambda: "3/3" in told(app))
        assert "a needle here" in row(app)
        stage.start("late")
        stage.run("late", "echo needle", "the last needle\n", None)
        await until(pilot, lambda: "3/5" in told(app))
        await pilot.press("pageup")
        await until(pilot, lambda: "1/5" in told(app))
        await pilot.press("pagedown")
        await until(pilot, lambda: "5/5" in told(app))
        await pilot.press("escape")
        assert not bar(app).display


async def test_a_click_on_a_row_goes_there_and_a_wrong_expression_is_told() -> None:
    async with opened(research(), (140, 40)) as (app, pilot):
        await pilot.press("alt+2", "backslash")
        await write(app, pilot, "shell went (")
        await until(pilot, lambda: "as plain text" in told(app))
        cockpit(app).query_one(FindInput).value = "needs a number"
        await until(pilot, lambda: len(listed(app)) == 1 and "wide-mix" in listed(app)[0])
        await pilot.click(ResultList, offset=(20, 1))
        await until(pilot, lambda: fleet(app).selected == "wide-mix" and not bar(app).display)


async def test_many_panes_are_searched_in_short_steps() -> None:
    stage = crowd(64)
    async with opened(stage) as (app, pilot):
        await pilot.press("alt+1", "backslash")
        await write(app, pilot, "val_bpb")
        expected = sum(
            sum(piece.data.count(b"val_bpb") for piece in pieces if b"step:" in piece.data)
            for pieces in stage.recorded.values()
        )
        await until(pilot, lambda: f"/{expected} " in told(app))


# Places


async def test_tab_takes_the_text_through_all_places() -> None:
    async with opened(research()) as (app, pilot):
        await pilot.press("alt+2", "slash")
        await write(app, pilot, "baseline")
        seen = [place(app)]
        for key in ("tab", "tab", "tab", "tab", "shift+tab"):
            before = place(app)
            await pilot.press(key)
            await until(pilot, lambda before=before: place(app) != before)  # type: ignore[misc]
            assert cockpit(app).query_one(FindInput).value == "baseline"
            seen.append(place(app))
        # There is no store of sessions on this stage.
        assert seen == ["this pane", "all panes", "the chat", "workers", "this pane", "workers"]
        assert list(fleet(app)._names) == ["baseline"]
        await pilot.click("#find-name")
        await until(pilot, lambda: place(app) == "this pane")
        assert len(fleet(app)._names) == 5


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("/search pane val", ""),
        ("/search panes val", "all panes"),
        ("/search chat skill", "the chat"),
        ("/find val", ""),
    ],
)
async def test_the_commands_open_the_same_searches(line: str, name: str) -> None:
    async with opened(research()) as (app, pilot):
        fleet(app).selected = "order-4"
        cockpit(app).query_one(Composer).write(line)
        await pilot.press("enter")
        await until(pilot, lambda: place(app) == name and not cockpit(app).query_one(Composer).text)
        if name:
            await until(pilot, lambda: len(listed(app)) > 1)
        else:
            pane = fleet(app).pane()
            assert pane is not None
            await until(pilot, lambda: pane.reading.finding.on and pane.reading.finding.text == "val")


# In the chat


def long_chat() -> Stage:
    """A chat of which most is not yet widgets."""
    stage = finished()
    for number in range(18):
        stage.emit(ae.Message(role="user", text=f"Question {number}\nsecond line {number}"), by="person")
        stage.emit(ae.ToolCalled(call=f"x{number}", name="read_file", arguments={"path": f"notes-{number}.md"}))
        stage.emit(ae.ToolFinished(call=f"x{number}", name="read_file", output=f"line\nsecret {number}.\nend"))
        stage.emit(ae.Message(role="assistant", text=f"Answer **{number}**:\n\n- first\n- *second* thing {number}\n"))
    return stage


def chat_rows(app: CockpitApp) -> list[str]:
    chat = cockpit(app).query_one(Chat)
    region = chat.content_region
    return [line[region.x : region.right] for line in shown(app)[region.y : region.bottom]]


@pytest.mark.parametrize("size", SIZES[::2])
async def test_the_chat_is_searched_with_old_and_folded_parts(size: tuple[int, int]) -> None:
    async with opened(long_chat(), size) as (app, pilot):
        chat = cockpit(app).query_one(Chat)
        chat.focus()
        await pilot.press("slash")
        assert place(app) == "the chat"
        await write(app, pilot, r"secret 1?7\.")
        await until(pilot, lambda: "2/2" in told(app))
        await pilot.press("up", "enter")
        await until(pilot, lambda: not bar(app).display and app.focused is chat)
        await until(pilot, lambda: any("secret 7." in line for line in chat_rows(app)))
        opened_line = next(line for line in chat.query(Line) if "secret 7." in line.written)
        assert opened_line.unfolded
        await pilot.press("n")
        await until(pilot, lambda: any("secret 17." in line for line in chat_rows(app)))
        await pilot.press("n")
        await until(pilot, lambda: any("secret 7." in line for line in chat_rows(app)))
        await pilot.press("N")
        await until(pilot, lambda: any("secret 17." in line for line in chat_rows(app)))
        await pilot.press("escape")
        assert not cockpit(app)._chat_scope.on
        # Now the keys are the chat's again.
        await pilot.press("n")
        await until(pilot, lambda: chat.cursor.spot is not None)


async def test_matches_in_the_chat_are_marked_and_the_current_one_stands_out() -> None:
    async with opened(finished(), (120, 50)) as (app, pilot):
        chat = cockpit(app).query_one(Chat)
        chat.focus()
        await pilot.press("slash")
        await write(app, pilot, "learning rate|nothing")
        await until(pilot, lambda: len(listed(app)) > 2)
        await pilot.press("enter")
        await settled(app, pilot)

        def drawn(text: str) -> set[str]:
            """The grounds on which this text stands in the chat."""
            grounds = set()
            for line in app.screen._compositor.render_strips():
                for segment in line:
                    if text in segment.text and segment.style is not None:
                        style = segment.style
                        grounds.add(str(style.color if style.reverse else style.bgcolor))
            return grounds

        current = {app.get_css_variables()["accent"].lower()}
        await until(pilot, lambda: any(each.lower().startswith("color") for each in drawn("learning rate")))
        texts = str(drawn("learning rate")) + str(drawn("nothing"))
        accent = app.theme_variables["accent"]
        red, green, blue = (int(accent.lstrip("#")[at : at + 2], 16) for at in (0, 2, 4))
        assert current
        assert f"red={red}, green={green}, blue={blue}" in texts
        await pilot.press("escape")
        await settled(app, pilot)
        texts = str(drawn("learning rate")) + str(drawn("nothing"))
        assert f"red={red}, green={green}, blue={blue}" not in texts


async def test_what_is_said_meanwhile_is_found_in_the_chat() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        cockpit(app).query_one(Chat).focus()
        await pilot.press("slash")
        await write(app, pilot, "hidden word")
        await until(pilot, lambda: "–/0" in told(app))
        stage.emit(ae.ToolFinished(call="w1", name="wait_for_workers", output="the hidden word", seconds=1))
        await until(pilot, lambda: "1/1" in told(app))
        stage.emit(ae.Message(role="assistant", text="No hidden word."))
        await until(pilot, lambda: "2/2" in told(app))
        await pilot.press("escape")
        await until(pilot, lambda: not bar(app).display)


# In stored sessions


class Opened:
    """Which session the app was asked to open; a stage of its own stands there."""

    def __init__(self) -> None:
        self.session = ""
        self.stage = research()

    def __call__(self, session: str) -> object:
        self.session = session
        return self.stage.open


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    moment = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    async with Store.open(tmp_path) as store:
        row = SessionRow(id="20260101-1200-aaaa", title="Wide models", backend="local", created=moment, updated=moment)
        await store.sessions.create(row)
        async with store.journal(row.id, lambda events: None) as journal:
            journal.emit(ev.Draft(ae.Message(role="user", text="Try a wider model"), by="person"))
        async with await store.recording(row.id, "w1") as recording:
            await recording.append(b"step:1 val_bpb:3.1 wider than ever\r\n", 0)
    return tmp_path


@pytest.mark.parametrize(
    ("steps", "name", "found"), [(1, "the chat", "wider"), (2, "all panes", "wider")], ids=["message", "output"]
)
async def test_a_line_of_a_stored_session_opens_it_and_is_looked_for_there(
    home: Path, steps: int, name: str, found: str
) -> None:
    there = Opened()
    here = research()
    app = CockpitApp(here.open, open_other=there, open_shelf=lambda: Shelf(home), now=here.now)  # type: ignore[arg-type]
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Cockpit) and app.screen.names)
        first = app.screen
        await pilot.press("alt+1", "slash", "shift+tab")
        await until(pilot, lambda: place(app) == "all sessions")
        await write(app, pilot, found)
        await until(pilot, lambda: "1/2" in told(app) and len(listed(app)) == 2)
        assert "Wide models" in listed(app)[0]
        assert "you: Try a wider model" in listed(app)[0]
        assert "w1: step:1" in listed(app)[1]
        await pilot.press(*["down"] * (steps - 1), "enter")
        await until(pilot, lambda: there.session == "20260101-1200-aaaa")
        await until(pilot, lambda: isinstance(app.screen, Cockpit) and app.screen is not first)
        await until(pilot, lambda: cockpit(app).query(FindBar) and place(app) == name)
        assert cockpit(app).query_one(FindInput).value == found


# Among the workers


def names(app: CockpitApp) -> list[str]:
    return list(fleet(app)._names)


@pytest.mark.parametrize("size", SIZES)
async def test_workers_are_filtered_while_the_person_writes(size: tuple[int, int]) -> None:
    stage = research()
    async with opened(stage, size) as (app, pilot):
        await pilot.press("alt+2", "ampersand")
        assert place(app) == "workers"
        await pilot.press("R")
        await until(pilot, lambda: names(app) == ["order-4", "lr-high"])
        assert fleet(app).selected == "order-4"
        cockpit(app).query_one(FindInput).value = "RF learning|mix"
        await until(pilot, lambda: names(app) == ["lr-high", "wide-mix"])
        await pilot.press("enter")
        await until(pilot, lambda: any("2 of 5 workers" in line and "esc shows all" in line for line in shown(app)))
        # One that does not fit any more goes, one that fits now comes.
        stage.finish("lr-high", "done", "Measured.")
        await until(pilot, lambda: names(app) == ["wide-mix"])
        stage.start("learning-2", "Learn learning.")
        await until(pilot, lambda: names(app) == ["wide-mix", "learning-2"])
        await pilot.press("escape")
        await until(pilot, lambda: len(names(app)) == 6)
        assert not any("shows all" in line for line in shown(app))


async def test_a_filter_that_nobody_fits_says_so_and_is_given_up_again() -> None:
    async with opened(research()) as (app, pilot):
        await pilot.press("alt+3", "ampersand")
        await pilot.press(*"zzz")
        await until(pilot, lambda: any("No worker fits the filter" in line for line in shown(app)))
        assert fleet(app).selected == ""
        await pilot.press("enter", "K")
        assert isinstance(app.screen, Cockpit)
        await pilot.press("ampersand")
        assert cockpit(app).query_one(FindInput).value == "zzz"
        cockpit(app).query_one(FindInput).value = "order-4"
        await until(pilot, lambda: names(app) == ["order-4"])
        await pilot.press("escape")
        await until(pilot, lambda: names(app) == [])
        await pilot.press("escape")
        await until(pilot, lambda: len(names(app)) == 5)
        cockpit(app).query_one(Composer).focus()
        cockpit(app).query_one(Composer).write("/filter F")
        await pilot.press("enter")
        await until(pilot, lambda: names(app) == ["wide-mix"])


async def test_who_is_zoomed_stays_although_it_fits_no_more() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        await pilot.press("alt+2", "ampersand", "R", "enter", "z")
        stage.finish("order-4", "done", "Measured.")
        await until(pilot, lambda: stage.state.workers["order-4"].state == WorkerState.DONE)
        await settled(app, pilot)
        assert fleet(app).zoomed
        assert fleet(app).selected == "order-4"
        await pilot.press("escape")
        await until(pilot, lambda: not fleet(app).zoomed)
        await until(pilot, lambda: names(app) == ["lr-high"])


async def test_keys_lead_to_the_next_worker_that_needs_somebody_failed_or_finished() -> None:
    stage = research()
    stage.finish("lr-high", "failed", "No memory.")
    async with opened(stage) as (app, pilot):
        await pilot.press("alt+1", "E")
        await until(pilot, lambda: fleet(app).selected == "lr-high")
        await pilot.press("E")
        await until(pilot, lambda: fleet(app).selected == "wide-mix")
        await pilot.press("E")
        await until(pilot, lambda: fleet(app).selected == "lr-high")
        await pilot.press("D")
        await until(pilot, lambda: fleet(app).selected == "baseline")
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: any(note.message == "No worker needs you." for note in app._notifications))
        stage.emit(we.WorkerIdle(gpus=(0,), minutes=3, percent=5), "order-4")
        await until(pilot, lambda: stage.state.workers["order-4"].idle_gpus)
        # A filter does not hide whom the key leads to.
        await pilot.press("ampersand", "D", "enter")
        await until(pilot, lambda: names(app) == ["baseline"])
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: fleet(app).selected == "order-4")
        assert len(names(app)) == 5
        cockpit(app).query_one(Composer).focus()
        cockpit(app).query_one(Composer).write("/next failed")
        await pilot.press("enter")
        await until(pilot, lambda: fleet(app).selected == "lr-high")
