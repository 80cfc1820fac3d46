"""The table of runs: what each took, how it was set, what it is sorted by, and which words find it."""

import datetime as dt
import math
from typing import NamedTuple

from golfer_tui.experiments.columns import columns, found
from golfer_tui.experiments.leaderboard import headlines
from golfer_tui.experiments.scoreboard import command_of, leaders, scores, snapshot
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.points import Curve, Point
from golfer_tui.model.spending import Leasing, Tokens
from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.workers import WorkerSpec, WorkerState

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def at(second: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=second)


class Ran(NamedTuple):
    number: int
    text: str
    start: int
    end: int
    began: float
    ended: bool


def worker(name: str, *commands: Ran, state: WorkerState = WorkerState.DONE, gpu: str = "") -> Worker:
    one = Worker(WorkerSpec(name, "Train.", gpu=GpuRequest.parse(gpu)), state, started=NOON)
    for each in commands:
        one.commands.begin(each.number, each.text, each.start, at(each.began))
        if each.ended:
            one.commands.end(each.number, 0, 0.0, each.end)
    return one


def command(number: int, text: str, start: int, end: int, *, began: float = 0, ended: bool = True) -> Ran:
    return Ran(number, text, start, end, began, ended)


def read(one: Worker, *readings: tuple[float, float, int | None, int], metric: str = "val_loss") -> Worker:
    """Second, value, step and offset of each."""
    one.curves.setdefault(metric, Curve()).extend(
        Point(at(second), value, step, off) for second, value, step, off in readings
    )
    return one


def test_what_most_workers_have_comes_first_and_a_validation_before_others() -> None:
    ann, bob = worker("ann"), worker("bob")
    for each in (ann, bob):
        read(each, (0, 1, 1, 0), metric="train_loss")
        read(each, (0, 1, 1, 0), metric="val_bpb")
    read(ann, (0, 0.5, 1, 0), metric="test_acc")
    assert headlines(each.curves for each in (ann, bob)) == ["val_bpb", "train_loss", "test_acc"]


def test_runs_are_ranked_and_diverged_ones_are_last() -> None:
    bad = read(worker("bad"), (0, math.nan, 1, 0), (1, math.nan, 2, 1))
    good = read(worker("good"), (0, 3, 1, 0), (1, 2, 2, 1), (2, 2.1, None, 2))
    twice = read(worker("twice"), (0, 3, 1, 0), (1, 1, 2, 1), (2, 3, 1, 2), (3, 2.5, 2, 3))
    workers = {each.name: each for each in (bad, good, twice)}
    ranked = scores(workers, "val_loss", at(9))
    told = columns(ranked, "val_loss")
    assert [tuple(column.told(score) for column in told[:5]) for score in ranked] == [
        ("★ 1", "good", "2.100", "result", "2"),
        ("2", "twice · 1", "1", "at 2", "2"),
        ("3", "twice · 2", "2.500", "at 2", "2"),
        ("4", "bad", "nan", "diverged", "2"),
    ]
    assert [score.worker.name for score in leaders(ranked)] == ["good", "twice", "bad"]
    turned = scores(workers, "val_loss", at(9), lower=False)
    assert [score.name for score in turned] == ["good", "twice · 1", "twice · 2", "bad"]


def test_a_run_that_only_began_to_diverge_says_so() -> None:
    [score] = scores({"w": read(worker("w"), (0, 3, 1, 0), (1, math.inf, 2, 1))}, "val_loss", at(9))
    assert score.run.diverged
    assert score.run.value == 3
    assert columns([score], "val_loss")[3].told(score) == "diverged"


