"""What a terminal printed, as text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.terminal.text import readable, whole


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        (b"plain\r\nlines\r\n", "plain\nlines\n"),
        (b"twice\r\r\nreturned", "twice\nreturned"),
        (b"\x1b[1;31mred\x1b[0m and \x1b[38;2;1;2;3mtrue\x1b[m", "red and true"),
        (b"\x1b]0;a title\x07text\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "textlink"),
        (b"\x1bPdevice\x1b\\\x1b(Bset\x1b=\x1b7\x1b8", "set"),
        (b"\x1b]unfinished\nnext", "\nnext"),
        (b"10%\r50%\r100%\r\n", "100%\n"),
        (b"long line\rshort", "shortline"),
        (b"long line\r\x1b[Kshort", "short"),
        (b"long line\x1b[2K\rshort", "short"),
        (b"abc\x1b[1Kd", "   d"),
        (b"ab\x08c\x08\x08\x08\x08x", "xc"),
        (b"tab\tstays, bell\x07 and nul\x00 go", "tab\tstays, bell and nul go"),
        ("grün 漢字 🙂\r\n".encode(), "grün 漢字 🙂\n"),
        (b"\xff\xfe no utf-8", "\ufffd\ufffd no utf-8"),
        (b"\x1b[2K\r step 1\x1b[2K\r step 2", " step 2"),
        (b"", ""),
    ],
)
def test_readable(printed: bytes, text: str) -> None:
    assert readable(printed) == text


@given(st.binary(max_size=400))
def test_nothing_steers_a_terminal(data: bytes) -> None:
    text = readable(data)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)
    assert text.count("\n") == data.decode("utf-8", errors="replace").count("\n")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.just("\n")))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert readable(text.encode()) == text
    assert readable(text.replace("\n", "\r\n").encode()) == text


PIECES = st.sampled_from(["a", "ü", "漢", "🙂", "\x1b[31m", "\x1b[2J", "\x1b]0;t\x07", "\x1b(B", "\n"])


@given(st.lists(PIECES, max_size=12), st.integers(min_value=0))
def test_a_stream_cut_where_whole_says_reads_the_same(pieces: list[str], cut: int) -> None:
    data = "".join(pieces).encode()
    first = data[: cut % (len(data) + 1)]
    end = whole(first)
    assert first[:end] == data[:end]
    assert len(first) - end < 16
    assert readable(data[:end]) + readable(data[end:]) == readable(data)


@given(st.binary(max_size=100))
def test_whole_holds_back_little(data: bytes) -> None:
    assert 0 <= len(data) - whole(data) <= 68
