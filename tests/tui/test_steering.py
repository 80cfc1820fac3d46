"""Pausing, letting go on, other tasks and marks in the cockpit: by key, by `/` command, with the mouse."""

import contextlib
from collections.abc import AsyncIterator

import pytest
from textual.pilot import Pilot
from textual.widgets import Label
from tui.stage import Stage, research
from tui.test_commands import refusal, say
from tui.test_menu import at, listed
from tui.waiting import SIZES, cockpit, opened, shown, until

from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.prices import Rate
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.dialogs import Letter, Question
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.look import LETTERS, STATE_COLOURS

ORDER, LR, WIDE, QUEUED = "order-4", "lr-high", "wide-mix", "no-decay"


def paused(stage: Stage, name: str, by: ev.By = "person", *, stopped: bool = True, dollars: float = 0.0) -> None:
    """Let a worker that runs be paused, in a sandbox at this price an hour."""
    stage.emit(we.LeaseTaken(attempt=1, rate=Rate(gpus=dollars)), name)
    stage.emit(we.WorkerPaused(attempt=1, stopped=stopped), name, by)


@contextlib.asynccontextmanager
async def on_fleet(stage: Stage, size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[CockpitApp, Pilot[int]]]:
    """The cockpit with the keys at the workers, `order-4` selected."""
    async with opened(stage, size) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        fleet.focus()
        fleet.selected = ORDER
        yield app, pilot


def row_of(app: CockpitApp, name: str) -> str:
    return next(row for row in shown(app) if f" {name} " in row)


async def test_a_worker_that_does_not_end_at_once_says_why() -> None:
    stage = research()
    async with on_fleet(stage) as (app, pilot):
        stage.emit(we.WorkerStopping(attempt=1, reason="Modal does not answer."), ORDER)
        await until(pilot, lambda: "stopping: Modal does not answer." in "\n".join(shown(app)))
        stage.emit(we.WorkerFinished(attempt=1, state="killed", summary="Killed by the person."), ORDER)
        await until(pilot, lambda: "stopping: " not in "\n".join(shown(app)))


async def test_keys_pause_and_continue_the_selected_worker() -> None:
    stage = research()
    async with on_fleet(stage) as (_, pilot):
        for key in ("Z", "ctrl+z"):
            stage.dispatched.clear()
            await pilot.press(key)
            await until(pilot, lambda: cm.PauseWorker(ORDER) in stage.dispatched)
        paused(stage, ORDER)
        await pilot.press("c")
        await until(pilot, lambda: cm.ContinueWorker(ORDER) in stage.dispatched)
        await pilot.press("alt+z")
        await until(pilot, lambda: cm.PauseWorker() in stage.dispatched)
        await pilot.press("alt+c")
        await until(pilot, lambda: cm.ContinueWorker() in stage.dispatched)


async def test_commands_pause_and_continue() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        for line, order in (
            (f"/pause {LR} {QUEUED}", cm.PauseWorker(QUEUED)),
            (f"/continue {WIDE}", cm.ContinueWorker(WIDE)),
            ("/pauseall", cm.PauseWorker()),
            ("/continueall", cm.ContinueWorker()),
            (f"/retask {WIDE} Mix two orders only.", cm.RestartWorker(WIDE, "Mix two orders only.")),
        ):
            await say(pilot, line)
            await until(pilot, lambda order=order: order in stage.dispatched)
        assert cm.PauseWorker(LR) in stage.dispatched
        await say(pilot, "/pause nobody")
        await until(pilot, lambda: "There is no worker 'nobody'" in refusal(app))


@pytest.mark.parametrize("size", SIZES)
async def test_a_paused_worker_says_who_paused_it_and_what_goes_on(size: tuple[int, int]) -> None:
    stage = research()
    paused(stage, ORDER)
    paused(stage, LR, "orchestrator", stopped=False, dollars=3.95)
    async with on_fleet(stage, size) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        for name, told in (
            (ORDER, "paused by you; its processes stand still"),
            (LR, "paused by the orchestrator; its processes go on, and it costs ≈$3.95/h"),
        ):
            fleet.selected, fleet.zoomed = name, True
            await until(pilot, lambda name=name: " P " in row_of(app, name))
            width = fleet.size.width - 4
            await until(pilot, lambda told=told, width=width: any(told[: width - 4] in row for row in shown(app)))
        fleet.zoomed = False
        assert any("P2" in row for row in shown(app)), "the header counts them"


async def test_who_has_no_sandbox_any_more_says_where_it_goes_on() -> None:
    stage = research()
    stage.emit(we.WorkerSuspended(attempt=1, paused=True), ORDER, "person")
    stage.emit(we.WorkerSuspended(attempt=1, paused=True), LR)
    async with on_fleet(stage, (200, 60)) as (app, pilot):
        await until(pilot, lambda: any("paused by you; goes on from its workspace" in row for row in shown(app)))
        assert any("the budget is spent; goes on when it is raised" in row for row in shown(app))


def test_each_state_has_a_letter_of_its_own_and_a_colour() -> None:
    assert len(set(LETTERS.values())) == len(LETTERS)
    assert STATE_COLOURS.keys() == LETTERS.keys()


