"""The cursor of the copy mode and what is selected with it: always whole characters of lines that are there."""

import contextlib
from collections.abc import Iterator
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from golfer_tui.terminal.screen import Screen
from golfer_tui.terminal.transcript import Spot, Transcript
from golfer_tui.tui.copycursor import CopyCursor, Way
from golfer_tui.tui.paint import with_cursor, with_marks
from golfer_tui.tui.selection import By, Selection

TEXTS = st.lists(st.text("ab 日é👩(", max_size=30), max_size=15)
ROWS = 5


@contextlib.contextmanager
def printed(texts: list[str], columns: int) -> Iterator[Transcript]:
    screen = Screen(columns, ROWS)
    screen.feed("\r\n".join(texts).encode())
    lines = screen.transcript()
    lines.settle()
    yield lines
    lines.close()
    screen.close()


def whole(lines: Transcript, spot: Spot) -> bool:
    """It is the first cell of a character that is there."""
    return lines.first <= spot.line < lines.end and bool(lines.cells(spot.line)[spot.x])


@settings(deadline=None)
@given(TEXTS, st.integers(4, 20), st.lists(st.sampled_from(get_args(Way)), max_size=30), st.sampled_from(get_args(By)))
def test_the_cursor_never_leaves_the_lines(texts: list[str], columns: int, ways: list[Way], by: By) -> None:
    with printed(texts, columns) as lines:
        cursor = CopyCursor(lines, Spot(lines.end - 1, columns - 1))
        origin = cursor.spot
        for way in ways:
            before = cursor.spot
            cursor.move(lines, way, lines.active, ROWS)
            assert whole(lines, cursor.spot)
            if way in ("up", "left", "word-before", "page-up", "half-up", "line-begin", "oldest"):
                assert cursor.spot <= before
            if way in ("down", "right", "word", "word-end", "page-down", "half-down"):
                assert cursor.spot >= before or cursor.spot.line == lines.end - 1
            found = Selection(origin, cursor.spot, by).range(lines)
            assert found is not None
            begin, end = found
            assert begin <= min(origin, cursor.spot)
            assert end >= max(origin, cursor.spot)
            assert whole(lines, begin)
            # The cell after the last one begins another character.
            cells = lines.cells(end.line)
            assert end.x + 1 >= len(cells) or cells[end.x + 1]
            assert by != "line" or not lines.wraps(end.line, 1)[0] or end.line == lines.end - 1


def test_vertical_moves_keep_their_column() -> None:
    with printed(["a long line", "", "日本語日本語", "x"], 20) as lines:
        cursor = CopyCursor(lines, Spot(lines.first, 5))
        ways: tuple[Way, ...] = ("down", "down", "down", "up", "up", "up")
        columns = []
        for way in ways:
            cursor.move(lines, way, lines.active, ROWS)
            columns.append(cursor.spot.x)
        assert columns == [5, 4, 5, 4, 5, 5]


def test_of_a_selection_that_was_half_forgotten_the_rest_is_left() -> None:
    screen = Screen(20, ROWS)
    screen.feed(b"".join(b"line %d\r\n" % number for number in range(50)))
    lines = screen.transcript()
    lines.settle()
    selection = Selection(Spot(10, 0), Spot(40, 3))
    for start in range(50, 40_000, 3000):
        screen.feed(b"".join(b"line %d\r\n" % number for number in range(start, start + 3000)))
        lines.settle()
        found = selection.range(lines)
        if lines.first > 40:
            assert found is None
        else:
            assert found == (Spot(max(10, lines.first), 0), Spot(40, 3))
    assert lines.first > 40
    lines.close()
    screen.close()


@given(st.lists(st.tuples(st.integers(-2, 14), st.integers(-2, 14)), max_size=5))
def test_marks_change_no_text_and_only_their_cells(spans: list[tuple[int, int]]) -> None:
    strip = Strip([Segment("abcdef", Style(color="red")), Segment("ghijkl", Style(bold=True))], 12)
    drawn = with_marks(strip, [(begin, end, Style(underline=True)) for begin, end in spans])
    assert drawn.text == strip.text
    marked = [bool(segment.style and segment.style.underline) for segment in drawn for _ in segment.text]
    assert marked == [any(begin <= x < end for begin, end in spans) for x in range(12)]


@pytest.mark.parametrize(("shape", "text"), [("block", "a b"), ("underline", "a b"), ("bar", "a▏b")])
def test_cursors_by_shape(shape: str, text: str) -> None:
    strip = Strip([Segment("a b", Style())], 3)
    assert with_cursor(strip, 1, shape).text == text  # type: ignore[arg-type]
    assert with_cursor(strip, 7, shape) is strip  # type: ignore[arg-type]
