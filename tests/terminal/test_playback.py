"""Recordings read back: both versions, exact bytes, sizes, moments; and screens written with their colours."""

import base64
import json

import corpus
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golfer_tui.model.errors import UsageError
from golfer_tui.terminal.ansi import ansi
from golfer_tui.terminal.cast import CastEvent
from golfer_tui.terminal.playback import Cast, screen_at
from golfer_tui.terminal.screen import Screen

V2 = [
    b'{"version": 2, "width": 20, "height": 3}\n',
    b'[0.5, "o", "one\\r\\n"]\n',
    b'[1.0, "i", "x"]\n',
    b'[1.5, "o", "\\u001b[31mtwo"]\n',
]
V3 = [
    b'{"version": 3, "term": {"cols": 20, "rows": 3}}\n',
    b"# a comment\n",
    b'[0.5, "o", "one\\r\\n"]\n',
    b'[0.5, "m", "a mark"]\n',
    b'[0.5, "o", "\\u001b[31mtwo"]\n',
    b'[1, "r", "30x4"]\n',
    b'[1, "x", "0"]\n',
]


def test_both_versions_tell_the_same_times() -> None:
    assert [(e.time, e.data) for e in Cast(V2).events() if e.kind == "o"] == [(0.5, b"one\r\n"), (1.5, b"\x1b[31mtwo")]
    assert [(e.time, e.data) for e in Cast(V3).events() if e.kind == "o"] == [(0.5, b"one\r\n"), (1.5, b"\x1b[31mtwo")]
    assert list(Cast(V3).events())[1] == CastEvent(1.0, "m", b"a mark")


def test_bytes_that_are_no_text_come_from_the_comment() -> None:
    data = b"a\xff\xfeb"
    lines = [*V3, b"# bytes " + base64.b64encode(data) + b"\n", b'[1, "o", "a\xef\xbf\xbd\xef\xbf\xbdb"]\n']
    assert list(Cast(lines).events())[-1].data == data


def test_the_screen_at_a_moment() -> None:
    assert screen_at(Cast(V3), 1.0).text() == ["one", "", ""]
    end = screen_at(Cast(V3))
    assert (end.columns, end.rows, end.text()) == (30, 4, ["one", "two", "", ""])
    fixed = screen_at(Cast(V3), size=(40, 2))
    assert (fixed.columns, fixed.text()) == (40, ["one", "two"])


@pytest.mark.parametrize(
    "first",
    [
        *(b"", b"x\n", b"[]\n", b"[" * 100_000, b'{"version": 9, "width": 1, "height": 1}\n'),
        *(b'{"version": 3, "term": 5}\n', b'{"version": 3, "term": {"cols": 0, "rows": 1}}\n'),
    ],
)
def test_other_files_are_refused(first: bytes) -> None:
    with pytest.raises(UsageError, match=r"some\.txt"):
        Cast([first], "some.txt")


def test_a_torn_end_is_left_out_and_a_broken_line_is_named() -> None:
    assert len(list(Cast([*V2, b'[1.7, "o", "tor']).events())) == 3
    broken = (
        b'[1.7, "o"]\n',
        b'[1e999, "o", ""]\n',
        b'[NaN, "o", ""]\n',
        b"[1" + b"0" * 400 + b', "o", ""]\n',
        b"[" * 9999,
    )
    for line in broken:
        with pytest.raises(UsageError, match=r"Line 5 of my\.cast"):
            list(Cast([*V2, line.rstrip() + b"\n"], "my.cast").events())


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_a_screen_written_with_its_colours_shows_the_same(seed: int) -> None:
    one, two = Screen(30, 10), Screen(30, 10)
    one.feed(corpus.generated(seed, 30, 10, length=30))
    two.feed(ansi(one).replace("\n", "\r\n").encode())
    assert [two.line(y) for y in range(10)] == [one.line(y) for y in range(10)]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("oirmxq"), st.text()), max_size=10))
def test_events_come_back_as_they_were_written(events: list[tuple[str, str]]) -> None:
    lines = [V3[0], *(json.dumps([0.25, kind, text]).encode() + b"\n" for kind, text in events)]
    assert [(e.kind, e.data) for e in Cast(lines).events()] == [(k, t.encode("utf-8", "replace")) for k, t in events]
    screen_at(Cast(lines)).close()