def test_the_time_of_a_run_is_that_of_its_command() -> None:
    first, second = command(1, "t --lr 1", 0, 100, began=5), command(2, "t --lr 2", 100, 0, began=50, ended=False)
    one = worker("w", first, second, state=WorkerState.RUNNING)
    read(one, (10, 3, 1, 10), (20, 2, 2, 20), (30, 5, 1, 60), (40, 4, 2, 70), (60, 3, 1, 110))
    found = {score.run.number: score for score in scores({"w": one}, "val_loss", at(90))}
    # The second run is of the same command as the first; the third goes on.
    assert {number: score.seconds for number, score in found.items()} == {1: 15, 2: 20, 3: 40}
    assert [found[number].settings["lr"] for number in (1, 2, 3)] == ["1", "1", "2"]
    assert found[1].points("time") == [(5, 3), (15, 2)]
    assert found[1].points("step") == [(1, 3), (2, 2)]


def test_a_result_that_another_command_prints_belongs_to_the_run_before() -> None:
    one = worker("w", command(1, "train --lr 1", 0, 100, began=5), command(2, "eval --all", 100, 200, began=50))
    read(one, (10, 3, 1, 10), (20, 2, 2, 20), (60, 2.2, None, 150))
    [score] = scores({"w": one}, "val_loss", at(90))
    assert (score.run.value, score.run.offset) == (2.2, 150)
    assert score.settings == {"lr": "1"}
    assert score.points("time") == [(5, 3), (15, 2), (55, 2.2)]


def test_of_commands_at_once_the_newest_that_ran_is_meant() -> None:
    one = worker("w", command(1, "a", 0, 100), command(2, "b", 10, 20), command(3, "c", 30, 0, ended=False))
    told = {offset: found.text for offset in (0, 15, 25, 40, 500) if (found := command_of(one, offset)) is not None}
    assert told == {0: "a", 15: "b", 25: "a", 40: "c", 500: "c"}
    assert command_of(worker("v"), 0) is None


def test_settings_that_differ_become_columns_and_numbers_are_sorted_as_such() -> None:
    workers = {}
    for index, lr in enumerate(("0.5", "10", "auto", None)):
        text = f"t --seed 0 --step 7{f' --lr {lr}' if lr else ''} --tokens {index}"
        one = worker(f"w{index}", command(1, text, 0, 10), gpu="H100:2" if index else "")
        workers[one.name] = read(one, (1, float(index), 1, 0))
    ranked = scores(workers, "val_loss", at(9))
    told = {column.name: column for column in columns(ranked, "val_loss")}
    assert [*told][-3:] == ["gpu type", "lr", "tokens (option)"]
    by = sorted(ranked, key=told["lr"].key)
    assert [told["lr"].told(score) for score in by] == ["0.5", "10", "auto", "—"]
    assert [told["lr"].raw(score) for score in by] == ["0.5", "10", "auto", None]


def test_a_price_that_is_not_known_is_not_nothing() -> None:
    one = read(worker("w"), (0, 1, 1, 0))
    one.leasing = Leasing(gpu_hours=1.5, unpriced={"H100"})
    one.tokens = Tokens(requests=1, input=900, output=100)
    [score] = scores({"w": one}, "val_loss", at(9))
    told = {column.name: column for column in columns([score], "val_loss")}
    assert (told["dollars"].told(score), told["dollars"].raw(score)) == ("unknown", None)
    assert (told["gpu time"].told(score), told["gpu time"].raw(score)) == ("1:30:00", 1.5)
    assert (told["tokens"].told(score), told["tokens"].raw(score)) == ("1.0k", 1000)


def test_words_find_what_stands_in_a_row_its_settings_or_its_task() -> None:
    one = read(worker("ann", command(1, "t --lr 0.1", 0, 9)), (0, 1, 1, 0))
    [score] = scores({"ann": one}, "val_loss", at(9))
    told = columns([score], "val_loss")
    assert all(found(score, told, words) for words in ("", "ann", "LR=0.1", "train done", "at 1"))
    assert not any(found(score, told, words) for words in ("bob", "lr=0.2", "ann bob"))


def test_a_snapshot_does_not_change_with_the_session() -> None:
    one = read(worker("w"), (0, 1, 1, 0))
    kept = snapshot({"w": one})
    read(one, (1, 2, 2, 1))
    read(one, (1, 2, 2, 1), metric="acc")
    assert len(kept["w"].curves["val_loss"]) == 1
    assert [*kept["w"].curves] == ["val_loss"]
