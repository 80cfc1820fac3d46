"""Sparklines: width, scale and gaps."""

import math

from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.experiments.curves import BLOCKS, GAP, sparkline


def test_a_falling_curve_falls() -> None:
    assert sparkline([8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0], 8) == BLOCKS[::-1]
    assert sparkline([8.0, 8.0, 1.0, 1.0], 2) == "█▁"


def test_what_is_no_number_is_a_gap() -> None:
    assert sparkline([1.0, math.nan, 2.0], 3) == f"▁{GAP}█"
    assert sparkline([math.inf], 5) == GAP
    assert sparkline([], 5) == sparkline([1.0], 0) == ""


def test_a_constant_curve_is_flat() -> None:
    assert len(set(sparkline([3.0] * 9, 4))) == 1


@given(st.lists(st.floats()), st.integers(0, 50))
def test_it_never_is_wider_than_asked(values: list[float], width: int) -> None:
    line = sparkline(values, width)
    assert len(line) == min(width, len(values))
    assert set(line) <= {*BLOCKS, GAP}
