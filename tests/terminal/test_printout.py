"""All lines of a command: whole, in order, once, as they looked; however bytes were cut and the terminal resized."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golfer_tui.terminal import printout as module
from golfer_tui.terminal.printed import Printed
from golfer_tui.terminal.printout import FULL_SCREEN, Printout, Row
from golfer_tui.terminal.sgr import bare


def rows_of(data: bytes, cuts: list[int] | None = None, columns: int = 40, rows: int = 6) -> list[Row]:
    """The lines of `data`, fed in pieces that end at these places; each piece is one second after the one before."""
    places = [0, *sorted(cuts or []), len(data)]
    out = Printout()
    found: list[Row] = []
    for second, (begin, end) in enumerate(itertools.pairwise(places)):
        found += out.feed([Printed(begin, data[begin:end], float(second), columns, rows)])
    found += out.rest()
    out.close()
    return found


def texts(found: list[Row]) -> list[str]:
    return [bare(row.text) for row in found]


line = st.text(st.sampled_from("ab 日é"), max_size=90).map(str.rstrip)


@settings(deadline=None)
@given(st.lists(line, max_size=40), st.lists(st.integers(0, 2000), max_size=8))
def test_every_line_is_there_once_and_whole(lines: list[str], cuts: list[int]) -> None:
    data = "".join(each + "\r\n" for each in lines).encode()
    found = texts(rows_of(data, [cut for cut in cuts if cut <= len(data)]))
    assert found == lines[: len(found)]
    assert not any(lines[len(found) :])


pieces = st.sampled_from(
    [b"text ", b"\r", b"\n", b"\r\n", b"\x1b[31m", b"\x1b[0m", b"\x1b[2A", b"\x1b[K", b"\x1b[2J\x1b[H", b"\x1bM",
     b"\x1b[L", b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[3J", b"\x1bc", b"\xe6\x97\xa5", b"0123456789" * 9,
     b"\x1b]0;title\x07"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(pieces, max_size=60).map(b"".join), st.lists(st.integers(0, 3000), max_size=10))
def test_the_lines_do_not_depend_on_how_bytes_are_cut(data: bytes, cuts: list[int]) -> None:
    assert texts(rows_of(data, [cut for cut in cuts if cut <= len(data)])) == texts(rows_of(data))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(2, 60), st.integers(1, 12), st.lists(st.integers(0, 999), max_size=9)), max_size=8)
)
def test_no_line_is_lost_or_doubled_when_the_terminal_is_resized(parts: list[tuple[int, int, list[int]]]) -> None:
    out = Printout()
    found: list[Row] = []
    at = 0
    for columns, rows, numbers in parts:
        data = b"".join(b"%d\r\n" % number for number in numbers)
        found += out.feed([Printed(at, data, None, max(columns, 4), rows)])
        at += len(data)
    found += out.rest()
    out.close()
    assert texts(found) == [str(number) for _, _, numbers in parts for number in numbers]


def test_of_a_progress_bar_only_the_last_state_is_left() -> None:
    bar = b"".join(b"\r%3d%%|%s" % (done, b"#" * (done // 4)) for done in range(0, 101, 5))
    assert texts(rows_of(b"begin\r\n" + bar + b"\r\nend\r\n"))[:3] == ["begin", "100%|" + "#" * 25, "end"]


def test_several_bars_that_move_up_stay_where_they_are() -> None:
    data = b"one 0%\r\ntwo 0%\r\n" + b"\x1b[2Aone 100%\x1b[K\r\ntwo 50%\x1b[K\r\n"
    found = rows_of(data + b"\x1b[1Atwo 99%\x1b[K\r\n", [8, 16, 30, len(data)])
    assert texts(found) == ["one 100%", "two 99%"]
    assert [row.time for row in found] == [3.0, 4.0]


def test_of_a_full_screen_program_the_last_screen_is_left_between_what_stands_around_it() -> None:
    data = b"before\r\n$ \x1b[?1049h\x1b[2J\x1b[Hfirst\x1b[2J\x1b[Hlast\r\n  picture\x1b[?1049lafter\r\n"
    for cuts in ([], [3, 12, 14, 33, 70]):
        assert texts(rows_of(data, cuts)) == ["before", bare(FULL_SCREEN), "last", "  picture", "$ after"]
    assert texts(rows_of(data[: data.index(b"\x1b[?1049l")]))[-3:] == [bare(FULL_SCREEN), "last", "  picture"]


def test_each_line_has_the_time_at_which_something_was_last_printed_on_it() -> None:
    data = b"one\r\ntwo\r\nth" + b"ree\r\n" + b"four\r\n" * 20
    found = rows_of(data, [5, 12, 17])
    assert texts(found[:4]) == ["one", "two", "three", "four"]
    assert [row.time for row in found[:4]] == [0.0, 1.0, 2.0, 3.0]


def test_colours_are_kept_for_each_line_by_itself() -> None:
    found = rows_of(b"\x1b[1;31mred\r\nstill\x1b[0m plain\r\n" * 10)
    assert [row.text for row in found[:2]] == [
        "\x1b[0m\x1b[1m\x1b[38;5;1mred",
        "\x1b[0m\x1b[1m\x1b[38;5;1mstill\x1b[0m plain",
    ]


@pytest.mark.parametrize("columns", [2, 80, 1000])
def test_however_short_or_wide_lines_are_none_is_lost(columns: int) -> None:
    found = rows_of(b"\n" * 20_000 + b"x\r\n" * 20_000 + b"end", columns=columns, rows=24)
    assert (len(found), texts(found)[20_000], texts(found)[-1]) == (40_001, "x", "end")


def test_a_line_without_end_is_cut_into_long_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST", 1000)
    found = texts(rows_of(b"z" * 50_000 + b"\r\nend"))
    assert "".join(found) == "z" * 50_000 + "end"
    assert len(found) < 60
    assert max(map(len, found)) < 10_000


@settings(deadline=None)
@given(st.binary(max_size=3000))
def test_no_bytes_break_it(data: bytes) -> None:
    for text in texts(rows_of(data, list(range(0, len(data), 100)))):
        assert not any(character in text for character in "\x1b\r\n\x07")


@settings(deadline=None)
@given(st.lists(line, max_size=40), st.lists(line, max_size=20))
def test_lines_that_nobody_wants_are_only_counted(early: list[str], late: list[str]) -> None:
    first, second = ("".join(each + "\r\n" for each in lines).encode() for lines in (early, late))
    out = Printout()
    skipped = out.skip([Printed(0, first, 1.0, 40, 6)])
    found = texts(out.feed([Printed(len(first), second, 2.0, 40, 6)]) + out.rest())
    out.close()
    every = texts(rows_of(first + second))
    # Of the last line that left the screen, the end may have stayed there.
    assert found[1:] == every[skipped + 1 :]
    assert len(found) >= len(every) - skipped
