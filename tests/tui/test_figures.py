"""Numbers and bars, as people read them."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.model import figures


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0:00"), (7.9, "0:07"), (750, "12:30"), (3723, "1:02:03"), (190_800, "2d 5h")]
)
def test_spans(seconds: float, told: str) -> None:
    assert figures.span(seconds) == told


@pytest.mark.parametrize(("seconds", "told"), [(0.04, "40 ms"), (2.34, "2.3 s"), (61, "1:01")])
def test_calls(seconds: float, told: str) -> None:
    assert figures.brief(seconds) == told


@pytest.mark.parametrize(
    ("count", "told"), [(512, "512"), (4 << 10, "4.0K"), (41 << 20, "41M"), (5 << 28, "1.2G"), (3 << 40, "3.0T")]
)
def test_sizes(count: int, told: str) -> None:
    assert figures.size(count) == told


@pytest.mark.parametrize(("number", "told"), [(950, "950"), (12_340, "12.3k"), (4_000_000, "4.0M")])
def test_tallies(number: int, told: str) -> None:
    assert figures.tally(number) == told


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (2.41349, "2.413"),
        (0.00312, "0.00312"),
        (12000, "12000"),
        (1e-7, "1e-07"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_values(number: float, told: str) -> None:
    assert figures.value(number) == told


def test_nothing_has_passed_before_a_start() -> None:
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert figures.since(None, now) == 0
    assert figures.since(now + dt.timedelta(seconds=5), now) == 0


@given(st.floats(-1, 3), st.integers(0, 40))
def test_bars_are_whole_and_differ_in_shape(fraction: float, width: int) -> None:
    full, rest = figures.bar(fraction, width)
    assert len(full + rest) == width
    assert set(full) <= {"━"}
    assert set(rest) <= {"─"}
