"""What is seen of curves: whatever the numbers, lines stay inside, and a side can be zoomed and moved without end."""

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.reports.frame import Frame, clipped, moved, scaled

finite = st.floats(allow_nan=False, allow_infinity=False)
near = st.floats(-3, 3)
plane = st.lists(st.tuples(st.floats(), st.floats()), max_size=12)


@given(st.lists(plane, max_size=4), st.booleans())
def test_lines_are_seen_inside_only(curves: list[list[tuple[float, float]]], log: bool) -> None:
    frame = Frame.around(curves, log=log)
    if frame is None:
        assert not any(math.isfinite(x) and math.isfinite(y) and (y > 0 or not log) for each in curves for x, y in each)
        return
    for line in itertools.chain.from_iterable(frame.lines(each) for each in curves):
        assert line
        assert all(-1e-6 <= x <= 1 + 1e-6 and -1e-6 <= y <= 1 + 1e-6 for x, y in line)


@given(near, near, near, near)
def test_what_is_cut_off_lies_on_the_same_line(x: float, y: float, x2: float, y2: float) -> None:
    part = clipped((x, y), (x2, y2))
    samples = [(x + (x2 - x) * at / 64, y + (y2 - y) * at / 64) for at in range(65)]
    inside = [spot for spot in samples if all(0 < each < 1 for each in spot)]
    if part is None:
        assert not inside
        return
    for a, b in part:
        assert abs((a - x) * (y2 - y) - (b - y) * (x2 - x)) < 1e-6
    (left, right), (low, high) = (sorted(ends) for ends in zip(*part, strict=True))
    assert all(left - 1e-9 <= a <= right + 1e-9 and low - 1e-9 <= b <= high + 1e-9 for a, b in inside)


def test_a_gap_breaks_a_line_and_one_point_alone_is_a_dot() -> None:
    frame = Frame((0, 4), (0, 1))
    points = [(0, 0.0), (1, 1.0), (2, math.nan), (3, 0.5), (4, math.inf), (4, 0.0), (4, 0.0)]
    assert list(frame.lines(points)) == [[(0, 0), (0.25, 1)], [(0.75, 0.5)], [(1, 0)]]


def test_a_wild_beginning_does_not_flatten_the_rest() -> None:
    points = [(step, 100.0 if step == 0 else 3.0 - step / 100) for step in range(20)]
    frame = Frame.around([points])
    assert frame is not None
    assert frame.x == (0, 19)
    assert frame.y[1] < 3
    part = Frame.around([points], x=(0, 1))
    assert part is not None
    assert part.y == (2.99, 100)


def test_powers_of_ten_leave_out_what_is_not_above_nothing() -> None:
    frame = Frame.around([[(0, -1.0), (1, 0.01), (2, 100.0)]], log=True)
    assert frame is not None
    assert [frame.up(value) for value in (0.01, 1, 100)] == [0, 0.5, 1]
    assert Frame.around([[(0, -1.0)]], log=True) is None


sides = st.tuples(finite, finite).filter(lambda side: side[0] < side[1] and math.isfinite(side[1] - side[0]))


@given(sides, st.lists(st.tuples(st.sampled_from([0.5, 2.0, 10.0]), st.floats(0, 1)), max_size=40), st.booleans())
def test_a_side_stays_sound_however_it_is_zoomed(
    side: tuple[float, float], steps: list[tuple[float, float]], log: bool
) -> None:
    if log:
        side = (abs(side[0]) + 1e-3, abs(side[0]) * 2 + 1)
    if not (math.isfinite(side[1]) and side[0] < side[1]):
        return
    for factor, share in steps:
        side = moved(scaled(side, factor, share, log=log), share, log=log)
        assert side[0] < side[1]
        assert math.isfinite(side[1] - side[0])
        assert side[0] > 0 or not log


def test_zooming_keeps_what_it_is_about_in_place() -> None:
    assert scaled((0, 10), 0.5, 0.2) == (1, 6)
    assert moved((0, 10), 0.1) == (1, 11)
    low, high = scaled((1, 10_000), 0.5, log=True)
    assert (round(low, 6), round(high, 6)) == (10, 1000)
