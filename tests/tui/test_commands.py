"""The input's `/` commands and their completion, as a person writes them."""

from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import OptionList, Static
from tui.stage import Stage, empty, research
from tui.waiting import SIZES, cockpit, opened, shown, until

from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model.errors import CommandError
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.dialogs import Help, Question
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.scores import Scores
from golfer_tui.tui.suggestions import Suggestions


def written(app: CockpitApp) -> str:
    return cockpit(app).query_one(Composer).text


def offered(app: CockpitApp) -> list[str]:
    """What the list offers; empty if it is not to be seen."""
    suggestions = cockpit(app).query_one(Suggestions)
    return [each.shown for each in suggestions.shown] if suggestions.display else []


def refusal(app: CockpitApp) -> str:
    """What is told to be wrong, above the input."""
    line = cockpit(app).query_one("#usage", Static)
    return str(line.content) if line.has_class("-wrong") and line.region else ""


async def say(pilot: Pilot[int], line: str) -> None:
    """Write a line and send it."""
    cockpit(pilot.app).query_one(Composer).write(line)  # type: ignore[arg-type]
    await pilot.press("enter")


@pytest.mark.parametrize("size", SIZES)
async def test_a_slash_offers_commands_filtered_by_what_follows(size: tuple[int, int]) -> None:
    async with opened(research(), size) as (app, pilot):
        await pilot.press("/")
        await until(pilot, lambda: len(offered(app)) > 15)
        await pilot.press("r", "e")
        await until(pilot, lambda: offered(app)[0].startswith("/re"))
        assert {"/restart [WORKER…]", "/resume SESSION", "/rename TITLE"} <= {*offered(app)}
        assert "/kill [WORKER…]" not in offered(app)
        assert "/rename TITLE" in "\n".join(shown(app))
        assert all(len(row) == size[0] for row in shown(app))
        await pilot.press("x", "x")
        await until(pilot, lambda: not cockpit(app).query_one(Suggestions).display)


async def test_the_list_is_chosen_from_by_arrows_tab_and_enter_and_closed_by_escape() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        await pilot.press(*"/ki", "tab")
        assert written(app) == "/kill "
        await until(pilot, lambda: offered(app) == list(stage.state.workers))
        await pilot.press("down", "down", "tab")
        assert written(app) == "/kill order-4 "
        await until(pilot, lambda: "order-4" not in offered(app))
        await pilot.press(*"lr", "tab", "escape")
        assert written(app) == "/kill order-4 lr-high "
        assert not offered(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: stage.dispatched[-2:] == [cm.KillWorker("order-4"), cm.KillWorker("lr-high")])


async def test_keys_that_come_all_at_once_are_completed_in_order() -> None:
    """Nobody waits for a list that is yet to be drawn."""
    async with opened(research()) as (app, pilot):
        composer = cockpit(app).query_one(Composer)
        for key in (*"/zo", "tab", *"lr", "enter"):
            app.post_message(events.Key("slash" if key == "/" else key, key if len(key) == 1 else None))
        await until(pilot, lambda: cockpit(app).query_one(Fleet).zoomed)
        assert cockpit(app).query_one(Fleet).selected == "lr-high"
        assert composer.text == ""


async def test_keys_that_edit_and_keys_that_write_keep_their_order() -> None:
    stage = empty()
    async with opened(stage) as (app, pilot):
        for key in (*"wrong", "ctrl+u", *"riht", "left", "left", "g", "end", "!", "enter"):
            app.post_message(events.Key("exclamation_mark" if key == "!" else key, key if len(key) == 1 else None))
        await until(pilot, lambda: stage.dispatched)
        assert stage.dispatched == [cm.SendMessage("right!")]


