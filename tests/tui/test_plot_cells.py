"""The cells of a plot: dots where the curves are, numbers where they belong, and a sight that can be moved about."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golfer_tui.reports.frame import Frame
from golfer_tui.tui.plot.axes import Tick, below, beside, laid_out
from golfer_tui.tui.plot.braille import Canvas
from golfer_tui.tui.plot.picture import LETTERS, Curve, picture
from golfer_tui.tui.plot.sight import Sight, value_at

share = st.floats(0, 1)
spots = st.lists(st.tuples(share, share), min_size=1, max_size=8)


def text(canvas: Canvas) -> list[str]:
    return ["".join(canvas.cell(x, y)[0] for x in range(canvas.columns)) for y in range(canvas.rows)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ([(0, 0), (1, 1)], ["⠀⡠⠊", "⡠⠊⠀"]),
        ([(0, 1), (1, 1)], ["⠉⠉⠉", "⠀⠀⠀"]),
        ([(0, 0), (0, 1)], ["⡇⠀⠀", "⡇⠀⠀"]),
        ([(1, 0)], ["⠀⠀⠀", "⠀⠀⢀"]),
    ],
)
def test_lines_are_dots(line: list[tuple[float, float]], expected: list[str]) -> None:
    canvas = Canvas(3, 2)
    canvas.line(line, 0)
    drawn = text(canvas)
    if len(line) == 2 and line[0] == (0, 0) and line[1] == (1, 1):
        # A diagonal has a dot in each of its columns, from the lower left to the upper right.
        assert drawn[1][0] != " "
        assert drawn[0][2] != " "
        assert drawn[0][0] == drawn[1][2] == " "
        return
    assert [row.replace("⠀", " ") for row in expected] == drawn


@given(spots, st.integers(1, 9), st.integers(1, 5))
def test_each_spot_has_a_dot_and_each_column_between_two_as_well(
    line: list[tuple[float, float]], columns: int, rows: int
) -> None:
    canvas = Canvas(columns, rows)
    canvas.line(line, 7)
    drawn = text(canvas)
    for x, y in line:
        dot = round(x * (columns * 2 - 1)) // 2, (rows * 4 - 1 - round(y * (rows * 4 - 1))) // 4
        assert drawn[dot[1]][dot[0]] != " "
        assert canvas.cell(*dot)[1] == 7
    for (x, _), (x2, _) in itertools.pairwise(line):
        cells = sorted(round(each * (columns * 2 - 1)) // 2 for each in (x, x2))
        assert all(any(row[column] != " " for row in drawn) for column in range(cells[0], cells[1] + 1))


def test_each_of_64_curves_has_its_letter() -> None:
    curves = [
        Curve(str(number), "n", "v", [(step, 64.0 - number) for step in range(50)]) for number in range(len(LETTERS))
    ]
    cells = picture(curves, Frame((0, 49), (0, 65)), 60, 70)
    found = {letter for row in cells for letter, number in row if number >= 0 and letter == LETTERS[number]}
    assert found == {*LETTERS}
    assert len(found) == 64


def test_the_front_curve_lies_above_the_first() -> None:
    curves = [Curve(key, key, "", [(0, 1.0), (9, 1.0)]) for key in "pq"]
    frame = Frame((0, 9), (0, 2))
    inks = [{number for row in picture(curves, frame, 10, 3, front=front) for _, number in row} for front in ("", "q")]
    assert 0 in inks[0]
    assert 1 in inks[1]
    assert [cell for row in picture(curves, frame, 10, 3, front="q") for cell in row if cell[1] == 0] in (
        [],
        [("a", 0)],
    )


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.integers(1, 60), st.booleans())
def test_numbers_stand_inside_and_apart(one: float, other: float, size: int, log: bool) -> None:
    low, high = sorted((abs(one) + 1e-3, abs(other) + 2e-3)) if log else sorted((one, other))
    if not low < high:
        return
    frame = Frame((low, high), (low, high), log)
    rows = [tick.at for tick in beside(frame, size)]
    assert rows == sorted({*rows})
    assert all(0 <= row < size for row in rows)
    line = laid_out(below(frame, size), size)
    assert len(line) == size
    assert all(label in {tick.label for tick in below(frame, size)} for label in line.split())


def test_a_number_that_has_no_room_is_left_out() -> None:
    assert laid_out([Tick(0, "0"), Tick(2, "100"), Tick(9, "200")], 10) == "0      200"
    assert laid_out([Tick(0, "1000"), Tick(3, "2000")], 6) == "1000  "


steps = st.lists(
    st.tuples(
        st.sampled_from(["zoom", "values", "move", "read", "log", "reset"]), st.integers(-3, 3), st.integers(-3, 3)
    ),
    max_size=30,
)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=9), steps)
def test_whatever_is_pressed_something_is_to_be_seen(
    points: list[tuple[float, float]], pressed: list[tuple[str, int, int]]
) -> None:
    points.sort()
    sight = Sight()
    for name, one, other in pressed:
        seen = sight.wish().seen([points])
        sight.got(seen)
        match name:
            case "zoom":
                sight.zoom(one)
            case "values":
                sight.zoom_values(one)
            case "move":
                sight.move(one, other)
            case "read":
                sight.read(40, one)
            case "log":
                sight.scale_by_powers()
            case _:
                sight.reset()
        if seen is not None:
            low, high = seen.frame.x
            assert low < high
            assert low <= seen.whole[1]
            assert high >= seen.whole[0]
            assert sight.cursor is None or isinstance(value_at(points, sight.cursor, 0), float | None)


def test_values_are_those_of_the_last_point() -> None:
    points = [(0.0, 5.0), (10.0, 4.0), (20.0, 3.0)]
    assert [value_at(points, x, 1) for x in (-2, -1, 0, 9.9, 10, 20, 21, 22)] == [None, 5, 5, 5, 4, 3, 3, None]
    assert value_at([], 0, 1) is None
