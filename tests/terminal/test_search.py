"""Searching a terminal: the same matches as a search of the whole text, however it came and while it goes on."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golfer_tui.terminal.screen import Screen
from golfer_tui.terminal.search import LIVE, MATCHES, Match, Search, query
from golfer_tui.terminal.transcript import Spot, Transcript

A_STEP, ALL_TIME = 1e-9, 60.0


def found(text: str, wanted: str, columns: int = 20, rows: int = 5) -> list[str]:
    """What each match covers, read back from the terminal."""
    screen = Screen(columns, rows)
    screen.feed(text.replace("\n", "\r\n").encode())
    lines = screen.transcript()
    lines.settle()
    search = Search(query(wanted))
    assert search.step(lines, ALL_TIME)
    texts = [covered(lines, search.get(index)) for index in range(search.count)]
    lines.close()
    screen.close()
    return texts


def covered(lines: Transcript, match: Match) -> str:
    return lines.text(Spot(match.line, match.x), Spot(match.end_line, match.end_x - 1))


def matches(search: Search) -> list[Match]:
    return [search.get(index) for index in range(search.count)]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("error", ["Error", "ERROR", "error"]),
        ("Error", ["Error"]),
        (r"\Serror", []),
        (r"err[ou]r$", ["ERROR", "error"]),
        (r"^\w+", ["Error", "an", "an"]),
        ("x*", []),
        ("", []),
    ],
)
def test_patterns_match_lines_in_smart_case(wanted: str, expected: list[str]) -> None:
    assert found("Error 1\nan ERROR\nan error\n", wanted) == expected


@pytest.mark.parametrize("wanted", ["(", "a(b", "[1", "*", r"\1", "(?=x)"])
def test_what_is_no_pattern_is_plain_text_and_says_why(wanted: str) -> None:
    asked = query(wanted)
    assert asked.complaint
    assert "\n" not in asked.complaint
    assert found(f"before {wanted} after\n", wanted, columns=40) == [wanted]


def test_a_match_over_the_end_of_a_row_is_found() -> None:
    assert found("x" * 17 + "needle in hay\n", "needle") == ["needle"]
    assert found("日本語" * 6 + "needle\n", "語needle", columns=39) == ["語needle"]
    # A wide character that did not fit leaves a cell empty.
    assert found("x" + "日本語" * 4 + "\n", "語日", columns=6) == ["語日"] * 3


@pytest.mark.parametrize("wanted", ["日本", "本", "語 e", "👩‍👩‍👧", "naïve", "e\N{COMBINING ACUTE ACCENT}", r"\w+ïve"])
def test_wide_and_combined_characters_are_found_whole(wanted: str) -> None:
    text = "日本語 e\N{COMBINING ACUTE ACCENT} 👩‍👩‍👧 naïve"
    expected = "naïve" if wanted.startswith("\\") else wanted if wanted != "語 e" else "語 e\N{COMBINING ACUTE ACCENT}"
    assert found(f"{text}\n", wanted, columns=60) == [expected]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("ab x日é", max_size=60), max_size=15),
    st.sampled_from(["a", "ab", "a+b", "b a", "日", "x.a", "é|b$", "^a"]),
    st.integers(3, 40),
    st.integers(2, 8),
    st.lists(st.integers(1, 60), max_size=10),
)
def test_the_same_is_found_however_the_output_came(
    texts: list[str], wanted: str, columns: int, rows: int, cuts: list[int]
) -> None:
    whole = "\r\n".join(texts).encode()
    screen = Screen(columns, rows)
    lines = screen.transcript()
    search = Search(query(wanted))
    for cut in [*cuts, len(whole)]:
        piece, whole = whole[:cut], whole[cut:]
        screen.feed(piece)
        lines.settle()
        search.step(lines, A_STEP)
    while not search.step(lines, A_STEP):
        pass
    at_once = Search(query(wanted))
    assert at_once.step(lines, ALL_TIME)
    assert matches(search) == matches(at_once)
    expected = [found[0] for text in texts for found in re.finditer(wanted, text.rstrip(" "))]
    assert [covered(lines, match) for match in matches(search)] == [text.rstrip(" ") for text in expected]
    lines.close()
    screen.close()


def test_what_was_forgotten_is_no_match_any_more() -> None:
    screen = Screen(20, 5)
    lines = screen.transcript()
    search = Search(query("line [0-9]*7$"))
    for start in range(0, 30_000, 5000):
        screen.feed(b"".join(b"line %d\r\n" % number for number in range(start, start + 5000)))
        lines.settle()
        search.step(lines, ALL_TIME)
    wanted = [number for number in range(lines.first, 30_000) if number % 10 == 7]
    assert [match.line for match in matches(search)] == wanted
    assert search.index(wanted[3], 0) == 3
    assert [match.line for match in search.between(wanted[2], wanted[5])] == wanted[2:5]
    lines.close()
    screen.close()


def test_matches_are_bounded_and_say_so() -> None:
    screen = Screen(80, 24)
    screen.feed(b"x" * 80 * 300)
    lines = screen.transcript()
    lines.settle()
    search = Search(query("x"))
    while not search.step(lines, ALL_TIME):
        pass
    assert search.cut
    assert search.count <= MATCHES + LIVE
    lines.close()
    screen.close()


def test_a_search_takes_turns() -> None:
    screen = Screen(80, 24)
    screen.feed(b"one line\r\n" * 9000)
    lines = screen.transcript()
    lines.settle()
    search = Search(query("line"))
    assert not search.step(lines, A_STEP)
    first = search.count
    assert not search.step(lines, A_STEP)
    assert 0 < first < search.count < 9000
    assert search.step(lines, ALL_TIME)
    assert search.count == 9000
    lines.close()
    screen.close()
