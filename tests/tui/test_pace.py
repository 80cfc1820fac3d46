"""When frames come, which echo does not wait for one, and which clocks go on. The time is the test's own."""

import datetime as dt

import pytest

from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.tui import pace
from golfer_tui.tui.pace import FRAME, HURRY, LONGEST, REST, SOON, Pace
from golfer_tui.tui.pulse import STEP, Clocks


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(pace, "_now", lambda: now[0])
    return now


def framed(clock: list[float], seconds: float) -> Pace:
    made = Pace()
    assert made.delay == 0.0
    made.begin()
    clock[0] += seconds
    made.end()
    return made


def test_cheap_frames_come_at_the_usual_pace_and_dear_ones_less_often(clock: list[float]) -> None:
    assert framed(clock, 0.001).delay == pytest.approx(FRAME - 0.001)
    assert framed(clock, 0.02).delay == pytest.approx(0.02 * REST)
    assert framed(clock, 0.15).delay == pytest.approx(LONGEST - 0.15)
    assert framed(clock, 1.0).delay == 0.0


def test_a_frame_that_is_painted_later_is_counted_when_it_is_painted(clock: list[float]) -> None:
    made = framed(clock, 0.001)
    clock[0] += FRAME
    assert not made.early
    clock[0] += 0.02
    made.end()
    assert made.early
    clock[0] += made.delay
    assert not made.early


def test_only_the_terminal_that_was_typed_into_is_shown_at_once_and_not_without_end(clock: list[float]) -> None:
    made = Pace()
    assert not made.echoes("ann")
    made.hurry("ann")
    assert not made.echoes("bob")
    assert made.echoes("ann")
    assert not made.echoes("ann")
    clock[0] += SOON
    assert made.echoes("ann")
    clock[0] += HURRY + SOON
    assert not made.echoes("ann")


def test_the_selected_clock_goes_each_second_the_others_by_steps_and_those_at_rest_not_at_all() -> None:
    start = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    workers = [Worker(WorkerSpec(name, "")) for name in ("ann", "bob", "cy")]
    for worker in workers:
        worker.started, worker.state = start, WorkerState.RUNNING
    workers[2].state = WorkerState.DONE
    clocks = Clocks()
    due = [clocks.due(workers, start + dt.timedelta(seconds=second), "ann") for second in range(2 * STEP)]
    assert [second for second, names in enumerate(due) if "ann" in names] == list(range(2 * STEP))
    assert [second for second, names in enumerate(due) if "bob" in names] == [0, STEP]
    assert not any("cy" in names for names in due)
