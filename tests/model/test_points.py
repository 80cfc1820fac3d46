"""Long curves are thinned out, and what a ranking is about stays."""

import datetime as dt
import math

from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.model.points import POINTS, Curve, Point

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def grown(values: list[tuple[float, int | None]]) -> Curve:
    curve = Curve()
    for offset, (value, step) in enumerate(values):
        curve.append(Point(NOON, value, step, offset))
    return curve


def test_the_best_of_ten_thousand_stays_wherever_it_was() -> None:
    for best in (3, 4, 777, 5000, 9999):
        curve = grown([(2.0 if step == best else 3.0 + step % 7, step) for step in range(10_000)])
        assert len(curve) <= POINTS
        assert min(curve, key=lambda point: point.value).step == best
        assert [point.offset for point in curve] == sorted(point.offset for point in curve)


def test_results_and_the_first_divergence_stay() -> None:
    values: list[tuple[float, int | None]] = [(3.0, step) for step in range(300)]
    values += [(2.5, None), (math.nan, 0)]
    values += [(3.0, step) for step in range(1, 3000)]
    curve = grown(values)
    assert [point.value for point in curve if point.step is None] == [2.5]
    assert sum(math.isnan(point.value) for point in curve) == 1


@given(st.lists(st.tuples(st.floats(), st.none() | st.integers(0, 9)), min_size=1, max_size=40), st.integers(1, 60))
def test_it_is_bounded_whatever_comes(pattern: list[tuple[float, int | None]], times: int) -> None:
    assert len(grown(pattern * times)) <= POINTS


@given(
    st.lists(
        st.builds(
            Point,
            st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC)),
            st.floats(allow_nan=False),
            st.none() | st.integers(-9, 10**12),
            st.integers(0, 2**62),
        ),
        max_size=POINTS,
    )
)
def test_every_point_stays_what_it_was(points: list[Point]) -> None:
    curve = Curve(points)
    assert [*curve] == points == curve[:] == [curve[place] for place in range(len(points))]
    assert [*curve.values] == [point.value for point in points]
    assert curve.copy() == curve == Curve.unpacked(curve.packed())


def test_what_no_column_can_hold_is_clipped() -> None:
    [point] = Curve([Point(NOON, 1.0, 10**30, -(10**30))])
    assert (point.step, point.offset) == (2**63 - 1, 1 - 2**63)
