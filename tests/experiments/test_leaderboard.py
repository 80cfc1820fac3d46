"""The leaderboard: runs are told apart, results count before readings on the way, and the order is by the metric."""

import math
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.experiments.leaderboard import best, lower_is_better, rank, runs_of, split
from golfer_tui.experiments.metrics import Metric, MetricReader


def read(text: str) -> list[Metric]:
    return [metric for metric in MetricReader().feed(text.encode()) if metric.name == "val_bpb"]


TWO_RUNS = """\
step:0/2 val_bpb:8.0
step:2/2 val_bpb:2.0
final_roundtrip val_bpb:2.1
final_roundtrip_exact val_bpb:2.1234
step:0/2 val_bpb:8.0
step:2/2 val_bpb:1.5
final_roundtrip val_bpb:1.6
final_roundtrip_exact val_bpb:1.6234
"""


def test_a_score_is_the_last_result_and_not_the_best_reading() -> None:
    runs = runs_of("ada", read(TWO_RUNS), lower=True)
    assert [(run.number, run.value, run.finished, run.readings) for run in runs] == [
        (1, 2.1234, True, 4),
        (2, 1.6234, True, 4),
    ]
    assert TWO_RUNS.encode()[runs[1].offset :].startswith(b"final_roundtrip_exact val_bpb:1.6234")


def test_a_real_log_is_one_run_with_its_published_score() -> None:
    data = (Path(__file__).parent / "data" / "naive_baseline.log").read_bytes()
    curve = [metric for metric in MetricReader().feed(data) if metric.name == "val_bpb"]
    (run,) = rank({"baseline": {"val_bpb": curve}}, "val_bpb")
    assert run.value == 1.2243657
    assert run.finished


def test_ranking_puts_results_first_and_divergence_last() -> None:
    curves = {
        "ada": {"val_bpb": read(TWO_RUNS)},
        "bob": {"val_bpb": read("step:1/9 val_bpb:1.0\nstep:2/9 val_bpb:0.9\n")},
        "cid": {"val_bpb": read("final val_bpb:nan\n")},
        "eve": {"loss": []},
    }
    ranked = rank(curves, "val_bpb")
    assert [(run.worker, run.number) for run in ranked] == [("ada", 2), ("ada", 1), ("bob", 1), ("cid", 1)]
    assert [run.worker for run in best(ranked)] == ["ada", "bob", "cid"]
    assert ranked[2].step == 2
    assert math.isnan(ranked[3].value)


def test_names_tell_which_way_is_better() -> None:
    assert lower_is_better("val_bpb")
    assert lower_is_better("eval/loss")
    assert not lower_is_better("accuracy")
    curves = {
        "ada": {"acc": read("")},
        "bob": {"acc": [Metric("acc", 0.5, None, 0)]},
        "cid": {"acc": [Metric("acc", 0.9, None, 0)]},
    }
    assert [run.worker for run in rank(curves, "acc")] == ["cid", "bob"]
    assert [run.worker for run in rank(curves, "acc", lower=True)] == ["bob", "cid"]


READINGS = st.lists(
    st.builds(
        Metric,
        name=st.just("x"),
        value=st.floats(),
        step=st.none() | st.integers(0, 5),
        offset=st.integers(0, 100),
    )
)


@given(READINGS)
def test_splitting_keeps_every_reading_in_order(readings: list[Metric]) -> None:
    runs = split(readings)
    assert [id(reading) for run in runs for reading in run] == [id(reading) for reading in readings]
    for run in runs:
        steps = [reading.step for reading in run if reading.step is not None]
        assert steps == sorted(set(steps))


@given(st.lists(READINGS, max_size=4), st.booleans())
def test_any_readings_can_be_ranked(curves: list[list[Metric]], lower: bool) -> None:
    ranked = rank({str(worker): {"x": curve} for worker, curve in enumerate(curves)}, "x", lower=lower)
    assert len(ranked) == sum(len(split(curve)) for curve in curves)
    values = [run.value for run in ranked if run.finished and math.isfinite(run.value)]
    assert values == sorted(values, reverse=not lower)
