"""Pictures of curves: well-formed whatever the numbers and names, and true to them."""

import math
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.reports.drawing import Line
from golfer_tui.reports.frame import Series
from golfer_tui.reports.plot import plot
from golfer_tui.reports.svg import svg
from golfer_tui.reports.ticks import labels, log_ticks, ticks

SVG = "{http://www.w3.org/2000/svg}"

numbers = st.floats(allow_nan=True, allow_infinity=True)
plane = st.lists(st.tuples(numbers, numbers), max_size=8)
curves = st.lists(st.builds(Series, st.text(max_size=12), plane), max_size=9)


@given(curves, st.text(max_size=20), st.booleans())
def test_every_picture_is_well_formed_and_stays_inside_its_frame(series: list[Series], title: str, log: bool) -> None:
    picture = ET.fromstring(svg(plot(series, title=title, log=log)))
    assert picture.tag == f"{SVG}svg"
    for circle in picture.iter(f"{SVG}circle"):
        assert 0 <= float(circle.attrib["cx"]) <= 760
    for path in picture.iter(f"{SVG}path"):
        spots = [tuple(map(float, spot.split())) for spot in path.attrib["d"].removeprefix("M").split("L")]
        assert all(0 <= x <= 760 and 0 <= y <= 360 + 18 * 3 for x, y in spots)


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))
def test_ticks_are_in_order_inside_the_range_and_told_apart(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    found = ticks(low, high)
    assert found == sorted(found)
    slack = (abs(low) + abs(high)) * 1e-6
    assert all(low - slack <= tick <= high + slack for tick in found)
    assert len(labels(found)) == len(found) <= 9


def test_ticks_are_round() -> None:
    assert ticks(0, 10) == [0, 2, 4, 6, 8, 10]
    assert labels(ticks(1.93, 2.11)) == ["1.95", "2.00", "2.05", "2.10"]
    assert labels(ticks(0, 40_000)) == ["0", "10,000", "20,000", "30,000", "40,000"]
    assert log_ticks(0.02, 30) == [0.1, 1.0, 10.0]
    assert log_ticks(1.8, 4.2) == [2.0, 2.5, 3.0, 3.5, 4.0]


def test_a_curve_goes_down_where_its_numbers_do() -> None:
    picture = ET.fromstring(svg(plot([Series("a", [(0, 4.0), (10, 2.0)])], title="loss")))
    lines = [path.attrib["d"] for path in picture.iter(f"{SVG}path") if path.attrib.get("stroke-width") == "1.8"]
    (x0, y0), (x1, y1) = (map(float, point.split()) for point in lines[0][1:].split("L"))
    assert (x0, x1) == (64, 744)
    assert y0 < y1


def test_what_is_not_a_number_breaks_the_line_and_a_lonely_point_is_a_dot() -> None:
    points = [(0, 1.0), (1, math.nan), (2, 3.0)]
    picture = ET.fromstring(svg(plot([Series("a", points)], title="loss")))
    assert len(list(picture.iter(f"{SVG}circle"))) == 2
    empty = svg(plot([Series("a", [(0, math.inf)])], title="<loss> & \x1b[2J"))
    assert "no number to draw" in empty
    assert "&lt;loss&gt; &amp;" in empty
    assert "\x1b" not in empty


def test_64_curves_look_different() -> None:
    drawing = plot([Series(str(number), [(0, number), (1, number)]) for number in range(64)], title="many")
    lines = [shape for shape in drawing.shapes if isinstance(shape, Line) and shape.width == 1.8]
    assert len({(line.ink, line.dash) for line in lines}) == 64
