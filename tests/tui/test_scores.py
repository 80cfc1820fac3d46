"""The scores: ranked, live, sorted by any column, filtered, marked, and a row leads to its worker and to its line."""

import csv
import io
import math
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from tui.log_stage import told
from tui.score_stage import board, column, drawn, falling, heads, study, train
from tui.stage import crowd, empty
from tui.waiting import SIZES, cockpit, opened, settled, shown, until

from golfer_tui.model import worker_events as we
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.cockpit import Cockpit
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.keybar import KeyBar
from golfer_tui.tui.log.log import Log
from golfer_tui.tui.score_table import ScoreTable
from golfer_tui.tui.scores import Scores

BEST_FIRST = ["lr-1 · 2", "lr-0", "lr-1 · 1", "lr-4", "lr-3", "lr-2"]
"""The runs of the study: results first, then the one that goes on, the diverged one last."""


def picture(app: CockpitApp) -> str:
    return "\n".join(shown(app))


def marks(app: CockpitApp) -> dict[str, str]:
    """Sign and letter of each run."""
    return dict(zip(column(app, "run"), column(app, "mark"), strict=True))


async def press(app: CockpitApp, pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(*keys)
    await drawn(app, pilot)


async def click_on_head(app: CockpitApp, pilot: Pilot[int], head: str) -> None:
    table = app.screen.query_one(ScoreTable)
    widths = [each.get_render_width(table) for each in table.ordered_columns]
    place = 1 + heads(app).index(head)
    await pilot.click(ScoreTable, offset=(sum(widths[:place]) + 1, 0))
    await drawn(app, pilot)


# The table


@pytest.mark.parametrize("size", SIZES)
async def test_all_runs_are_ranked_and_the_best_is_marked(size: tuple[int, int]) -> None:
    async with opened(study(), size) as (app, pilot):
        await board(app, pilot)
        assert column(app, "run") == BEST_FIRST
        assert [place.strip() for place in column(app, "#")] == ["★ 1", "2", "3", "4", "5", "6"]
        assert column(app, "note") == ["result"] * 4 + ["at 33", "diverged"]
        assert column(app, "step") == ["40", "30", "31", "34", "33", "32"]
        assert column(app, "time")[:3] == ["6:40", "5:00", "5:10"]
        assert column(app, "dollars")[0] == "≈$0.50"
        # Settings that differ have columns of their own; the seed is the same for all.
        assert column(app, "lr") == ["0.25", "0.1", "0.2", "0.5", "0.4", "0.3"]
        assert column(app, "wide") == ["on", *["—"] * 5]
        assert "seed" not in heads(app)
        assert "val_loss, less is better · metric 1 of 2 · 6 runs" in picture(app)
        assert "★ 1" in picture(app)
        assert all(f"{letter} lr-" in picture(app) for letter in "abcde")


async def test_it_is_live_and_the_cursor_stays_on_its_run() -> None:
    stage = study()
    async with opened(stage) as (app, pilot):
        await board(app, pilot)
        await press(app, pilot, "down")
        assert app.screen.query_one(ScoreTable).chosen == "lr-0 1"
        train(stage, "lr-4", "--lr 0.5 --seed 1", falling(1.2))
        await until(pilot, lambda: column(app, "run")[0] == "lr-4 · 2")
        assert app.screen.query_one(ScoreTable).chosen == "lr-0 1"
        await until(pilot, lambda: column(app, "seed")[0] == "1")
        stage.emit(we.WorkerMetric(name="val_loss", value=2.5, step=34, offset=9), "lr-3")
        await until(pilot, lambda: "at 34" in column(app, "note"))


async def test_every_column_sorts_by_key_and_by_mouse() -> None:
    async with opened(study(), (160, 40)) as (app, pilot):
        await board(app, pilot)
        for head in heads(app)[1:]:
            await press(app, pilot, "s")
            assert f"{head} ▲" in [str(each.label) for each in app.screen.query_one(ScoreTable).ordered_columns]
        assert column(app, "wide") == ["on", *["—"] * 5]
        await press(app, pilot, "S")
        assert column(app, "lr") == ["0.1", "0.2", "0.25", "0.3", "0.4", "0.5"]
        await press(app, pilot, "r")
        assert column(app, "lr") == ["0.5", "0.4", "0.3", "0.25", "0.2", "0.1"]
        await click_on_head(app, pilot, "step")
        assert column(app, "step") == ["30", "31", "32", "33", "34", "40"]
        await click_on_head(app, pilot, "step")
        assert column(app, "step") == ["40", "34", "33", "32", "31", "30"]
        await click_on_head(app, pilot, "tokens")
        assert column(app, "tokens") == ["5.7k", "5.7k", "—", "—", "—", "—"]


async def test_rows_are_filtered_by_words_and_escape_clears_them() -> None:
    async with opened(study()) as (app, pilot):
        scores = await board(app, pilot)
        await press(app, pilot, "slash", *"lr=0.", "2")
        assert column(app, "run") == ["lr-1 · 2", "lr-1 · 1"]
        assert "2 of 6 runs" in picture(app)
        # Keys that move about elsewhere are letters here.
        await press(app, pilot, *" kj")
        assert scores.query_one(Input).value == "lr=0.2 kj"
        assert column(app, "run") == []
        await press(app, pilot, "backspace", "backspace", "backspace", "enter")
        assert isinstance(app.focused, ScoreTable)
        assert column(app, "run") == ["lr-1 · 2", "lr-1 · 1"]
        await press(app, pilot, "escape")
        assert column(app, "run") == BEST_FIRST
        assert not scores.query_one(Input).display
        await press(app, pilot, "slash", *"lr=0.5 number")  # which stands in its task
        assert column(app, "run") == ["lr-4"]
        await press(app, pilot, "escape", "escape")
        assert isinstance(app.screen, Cockpit)


async def test_the_metric_and_its_direction_can_be_changed_and_are_remembered() -> None:
    async with opened(study()) as (app, pilot):
        await board(app, pilot)
        await press(app, pilot, "d")
        assert "val_loss, more is better" in picture(app)
        assert column(app, "run")[0] == "lr-4"
        await press(app, pilot, "m")
        assert "accuracy, more is better" in picture(app)
        assert column(app, "run") == ["lr-0"]
        await press(app, pilot, "M", "escape")
        await board(app, pilot)
        assert "val_loss, more is better" in picture(app)


async def test_runs_are_marked_by_key_and_by_mouse_and_only_they_are_drawn() -> None:
    async with opened(study()) as (app, pilot):
        await board(app, pilot)
        assert marks(app)["lr-1 · 1"] == "○  "
        await press(app, pilot, "down", "down", "space")
        assert marks(app)["lr-1 · 1"] == "● a"
        assert marks(app)["lr-0"] == "○  "
        await pilot.click(ScoreTable, offset=(1, 4))
        await drawn(app, pilot)
        assert marks(app)["lr-4"] == "● b"
        assert "2 marked" in picture(app)
        await press(app, pilot, "a")
        assert [mark[0] for mark in marks(app).values()] == ["●"] * 6
        await press(app, pilot, "a")
        assert [mark[0] for mark in marks(app).values()] == ["○"] * 6
        assert marks(app)["lr-0"] == "○ b"


# The ways out


async def test_enter_and_a_second_click_go_to_the_worker() -> None:
    async with opened(study()) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        await board(app, pilot)
        await press(app, pilot, "down", "enter")
        assert isinstance(app.screen, Cockpit)
        assert (fleet.selected, fleet.zoomed) == ("lr-0", True)
        await press(app, pilot, "z")
        await board(app, pilot)
        await pilot.click(ScoreTable, offset=(20, 4))
        assert isinstance(app.screen, Scores)
        await pilot.click(ScoreTable, offset=(20, 4))
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        assert (fleet.selected, fleet.zoomed) == ("lr-4", True)


@pytest.mark.parametrize("size", SIZES)
async def test_a_row_leads_to_the_line_of_its_score(size: tuple[int, int]) -> None:
    async with opened(study(), size) as (app, pilot):
        await board(app, pilot)
        await press(app, pilot, *["down"] * 4)  # lr-3, which goes on: its best value is one on the way
        score = column(app, "val_loss")[4]
        await press(app, pilot, "L")
        log = cockpit(app).query_one(Log)
        await until(pilot, lambda: log.worker == "lr-3" and app.focused is log)
        await settled(app, pilot)
        rows = ["".join(segment.text for segment in log.render_line(y)).rstrip() for y in range(log.size.height)]
        [line] = [row for row in rows if row.startswith("▶")]
        assert f"val_loss {float(score):.3f}"[:-1] in line


async def test_a_line_that_the_log_has_no_more_is_told() -> None:
    stage = study(1)
    train(stage, "lr-0", "--lr 9", [1.0, *[3.0] * 40])
    stage.emit(we.WorkerMetric(name="odd", value=1.0, step=1, offset=10**9), "lr-0")
    async with opened(stage) as (app, pilot):
        await board(app, pilot)
        await press(app, pilot, "m")
        while "odd" not in shown(app)[0]:
            await press(app, pilot, "m")
        await press(app, pilot, "L")
        wanted = "above the newest 5,000 of its command, which are what the log shows: the replay has it. · V plays it"
        await until(pilot, lambda: any(wanted in each for each in told(app)))


async def test_without_metrics_it_says_so_and_many_workers_fit() -> None:
    async with opened(empty(), (80, 24)) as (app, pilot):
        await pilot.press("tab", "b")
        await until(pilot, lambda: "No metric yet" in picture(app))
        await press(app, pilot, "space", "a", "L", "enter", "s", "m", "plus", "left", "shift+left", "g", "v", "0")
        assert isinstance(app.screen, Scores)
    async with opened(crowd(64), (80, 24)) as (app, pilot):
        await board(app, pilot)
        await press(app, pilot, "a", "v")
        assert "62 marked" in picture(app)
        assert "and 44 more" in picture(app)


async def test_a_metric_that_is_no_number_harms_no_picture() -> None:
    stage = study()
    for value in (math.nan, math.inf, 2.0, math.nan):
        stage.emit(we.WorkerMetric(name="val_loss", value=value, step=1, offset=1), "lr-4")
    async with opened(stage) as (app, pilot):
        await board(app, pilot)
        assert "nan" in column(app, "val_loss")


# Files


def files(folder: Path) -> Iterable[str]:
    return sorted(path.suffix for path in folder.iterdir())


async def test_the_table_and_the_plot_are_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(study()) as (app, pilot):
        await board(app, pilot)
        await press(app, pilot, "slash", *"lr-1", "enter", "down", "space")
        for key, suffix in (("c", ".csv"), ("s", ".svg"), ("p", ".png")):
            await press(app, pilot, "e")
            await pilot.press(key)
            await until(pilot, lambda end=suffix: any(each.endswith(end) for each in told(app)))  # type: ignore[misc]
        paths = {path.suffix: path for path in tmp_path.iterdir()}
        assert {path.stem for path in paths.values()} == {"golfer-a1b2c3d4-val_loss"}
        rows = list(csv.DictReader(io.StringIO(paths[".csv"].read_text(), newline="")))
        assert [row["run"] for row in rows] == ["lr-1 · 2", "lr-1 · 1"]
        words = "".join(ET.fromstring(paths[".svg"].read_text()).itertext())
        assert "lr-1 · 1" in words
        assert "lr-1 · 2" not in words
        assert paths[".png"].read_bytes().startswith(b"\x89PNG")
        await press(app, pilot, "escape", "escape")
        cockpit(app).query_one(Composer).focus()
        await press(app, pilot, *"/export csv", "enter")
        await until(pilot, lambda: any("val_loss-2.csv" in each for each in told(app)))
        await press(app, pilot, *"/export", "enter")
        await until(pilot, lambda: any("golfer-a1b2c3d4.jsonl" in each for each in told(app)))


async def test_an_export_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    async with opened(empty()) as (app, pilot):
        cockpit(app).query_one(Composer).focus()
        await press(app, pilot, *"/export png", "enter")
        assert "No metric yet" in picture(app)
        assert not [*gone.iterdir()]
    async with opened(study(), (240, 60)) as (app, pilot):
        gone.rmdir()
        cockpit(app).query_one(Composer).focus()
        await press(app, pilot, *"/export png", "enter")
        await until(pilot, lambda: "val_loss.png cannot be written: no such file" in picture(app))
        monkeypatch.undo()


async def test_the_keys_below_are_clicked() -> None:
    async with opened(study()) as (app, pilot):
        await board(app, pilot)
        bar = shown(app)[-1]
        await pilot.click(KeyBar, offset=(bar.index("mark") + 1, 0))
        await drawn(app, pilot)
        assert marks(app)["lr-1 · 2"] == "● a"
        await pilot.click(KeyBar, offset=(bar.index("close") + 1, 0))
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
