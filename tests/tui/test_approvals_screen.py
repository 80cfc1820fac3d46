"""What waits for a person, on the screen: seen in header, tile and chat, and answered by key, command and mouse."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static
from tui.stage import Stage, research
from tui.test_menu import at, listed
from tui.waiting import opened, settled, shown, until

from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.approving import Approving
from golfer_tui.tui.cockpit import Cockpit
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.dialogs import Help
from golfer_tui.tui.entries import Line
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.header import Header

COMMAND = "rm -rf runs/old && git push --force"


def ask_command(stage: Stage, number: int = 1, worker: str = "order-4", command: str = COMMAND) -> None:
    body = ae.ApprovalAsked(
        id=f"c{number}", call=f"x{number}", why=("it matches rm -r",), command=command, patterns=("rm -r",)
    )
    stage.emit(body, worker, "worker")


def ask_start(stage: Stage, name: str = "big-run") -> None:
    spec = WorkerSpec(name, "Train the wide one for six hours.", gpu=GpuRequest("H100", 8), profile="large")
    why = ("it asks for 8 GPUs, more than 4", "it costs ≈$31.60 an hour, more than $10.00")
    stage.emit(
        ae.ApprovalAsked(id="s1", call="y1", why=why, spec=spec, gpus=8, dollars_per_hour=31.6), by="orchestrator"
    )


def settle(stage: Stage, number: str, answer: str) -> None:
    stage.emit(ae.ApprovalAnswered(id=number, answer=answer), by="person")  # type: ignore[arg-type]


def answers(stage: Stage) -> list[cm.AnswerApproval]:
    return [each for each in stage.dispatched if isinstance(each, cm.AnswerApproval)]


def text(app: CockpitApp) -> str:
    return "\n".join(shown(app))


def asking(app: CockpitApp) -> str:
    """What the question in front of the screen says."""
    return "\n".join(str(each.content) for each in app.screen.query(Static))


async def open_question(app: CockpitApp, pilot: Pilot[int]) -> None:
    await pilot.press("f2")
    await until(pilot, lambda: isinstance(app.screen, Approving) and app.screen.query("#what"))
    await settled(app, pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_what_waits_is_seen_everywhere(size: tuple[int, int]) -> None:
    stage = research()
    ask_command(stage)
    ask_start(stage)
    async with opened(stage, size) as (app, pilot):
        rows = shown(app)
        assert "! 2 need you f2" in rows[0]
        title = next(row for row in rows if "order-4" in row and " R " in row)
        assert " ! " in title
        assert any("needs you: wants to run: rm -rf" in row for row in rows)
        entries = [line for line in app.screen.query(Line) if line.entry.kind == "approval"]
        assert "needs you order-4: rm -rf" in entries[0].written
        assert "needs you start worker big-run" in entries[1].written
        settle(stage, "c1", "approved")
        settle(stage, "s1", "refused")
        await until(pilot, lambda: "need you" not in shown(app)[0])
        await until(pilot, lambda: "needs you" not in text(app))
        assert entries[0].written.startswith("✓")
        assert entries[1].written.startswith("✗")


async def test_a_question_tells_who_what_why_and_the_cost() -> None:
    stage = research()
    ask_start(stage)
    async with opened(stage) as (app, pilot):
        await open_question(app, pilot)
        told = asking(app)
        for part in (
            "the orchestrator wants to start worker big-run",
            "big-run, gpu H100:8, profile large\nTrain the wide one for six hours.",
            "it asks for 8 GPUs, more than 4; it costs ≈$31.60 an hour, more than $10.00",
            "≈$31.60 an hour, with 8 GPUs",
            "workers with up to 8 GPUs for up to ≈$31.60 an hour are not asked about again in this session",
        ):
            assert part in told


@pytest.mark.parametrize(("key", "answer"), [("y", "approved"), ("a", "always")])
async def test_the_waiting_are_worked_through_one_after_the_other(key: str, answer: str) -> None:
    stage = research()
    ask_command(stage)
    ask_start(stage)
    async with opened(stage) as (app, pilot):
        await open_question(app, pilot)
        assert COMMAND in asking(app)
        assert "1 of 2" in text(app)
        await pilot.press(key)
        await until(pilot, lambda: "Train the wide one" in asking(app))
        await pilot.press(key)
        await until(pilot, lambda: not isinstance(app.screen, Approving))
        await until(pilot, lambda: len(answers(stage)) == 2)
        wanted = [cm.AnswerApproval("c1", answer), cm.AnswerApproval("s1", answer)]  # type: ignore[arg-type]
        assert answers(stage) == wanted


async def test_a_refusal_has_a_word() -> None:
    stage = research()
    ask_command(stage)
    ask_command(stage, 2, "lr-high", "rm -r all")
    async with opened(stage) as (app, pilot):
        await open_question(app, pilot)
        await pilot.press("n", *"keep", "escape")
        # The question is still there, and nothing was answered.
        await until(pilot, lambda: not app.screen.query_one(Input).display)
        assert isinstance(app.screen, Approving)
        await pilot.press("n", *"keep any", "enter")
        await until(pilot, lambda: "rm -r all" in asking(app))
        await pilot.press("n", "enter")
        await until(pilot, lambda: not isinstance(app.screen, Approving))
        await until(pilot, lambda: len(answers(stage)) == 2)
        assert answers(stage) == [cm.AnswerApproval("c1", "refused", "keep any"), cm.AnswerApproval("c2", "refused")]


async def test_enter_answers_nothing_and_later_leaves_it() -> None:
    stage = research()
    ask_command(stage)
    async with opened(stage) as (app, pilot):
        await open_question(app, pilot)
        await pilot.press("enter", "down", "escape")
        await until(pilot, lambda: not isinstance(app.screen, Approving))
        assert answers(stage) == []
        assert "need" in shown(app)[0]


async def test_a_question_that_was_answered_elsewhere_goes_away() -> None:
    stage = research()
    ask_command(stage)
    ask_start(stage)
    async with opened(stage) as (app, pilot):
        await open_question(app, pilot)
        settle(stage, "c1", "withdrawn")
        await until(pilot, lambda: "Train the wide one" in asking(app))
        settle(stage, "s1", "approved")
        await until(pilot, lambda: not isinstance(app.screen, Approving))
        assert answers(stage) == []


async def test_it_goes_away_behind_the_help_too() -> None:
    stage = research()
    ask_command(stage)
    async with opened(stage) as (app, pilot):
        await open_question(app, pilot)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, Help))
        settle(stage, "c1", "withdrawn")
        await settled(app, pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Cockpit))


async def test_what_cannot_be_done_waits_on_and_says_why() -> None:
    stage = research()
    stage.refuse = CommandError("worker.exists", "There is a worker 'big-run' already.")
    ask_start(stage)
    ask_command(stage)
    async with opened(stage) as (app, pilot):
        await open_question(app, pilot)
        await pilot.press("y")
        await until(pilot, lambda: "There is a worker 'big-run' already." in asking(app))
        assert "Train the wide one" in asking(app)


async def test_commands_answer_what_waits_longest() -> None:
    wanted = {
        "/approve": cm.AnswerApproval("c1", "approved"),
        "/approve once": cm.AnswerApproval("c1", "approved"),
        "/approve always": cm.AnswerApproval("c1", "always"),
        "/refuse": cm.AnswerApproval("c1", "refused"),
        "/refuse keep it, please": cm.AnswerApproval("c1", "refused", "keep it, please"),
    }
    stage = research()
    ask_command(stage)
    ask_start(stage)
    async with opened(stage) as (app, pilot):
        for line, command in wanted.items():
            app.screen.query_one(Composer).write(line)
            await pilot.press("enter")
            await until(pilot, lambda: answers(stage))
            assert answers(stage) == [command]
            stage.dispatched.clear()


async def test_without_anything_that_waits_they_say_so() -> None:
    async with opened(research()) as (app, pilot):
        for line in ("/approve", "/refuse no", "/answer"):
            app.screen.query_one(Composer).write(line)
            await pilot.press("enter")
            await until(pilot, lambda line=line: f"{line.split()[0]} is not possible now." in text(app))
            app.screen.query_one(Composer).clear()
        await pilot.press("f2")
        await settled(app, pilot)
        assert not isinstance(app.screen, Approving)


def in_header(app: CockpitApp) -> tuple[object, tuple[int, int]]:
    return Header, (shown(app)[0].index("need you"), 0)


def in_chat(app: CockpitApp) -> tuple[object, tuple[int, int]]:
    return next(line for line in app.screen.query(Line) if line.entry.kind == "approval" and line.entry.call == "c1"), (
        5,
        0,
    )


def in_tile(app: CockpitApp) -> tuple[object, tuple[int, int]]:
    rows = shown(app)
    y = next(y for y, row in enumerate(rows) if "order-4" in row and " R " in row)
    region = app.screen.query_one(Fleet).region
    x = rows[y].index(" ! ", rows[y].index("order-4")) + 1
    return Fleet, (x - region.x, y - region.y)


@pytest.mark.parametrize("place", [in_header, in_chat, in_tile])
async def test_a_click_on_a_mark_asks(place: Callable[[CockpitApp], tuple[object, tuple[int, int]]]) -> None:
    stage = research()
    ask_start(stage)
    ask_command(stage)
    async with opened(stage) as (app, pilot):
        widget, offset = place(app)
        await pilot.click(widget, offset=offset)  # type: ignore[arg-type]
        await until(pilot, lambda: isinstance(app.screen, Approving) and app.screen.query("#what"))
        await settled(app, pilot)
        # The one that was clicked comes first; the header has no such one.
        assert ("Train the wide one" if place is in_header else COMMAND) in asking(app)
        await pilot.click("#say-always")
        await until(pilot, lambda: answers(stage))
        assert answers(stage) == [cm.AnswerApproval("s1" if place is in_header else "c1", "always")]
        await pilot.click("#say-no")
        await until(pilot, lambda: app.screen.query_one(Input).display)
        await pilot.press("enter")
        await until(pilot, lambda: len(answers(stage)) == 2)
        await until(pilot, lambda: not isinstance(app.screen, Approving))


async def test_the_menu_of_a_worker_offers_to_answer_what_it_asks() -> None:
    stage = research()
    ask_command(stage, 1, "baseline", "curl example.org")
    ask_command(stage, 2)
    async with opened(stage) as (app, pilot):
        await pilot.click(Fleet, offset=at(app, "lr-high", Fleet), button=3)
        await until(pilot, lambda: "Kill lr-high" in listed(app))
        assert not any(entry.startswith("Answer") for entry in listed(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        await pilot.click(Fleet, offset=at(app, "order-4", Fleet), button=3)
        await until(pilot, lambda: listed(app)[:1] == ["Answer order-4"])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Approving) and app.screen.query("#what"))
        await until(pilot, lambda: "worker order-4" in asking(app))


async def test_nothing_that_an_agent_wrote_reaches_the_terminal() -> None:
    stage = research()
    ask_command(stage, command="rm -r x \x1b[2J\x1b]52;c;aGk=\x07 [bold]not markup[/] \u202e\nsecond line")
    async with opened(stage) as (app, pilot):
        await open_question(app, pilot)
        told = asking(app)
        assert "\x1b" not in told
        assert "\u202e" not in told
        assert "[bold]not markup[/]" in told
        assert "\nsecond line" in told
        assert "\x1b" not in text(app)
