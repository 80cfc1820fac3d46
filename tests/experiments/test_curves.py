"""Sparklines: width, scale and gaps."""

import math
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from golfer_tui.experiments.curves import BLOCKS, GAP, curve, sparkline


def test_a_falling_curve_falls() -> None:
    assert sparkline([8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0], 8) == BLOCKS[::-1]
    assert sparkline([8.0, 8.0, 1.0, 1.0], 2) == "█▁"


def test_what_is_no_number_is_a_gap() -> None:
    assert sparkline([1.0, math.nan, 2.0], 3) == f"▁{GAP}█"
    assert sparkline([math.inf], 5) == GAP
    assert sparkline([], 5) == sparkline([1.0], 0) == ""


def test_a_constant_curve_is_flat() -> None:
    assert len(set(sparkline([3.0] * 9, 4))) == 1


def test_bounds_set_the_scale_and_what_is_beyond_stands_at_the_edge() -> None:
    assert sparkline([0.0, 50.0, 300.0], 3, low=0.0, high=100.0) == "▁▅█"
    assert sparkline([0.0, 0.0], 2, low=0.0, high=0.0) == "▁▁"


@pytest.mark.parametrize("sign", [1, -1])
def test_a_curve_is_not_flattened_by_its_first_values(sign: int) -> None:
    values = [sign * value for value in (80.0, 3.0, 2.9, 2.8, 2.7, 2.6, 2.5, 2.4, 2.3, 2.2, 2.1, 2.0)]
    assert len(set(curve(values, 20))) > len(set(sparkline(values, 20)))


@example([0.0] * 7 + [1.0, 1.1e308, -1.0], 2, curve)
@given(st.lists(st.floats()), st.integers(0, 50), st.sampled_from([sparkline, curve]))
def test_it_never_is_wider_than_asked(values: list[float], width: int, draw: Callable[..., str]) -> None:
    line = draw(values, width)
    assert len(line) == min(width, len(values))
    assert set(line) <= {*BLOCKS, GAP}
