"""The format: what is written comes back byte for byte, and stays readable for players."""

import base64
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from golfer_tui.terminal import cast

BYTES = st.one_of(st.binary(max_size=80), st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace")))


@given(BYTES, st.floats(min_value=0, max_value=1e6))
@example(b"\x1b[31m\r\n\xe2\x82\xac\xff\xe2", 0.25)
@example(b"\xed\xa0\x80\xed\xb0\x80", 0.0)
def test_output_comes_back_byte_for_byte_and_every_event_is_strict_json(data: bytes, interval: float) -> None:
    parser = cast.Parser()
    lines = cast.output(interval, data).splitlines(keepends=True)
    assert [event.data for line in lines if (event := parser.feed(line))] == [data]
    assert not parser.between
    events = [json.loads(line.decode("utf-8")) for line in lines if not line.startswith(b"#")]
    assert events == [[interval, "o", data.decode("utf-8", "replace")]]


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")))
def test_a_character_is_held_back_only_until_it_is_whole(data: bytes) -> None:
    keep = cast.unfinished(data)
    assert 0 <= keep <= 3
    if keep:
        assert cast.unfinished(data + b"a") == 0
    if "\ufffd" not in data.decode("utf-8", "replace"):
        assert keep == 0


@pytest.mark.parametrize(
    ("data", "keep"),
    [(b"", 0), (b"a", 0), ("é".encode(), 0), (b"\xc3", 1), (b"\xe2\x82", 2), (b"\xf0\x9f\x98", 3), (b"\xff", 0)],
)
def test_what_is_held_back(data: bytes, keep: int) -> None:
    assert cast.unfinished(data) == keep


@given(st.integers(0, 5), st.sampled_from([b"x", "é".encode(), "漢".encode(), "😀".encode(), b"\xff"]))
def test_long_output_is_cut_between_characters(lead: int, unit: bytes) -> None:
    data = b"a" * lead + unit * (2 * cast.CHUNK // len(unit) + 7)
    parts = cast.pieces(data)
    assert b"".join(parts) == data
    assert all(0 < len(part) <= cast.CHUNK for part in parts)
    if unit != b"\xff":
        assert all("\ufffd" not in part.decode("utf-8", "replace") for part in parts)


def test_the_other_lines_are_those_of_the_format() -> None:
    assert json.loads(cast.header(80, 24, 1700000000.9)) == {
        "version": 3,
        "term": {"cols": 80, "rows": 24},
        "timestamp": 1700000000,
    }
    assert cast.read_header(cast.header(80, 24, 0)) == (3, 80, 24)
    assert json.loads(cast.resize(1.5, 100, 30)) == [1.5, "r", "100x30"]
    assert json.loads(cast.marker(0.0, "here\ud800")) == [0.0, "m", "here?"]
    parser = cast.Parser()
    assert [parser.feed(line) for line in (b"# a remark\n", b"\n")] == [None, None]
    assert parser.feed(cast.resize(1, 2, 3)) == (1.0, "r", b"2x3")
    assert parser.feed(b'[-5, "x", "0"]\n') == (1.0, "x", b"0")


@pytest.mark.parametrize(
    "line",
    [
        *(b'[0.1, "o"\n', b"{}\n", b'["a", "o", "b"]\n', b'[0.1, "o", 3]\n', b"\0\0\0\n"),
        *(b"# bytes !!!\n", b'[0.1, "o", "\xff"]\n'),
    ],
)
def test_what_is_no_line_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the sentence is for nobody
        cast.Parser().feed(line)


def test_the_comment_belongs_to_the_line_after_it() -> None:
    parser = cast.Parser()
    parser.feed(b"# bytes " + base64.b64encode(b"\xff") + b"\n")
    assert parser.between
    assert parser.feed('[0, "o", "\ufffd"]\n'.encode()) == (0.0, "o", b"\xff")
    assert parser.feed('[0, "o", "\ufffd"]\n'.encode()) == (0.0, "o", "\ufffd".encode())
