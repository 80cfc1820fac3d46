"""Words and lines in a transcript: the same that a reader of the text would see, however it was wrapped."""

import contextlib
import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golfer_tui.terminal.screen import Screen
from golfer_tui.terminal.transcript import Spot, Transcript
from golfer_tui.terminal.words import line_at, next_word, word_at, word_before, word_end

TEXTS = st.lists(st.text("ab .日é,é(", max_size=30).map(lambda text: text.rstrip(" ")), min_size=1, max_size=6)
TOKEN = re.compile(r"[\w./~\\+%@-]+|[^\w\s./~\\+%@-]+")


@contextlib.contextmanager
def printed(texts: list[str], columns: int = 12) -> Iterator[Transcript]:
    screen = Screen(columns, 5)
    screen.feed("\r\n".join(texts).encode())
    lines = screen.transcript()
    lines.settle()
    yield lines
    lines.close()
    screen.close()


def begins(lines: Transcript, texts: list[str]) -> list[Spot]:
    """Where the words and signs begin, by the text alone."""
    found, row = [], lines.first
    for text in texts:
        spots = []
        while True:
            cells = lines.cells(row)
            spots += [Spot(row, x) for x, cell in enumerate(cells) for _ in cell]
            row += 1
            if not lines.wraps(row - 1, 1)[0]:
                break
        found += [spots[token.start()] for token in TOKEN.finditer(text)]
    return found


@settings(deadline=None)
@given(TEXTS, st.integers(4, 40))
def test_forwards_and_backwards_all_words_are_met(texts: list[str], columns: int) -> None:
    with printed(texts, columns) as lines:
        expected = begins(lines, texts)
        spot, met = Spot(lines.first, 0), []
        if expected and expected[0] == spot:
            met.append(spot)
        while (after := next_word(lines, spot)) > spot and after in expected:
            spot = after
            met.append(spot)
        assert met == expected
        spot = Spot(lines.end - 1, columns - 1)
        back = [spot] if spot in expected else []
        while (before := word_before(lines, spot)) < spot and before in expected:
            spot = before
            back.append(spot)
        assert [*reversed(back)] == expected


@settings(deadline=None)
@given(TEXTS, st.integers(4, 40), st.integers(0, 200))
def test_a_word_is_the_same_from_each_of_its_cells(texts: list[str], columns: int, place: int) -> None:
    with printed(texts, columns) as lines:
        row, x = divmod(place % ((lines.end - lines.first) * columns), columns)
        spot = Spot(lines.first + row, x)
        begin, end = word_at(lines, spot)
        assert begin <= end
        assert word_at(lines, begin) == word_at(lines, end) == (begin, end)
        text = lines.text(begin, end)
        assert not text.strip() or TOKEN.fullmatch(text)
        assert word_end(lines, begin).line <= lines.end


@pytest.mark.parametrize(
    ("text", "at", "word"),
    [
        ("val_bpb:2.413, next", 2, "val_bpb"),
        ("val_bpb:2.413, next", 9, "2.413"),
        ("see /tmp/a-b/c.py: 12", 8, "/tmp/a-b/c.py"),
        ("--lr=0.3 --out=x", 0, "--lr"),
        ("a  ((b", 4, "(("),
        ("日本語 text", 1, "日本語"),
    ],
)
def test_what_a_double_click_selects(text: str, at: int, word: str) -> None:
    with printed([text], 40) as lines:
        assert lines.text(*word_at(lines, Spot(lines.first, at))) == word


def test_a_wrapped_line_is_one() -> None:
    with printed(["x" * 30, "y"], 12) as lines:
        for row in range(3):
            assert line_at(lines, lines.first + row) == (lines.first, lines.first + 2)
        assert line_at(lines, lines.first + 3) == (lines.first + 3, lines.first + 3)
