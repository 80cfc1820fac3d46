"""GPUs that idle are told of once for each stretch."""

from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.costs.idling import Idling
from golfer_tui.model.gauges import GpuSample, Sample


def sample(*uses: float | None) -> Sample:
    return Sample(cpu=0.0, memory=0, gpus=tuple(GpuSample(i, "H100", use) for i, use in enumerate(uses)))


def test_told_once_a_stretch_and_cleared_when_busy() -> None:
    idling = Idling(3.0, 5.0)
    told = [(now, found) for now in range(600) if (found := idling.take("w", sample(0.0, 90.0), now)) is not None]
    assert told == [(180, (0,))]
    assert idling.take("w", sample(5.0, 90.0), 600) == (), "5 % is not below 5 %"
    assert idling.take("w", sample(4.9, 4.9), 601) is None
    assert idling.take("w", sample(4.9, 4.9), 781) == (0, 1)
    assert idling.take("w", sample(90.0, 4.9), 782) == (1,)


def test_one_worker_is_not_another_and_a_new_sandbox_begins_anew() -> None:
    idling = Idling(1.0, 5.0)
    idling.take("a", sample(0.0), 0)
    assert idling.take("b", sample(0.0), 60) is None
    assert idling.take("a", sample(0.0), 60) == (0,)
    idling.forget("a")
    assert idling.take("a", sample(0.0), 61) is None
    assert idling.take("a", sample(0.0), 121) == (0,)


def test_what_is_not_told_is_no_idling_and_zero_minutes_are_never() -> None:
    idling = Idling(1.0, 5.0)
    assert [idling.take("mig", sample(None), now) for now in (0, 1000)] == [None, None]
    assert [idling.take("cpu", sample(), now) for now in (0, 1000)] == [None, None]
    off = Idling(0.0, 5.0)
    assert [off.take("w", sample(0.0), now) for now in (0, 10_000)] == [None, None]


@given(st.lists(st.sampled_from([0.0, 4.0, 50.0, None]), max_size=60))
def test_alarms_and_their_ends_take_turns(uses: list[float | None]) -> None:
    idling = Idling(1.0, 5.0)
    told = [found for i, use in enumerate(uses) if (found := idling.take("w", sample(use), i * 20)) is not None]
    assert told == [(0,) if i % 2 == 0 else () for i in range(len(told))]