async def test_marked_workers_are_acted_on_together() -> None:
    stage = research()
    async with on_fleet(stage) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        await pilot.press("space")
        fleet.selected = LR
        await pilot.press("space")
        assert fleet.marked == {ORDER, LR}
        await until(pilot, lambda: "◆" in row_of(app, ORDER) and "◆" in row_of(app, LR))
        await until(pilot, lambda: any("2 marked · - clears" in row for row in shown(app)))
        fleet.selected = QUEUED
        await pilot.press("Z")
        await until(pilot, lambda: {cm.PauseWorker(ORDER), cm.PauseWorker(LR)} <= {*stage.dispatched})
        await until(pilot, lambda: any(f"Paused: {ORDER}, {LR}." == note.message for note in app._notifications))
        await pilot.press("p")
        await until(pilot, lambda: {cm.SnapshotWorker(ORDER), cm.SnapshotWorker(LR)} <= {*stage.dispatched})
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, Letter))
        app.screen.query_one(Composer).write("Stop soon.")
        await pilot.press("enter")
        sent = {cm.SendMessage("Stop soon.", ORDER), cm.SendMessage("Stop soon.", LR)}
        await until(pilot, lambda: sent <= {*stage.dispatched})
        assert not [order for order in stage.dispatched if getattr(order, "worker", "") == QUEUED]


@pytest.mark.parametrize(
    ("key", "order", "asked"),
    [("K", cm.KillWorker, "Kill order-4, lr-high?"), ("r", cm.RestartWorker, "Restart order-4, lr-high?")],
)
async def test_what_destroys_something_asks_once_with_all_names(key: str, order: type, asked: str) -> None:
    stage = research()
    async with on_fleet(stage) as (app, pilot):
        cockpit(app).query_one(Fleet).mark(ORDER, LR)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, Question))
        assert asked in str(app.screen.query_one(Label).content)
        await pilot.press("n")
        await until(pilot, lambda: not isinstance(app.screen, Question))
        assert not [each for each in stage.dispatched if isinstance(each, order)]
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: {order(ORDER), order(LR)} <= {*stage.dispatched})
        assert not isinstance(app.screen, Question)


async def test_all_are_marked_and_all_marks_are_taken_away() -> None:
    stage = research()
    async with on_fleet(stage) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        await pilot.press("asterisk")
        assert fleet.marked == {*stage.state.workers}
        await pilot.press("minus")
        assert fleet.marked == frozenset()
        await until(pilot, lambda: not any("marked" in row for row in shown(app)) and "◆" not in row_of(app, ORDER))
        await say(pilot, f"/mark {ORDER} {WIDE}")
        cockpit(app).query_one(Composer).focus()
        await say(pilot, f"/mark {ORDER} {WIDE}")
        await until(pilot, lambda: fleet.marked == {ORDER, WIDE})
        await say(pilot, "/unmark")
        await until(pilot, lambda: fleet.marked == frozenset())
        await say(pilot, "/markall")
        await until(pilot, lambda: len(fleet.marked) == len(stage.state.workers))


async def test_the_mouse_marks_and_opens_the_menu_of_all_that_are_marked() -> None:
    stage = research()
    async with on_fleet(stage) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        for name in (ORDER, LR):
            await pilot.click(Fleet, offset=at(app, name, Fleet), control=True)
            await until(pilot, lambda name=name: name in fleet.marked)
        await pilot.click(Fleet, offset=at(app, LR, Fleet), button=3)
        await until(pilot, lambda: f"Pause 2 marked: {ORDER}, {LR}" in listed(app))
        assert not [line for line in listed(app) if line.startswith("Zoom")]
        await pilot.press(*"pause", "enter")
        await until(pilot, lambda: {cm.PauseWorker(ORDER), cm.PauseWorker(LR)} <= {*stage.dispatched})


async def test_a_restart_may_change_the_task() -> None:
    stage = research()
    async with on_fleet(stage) as (app, pilot):
        cockpit(app).query_one(Fleet).selected = WIDE
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, Letter))
        composer = app.screen.query_one(Composer)
        assert composer.text == stage.state.workers[WIDE].spec.task, "its own task is there to be changed"
        composer.write("Mix two orders only.")
        await pilot.press("enter")
        await until(pilot, lambda: cm.RestartWorker(WIDE, "Mix two orders only.") in stage.dispatched)


async def test_a_worker_that_runs_is_given_another_task_only_after_a_question() -> None:
    stage = research()
    async with on_fleet(stage) as (app, pilot):
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, Letter))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        task = stage.state.workers[ORDER].spec.task
        await until(pilot, lambda: cm.RestartWorker(ORDER, task) in stage.dispatched)


async def test_limits_are_changed_by_key_and_by_command() -> None:
    stage = research()
    async with on_fleet(stage) as (app, pilot):
        await pilot.press("plus")
        await until(pilot, lambda: isinstance(app.screen, Letter))
        composer = app.screen.query_one(Composer)
        assert composer.text == "turns=off timeout=off"
        composer.write("turns=9 timeout=2m")
        await pilot.press("enter")
        await until(pilot, lambda: cm.LimitWorker(ORDER, 9, 120.0) in stage.dispatched)
        cockpit(app).query_one(Composer).focus()
        await say(pilot, f"/limit {LR} timeout=30")
        await until(pilot, lambda: cm.LimitWorker(LR, timeout=30.0) in stage.dispatched)
        await say(pilot, f"/limit {LR} speed=30")
        await until(pilot, lambda: "'speed' is no limit of a worker" in refusal(app))
        stage.emit(we.WorkerLimited(turns=9, timeout=120.0), ORDER, "person")
        fleet = cockpit(app).query_one(Fleet)
        fleet.zoomed = True
        await until(pilot, lambda: any("turns=9 timeout=120" in row for row in shown(app)))