async def test_enter_takes_a_command_and_sends_one_that_is_whole() -> None:
    async with opened(research()) as (app, pilot):
        await pilot.press(*"/lay", "enter")
        assert written(app) == "/layout "
        await pilot.press(*"cha", "enter")
        await until(pilot, lambda: cockpit(app).arrangement == "chat")
        assert written(app) == ""
        await pilot.press(*"/sco", "enter")
        await until(pilot, lambda: isinstance(app.screen, Scores))


async def test_a_click_takes_a_line_of_the_list() -> None:
    async with opened(research()) as (app, pilot):
        await pilot.press(*"/z")
        await until(pilot, lambda: offered(app) == ["/zoom [WORKER]"])
        await pilot.click(OptionList, offset=(3, 0))
        assert written(app) == "/zoom "


async def test_workers_are_completed_behind_an_at_sign() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        await pilot.press("@", "o", "enter")
        assert written(app) == "@order-4 "
        await pilot.press(*"stop", "enter")
        await until(pilot, lambda: cm.SendMessage("stop", "order-4") in stage.dispatched)


@pytest.mark.parametrize(
    ("begun", "there"),
    [
        ("/skill ", ["mini-golf", "parameter_golf"]),
        ("/model gpt", ["gpt-5", "gpt-5-mini"]),
        ("/resume ", ["20260228-0900-k3f9", "20260227-1730-p4wd"]),
        ("/theme gruv", ["gruvbox"]),
        ("/layout ", ["both", "fleet", "chat", "list"]),
        ("/restart base", ["baseline"]),
    ],
)
async def test_arguments_are_completed_from_what_there_is(begun: str, there: list[str]) -> None:
    async with opened(research()) as (app, pilot):
        cockpit(app).query_one(Composer).write(begun)
        await until(pilot, lambda: offered(app) == there)
        await pilot.press("down", "tab") if begun.endswith(" ") and "layout" in begun else await pilot.press("tab")
        assert written(app).strip() == f"{begun.rpartition(' ')[0]} {there[0]}"


async def test_a_wrong_command_is_told_in_place_and_stays() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        for line, told in {
            "/kil order-4": "There is no command /kil. Did you mean /kill?",
            "/kill order-5": "There is no worker 'order-5'. Did you mean order-4?",
            "/rename": "/rename needs TITLE.",
            "/zoom order-4 lr-high": "'lr-high' is too much.",
            "/skill nothing": "There is no skill 'nothing'. There is mini-golf, parameter_golf.",
            "/resume 1999": "There is no session '1999'.",
            "/kill baseline": "baseline has ended already.",
            "/theme pink": "There is no theme 'pink'.",
            "/endshell order-4": "No shell of yours is open in order-4's sandbox.",
        }.items():
            await say(pilot, line)
            await until(pilot, lambda told=told: told in refusal(app))
            assert written(app) == line
            assert app.screen is cockpit(app)
        await pilot.press("x")
        await until(pilot, lambda: not refusal(app))
        assert stage.dispatched == [
            command for command in stage.dispatched if isinstance(command, cm.ResizeTerminal | cm.TakeKeyboard)
        ]


async def test_a_part_of_an_id_that_several_sessions_have_is_refused() -> None:
    async with opened(research()) as (app, pilot):
        cockpit(app).query_one(Composer).write("/resume 2026022")
        await until(pilot, lambda: len(offered(app)) == 2)
        # Otherwise the marked one is meant.
        await pilot.press("escape", "enter")
        await until(pilot, lambda: refusal(app) == "'2026022' could be 2 sessions. Give more of it.")


async def test_what_the_engine_refuses_is_told_in_place_and_stays() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        stage.refuse = CommandError("worker.exists", "There is a worker fresh already.")
        await say(pilot, "/spawn fresh Try it again.")
        await until(pilot, lambda: "There is a worker fresh already." in refusal(app))
        assert written(app) == "/spawn fresh Try it again."
        stage.refuse = None
        await pilot.press("enter")
        spec = WorkerSpec(name="fresh", task="Try it again.")
        await until(pilot, lambda: cm.SpawnWorker(spec) in stage.dispatched)
        await until(pilot, lambda: written(app) == "")


