"""The scores: ranked, live, sorted by any column, and a row leads to its worker."""

import datetime as dt
import math

import pytest
from textual.widgets import DataTable
from tui.stage import Stage, crowd, empty, research
from tui.waiting import SIZES, cockpit, opened, settled, shown, until

from golfer_tui.experiments.leaderboard import headlines
from golfer_tui.model import events as ev
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.cockpit import Cockpit
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.scoreboard import leaders, scores
from golfer_tui.tui.scores import Scores

NOW = dt.datetime(2026, 3, 1, 13, 0, tzinfo=dt.UTC)


def metric(stage: Stage, worker: str, name: str, *values: float, result: float | None = None) -> None:
    for step, value in enumerate(values, 1):
        stage.emit(ev.WorkerMetric(name=name, value=value, step=step, offset=step), worker)
    if result is not None:
        stage.emit(ev.WorkerMetric(name=name, value=result, step=None, offset=0), worker)


def column(app: CockpitApp, index: int) -> list[str]:
    """The texts of one column of the table."""
    table = app.screen.query_one(DataTable)
    return [str(table.get_row_at(row)[index]) for row in range(table.row_count)]


def test_the_metric_that_most_workers_have_comes_first_and_a_validation_before_others() -> None:
    stage = Stage()
    for name in ("a", "b"):
        stage.start(name)
        metric(stage, name, "train_loss", 3.0)
        metric(stage, name, "val_bpb", 3.0)
    metric(stage, "a", "test_acc", 0.5)
    assert headlines(worker.curves for worker in stage.state.workers.values()) == ["val_bpb", "train_loss", "test_acc"]


def test_runs_are_ranked_and_diverged_ones_are_last() -> None:
    stage = Stage()
    for name in ("bad", "good", "twice"):
        stage.start(name)
    metric(stage, "bad", "val_loss", math.nan, math.nan)
    metric(stage, "good", "val_loss", 3.0, 2.0, result=2.1)
    metric(stage, "twice", "val_loss", 3.0, 1.0)
    metric(stage, "twice", "val_loss", 3.0, 2.5)
    ranked = scores(stage.state.workers, "val_loss", NOW)
    assert [one.cells[:4] for one in ranked] == [
        ("1", "good", "2.100", "result"),
        ("2", "twice", "1", "step 2"),
        ("3", "twice · 2", "2.500", "step 2"),
        ("4", "bad", "nan", "step 2"),
    ]
    assert [one.worker.name for one in leaders(ranked)] == ["good", "twice", "bad"]


@pytest.mark.parametrize("size", SIZES)
async def test_the_table_is_live_and_enter_goes_to_the_worker(size: tuple[int, int]) -> None:
    stage = research()
    async with opened(stage, size) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        await pilot.press("alt+1", "b")
        await until(pilot, lambda: isinstance(app.screen, Scores) and app.screen.query(DataTable))
        await until(pilot, lambda: column(app, 1) == ["order-4", "baseline", "lr-high"])
        await settled(app, pilot)
        picture = "\n".join(shown(app))
        assert "Scores by val_bpb, less is better" in picture
        assert "step 31" in picture
        await pilot.press("down")
        metric(stage, "baseline", "val_bpb", 2.0)
        await until(pilot, lambda: column(app, 1)[0] == "baseline · 2")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        assert (fleet.selected, fleet.zoomed) == ("baseline", True)


async def test_columns_sort_by_key_and_by_mouse_and_metrics_change() -> None:
    stage = research()
    metric(stage, "lr-high", "accuracy", 0.25, 0.5)
    async with opened(stage) as (app, pilot):
        await pilot.press("alt+1", "b")
        await until(pilot, lambda: isinstance(app.screen, Scores) and column(app, 1))
        await pilot.press("s")
        assert column(app, 1) == ["baseline", "lr-high", "order-4"]
        await pilot.click(DataTable, offset=(8, 0))
        await until(pilot, lambda: column(app, 1) == ["order-4", "lr-high", "baseline"])
        await pilot.press("m")
        assert column(app, 2) == ["0.5"]
        await settled(app, pilot)
        assert "accuracy, more is better" in "\n".join(shown(app))
        await pilot.press("escape")
        assert isinstance(app.screen, Cockpit)


async def test_without_metrics_it_says_so_and_many_workers_fit() -> None:
    async with opened(empty(), (80, 24)) as (app, pilot):
        await pilot.press("tab", "b")
        await until(pilot, lambda: "No metric was read yet" in "\n".join(shown(app)))
    async with opened(crowd(64), (80, 24)) as (app, pilot):
        await pilot.press("tab", "b")
        await until(pilot, lambda: "and 56 more" in "\n".join(shown(app)))


async def test_a_metric_that_is_no_number_harms_no_picture() -> None:
    stage = research()
    for value in (math.nan, math.inf, 2.0, math.nan):
        metric(stage, "lr-high", "val_bpb", value)
    async with opened(stage) as (app, pilot):
        await until(pilot, lambda: "val_bpb nan" in "\n".join(shown(app)))
        await pilot.press("alt+3", "z")
        await settled(app, pilot)
        assert "nan" in "\n".join(shown(app))
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, Scores) and "lr-high" in column(app, 1))
