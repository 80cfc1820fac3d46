"""PNG pictures: what stands in the drawing stands in the file, with a font of its own, whatever the words are."""

import io
import itertools
import math

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from golfer_tui.reports.drawing import Drawing, Line, Text
from golfer_tui.reports.frame import Series
from golfer_tui.reports.plot import INKS, plot
from golfer_tui.reports.png import SCALE, dashed, png


def colours(data: bytes) -> dict[tuple[int, ...], int]:
    image = Image.open(io.BytesIO(data)).convert("RGB")
    return {colour: count for count, colour in image.getcolors(1 << 20)}


def rgb(ink: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(ink.removeprefix("#")))


def test_the_file_has_each_curve_in_its_colour() -> None:
    series = [Series(name, [(0, 4.0 + k), (10, 2.0 + k)]) for k, name in enumerate(("ann", "bob"))]
    data = png(plot(series, title="val_loss"))
    assert data.startswith(b"\x89PNG")
    image = Image.open(io.BytesIO(data))
    assert image.size == (760 * SCALE, (360 + 18) * SCALE)
    found = colours(data)
    assert all(found.get(rgb(ink), 0) > 500 for ink in INKS[:2])
    assert rgb(INKS[2]) not in found


@settings(max_examples=10, deadline=None)
@given(
    st.text(max_size=30),
    st.lists(st.builds(Series, st.text(max_size=9), st.lists(st.tuples(st.floats(), st.floats()), max_size=6))),
)
def test_any_names_and_numbers_make_a_picture(title: str, series: list[Series]) -> None:
    assert png(plot(series[:9], title=title, width=320, height=160)).startswith(b"\x89PNG")


def test_words_are_drawn_without_a_font_of_the_system() -> None:
    def dark(words: str) -> int:
        return sum(
            count
            for colour, count in colours(png(Drawing("", 200, 40, (Text((5, 20), words),)))).items()
            if sum(colour) < 400
        )

    assert 0 < dark("step") < dark("step step step")


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=2, max_size=6),
    st.lists(st.integers(1, 9), min_size=2, max_size=4).filter(lambda dash: len(dash) % 2 == 0),
)
def test_dashes_have_their_lengths(spots: list[tuple[float, float]], dash: list[int]) -> None:
    def length(line: list[tuple[float, float]]) -> float:
        return sum(math.dist(a, b) for a, b in itertools.pairwise(line))

    parts = list(dashed(spots, tuple(dash)))
    whole, drawn = length(spots), sum(map(length, parts))
    assert drawn <= whole + 1e-6
    for index, part in enumerate(parts[:-1]):
        assert math.isclose(length(part), dash[2 * index % len(dash)], abs_tol=1e-6)
    rounds, rest = divmod(whole, sum(dash))
    least = rounds * sum(dash[::2]) + min(rest, 0)
    assert drawn >= least - dash[0] - 1e-6


def test_a_dashed_line_has_gaps() -> None:
    def black(dash: tuple[int, ...]) -> int:
        line = Line(((0, 10), (100, 10)), "#000000", 2, dash)
        return colours(png(Drawing("", 100, 20, (line,))))[0, 0, 0]

    assert 0.4 < black((10, 10)) / black(()) < 0.6