async def test_commands_do_what_they_say() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        for line, command in {
            "/interrupt": cm.InterruptTurn(),
            "/model gpt-5-mini": cm.SetModel("gpt-5-mini"),
            "/rename  A better   title ": cm.RenameSession("A better   title"),
            "/message order-4 go on": cm.SendMessage("go on", "order-4"),
            "/continue baseline": cm.ContinueWorker("baseline"),
            "/skill mini-golf with three workers": cm.SendMessage(
                "Load the skill mini-golf and follow it.\n\nwith three workers"
            ),
        }.items():
            await say(pilot, line)
            await until(pilot, lambda command=command: command in stage.dispatched)
        await say(pilot, "/theme gruvbox")
        await until(pilot, lambda: app.theme == "gruvbox")
        await say(pilot, "/help")
        await until(pilot, lambda: isinstance(app.screen, Help))


async def test_a_command_that_is_not_possible_now_says_so() -> None:
    async with opened(empty()) as (app, pilot):
        await say(pilot, "/interrupt")
        await until(pilot, lambda: refusal(app) == "/interrupt is not possible now.")
        assert written(app) == "/interrupt"


async def test_slashes_and_several_lines_are_messages() -> None:
    stage = empty()
    async with opened(stage) as (app, pilot):
        await say(pilot, "//etc/hosts is wrong")
        await until(pilot, lambda: cm.SendMessage("/etc/hosts is wrong") in stage.dispatched)
        app.post_message(events.Paste("/kill order-4\r\n/kill lr-high\n"))
        await until(pilot, lambda: written(app))
        assert not offered(app)
        await pilot.press("enter")
        await until(pilot, lambda: cm.SendMessage("/kill order-4\n/kill lr-high") in stage.dispatched)


async def test_the_export_is_a_new_file_in_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    stage = research()
    async with opened(stage, (200, 40)) as (app, pilot):
        for name in ("golfer-a1b2c3d4.jsonl", "golfer-a1b2c3d4-2.jsonl"):
            await say(pilot, "/export")
            path = tmp_path / name
            await until(pilot, lambda path=path: any(str(path) in note.message for note in app._notifications))
            told = [ev.decode(line) for line in path.read_bytes().splitlines()]
            assert [event.seq for event in told] == list(range(1, stage.state.seq + 1))


async def test_an_export_that_cannot_be_written_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    async with opened(research(), (200, 40)) as (app, pilot):
        monkeypatch.setattr("os.getcwd", lambda: str(folder))
        folder.rmdir()
        await say(pilot, "/export")
        await until(pilot, lambda: refusal(app).endswith("cannot be written: no such file or directory."))
        assert written(app) == "/export"


async def test_an_argument_that_is_needed_is_asked_for_by_the_palette() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        await pilot.press("ctrl+p", *"rename", "enter")
        await until(pilot, lambda: written(app) == "/rename ")
        await pilot.press(*"new", "enter")
        await until(pilot, lambda: cm.RenameSession("new") in stage.dispatched)


async def test_another_session_is_opened_in_place_of_this_one() -> None:
    first, second = research(), Stage()
    second.emit(se.SessionStarted(title="The other one", backend="local", model="gpt-5"))
    asked: list[str] = []

    def other(session: str) -> object:
        asked.append(session)
        return second.open

    async with opened(first) as (app, pilot):
        app._open_other = other  # type: ignore[assignment]
        await say(pilot, "/resume k3f9")
        await until(pilot, lambda: asked == ["20260228-0900-k3f9"] and app._engine is second)
        assert first.closed == "leave"
        await until(pilot, lambda: "The other one" in "\n".join(shown(app)))
        await pilot.press(*"hello", "enter")
        await until(pilot, lambda: second.dispatched == [cm.SendMessage("hello")])
        assert not first.subscriptions
