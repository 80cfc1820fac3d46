"""Readings that come faster than they can be kept: few stay, and those are the ones that tell most."""

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.experiments.metrics import Metric
from golfer_tui.experiments.thinning import BURST, CROWD, NAMES, RATE, Thinner

VALUES = st.lists(st.floats() | st.sampled_from([math.nan, math.inf]), min_size=1, max_size=300)


def readings(values: list[float], name: str = "loss") -> list[Metric]:
    return [Metric(name, value, step, step) for step, value in enumerate(values)]


def test_what_comes_at_a_usual_rate_is_kept_whole() -> None:
    thinner = Thinner()
    found = readings([float(n) for n in range(BURST)])
    assert thinner.pick(found, 0.0) == found
    for second in range(1, 10):
        part = found[: int(RATE)]
        assert thinner.pick(part, float(second)) == part


@given(VALUES)
def test_of_a_flood_the_ends_stay_in_order(values: list[float]) -> None:
    thinner = Thinner()
    thinner.pick(readings([0.0] * BURST), 0.0)
    found = readings(values)
    kept = thinner.pick(found, 0.0)
    assert [metric.step for metric in kept] == sorted({metric.step for metric in kept})
    assert kept[-1] is found[-1]
    assert len(kept) <= 4
    finite = [value for value in values if math.isfinite(value)]
    if finite:
        assert {min(finite), max(finite)} <= {metric.value for metric in kept}
    if len(finite) < len(values):
        assert any(not math.isfinite(metric.value) for metric in kept)


def test_what_room_there_is_goes_to_the_others_evenly() -> None:
    thinner = Thinner()
    kept = thinner.pick(readings([float(n) for n in range(100 * BURST)]), 0.0)
    assert BURST - 3 <= len(kept) <= BURST
    gaps = [after.offset - before.offset for before, after in itertools.pairwise(kept)]
    assert max(gaps) <= 101
    assert len(thinner.pick(readings([1.0] * 1000), 0.1)) <= RATE * 0.1


def test_names_without_end_are_bounded() -> None:
    thinner = Thinner()
    found = [Metric(f"loss_{n}", 1.0, n, n) for n in range(2 * NAMES)]
    assert thinner.pick(found, 0.0) == found[:NAMES]
    thinner.pick(readings([0.0] * BURST, "loss_1"), 0.0)
    assert {metric.name for metric in thinner.pick(found, 0.0)} == {f"loss_{NAMES - 1 - n}" for n in range(CROWD)}
