"""The bounded memory of what a process printed."""

from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.sandboxes.capture import CAPTURE, Capture
from golfer_tui.terminal.text import readable

CHUNKS = st.lists(st.binary(max_size=50), max_size=30)


def filled(chunks: list[bytes], bound: int = 64) -> Capture:
    capture = Capture(bound)
    for chunk in chunks:
        capture.append(chunk)
    return capture


def test_little_is_kept_whole() -> None:
    excerpt = filled([b"one\r\n", b"two\r\n"]).take()
    assert (excerpt.text, excerpt.size, excerpt.omitted) == ("one\ntwo\n", 10, 0)


def test_much_is_cut_at_lines_and_counted() -> None:
    lines = [b"%04d\r\n" % number for number in range(100_000)]
    capture = filled(lines, CAPTURE)
    assert capture.size <= 3 * CAPTURE
    excerpt = capture.take()
    assert excerpt.size == 6 * 10_000 + 7 * 90_000
    head, _, rest = excerpt.text.partition("[... ")
    count, _, tail = rest.partition(" bytes omitted ...]\n")
    assert int(count) == excerpt.omitted
    assert head.startswith("0000\n0001\n")
    assert head.endswith("\n")
    assert tail.endswith("\n99999\n")
    assert len(tail.split("\n")[0]) == 5
    assert len((head + tail).replace("\n", "\r\n")) + excerpt.omitted == excerpt.size


def test_a_smaller_answer_of_the_same() -> None:
    excerpt = filled([b"0123456789" * 5]).take(20)
    assert excerpt.text == "0123456789\n[... 30 bytes omitted ...]\n0123456789"
    assert excerpt.omitted == 30


def test_half_a_character_and_half_an_escape_wait_for_the_rest() -> None:
    capture = Capture()
    for half, rest in (("ü".encode()[:1], "ü".encode()[1:]), (b"\x1b[3", b"1m")):
        capture.append(b"a" + half)
        assert capture.take(final=False).text == "a"
        capture.append(rest + b"b")
        assert capture.take(final=False).text == readable(half + rest) + "b"
    capture.append(b"a\xc3")
    assert capture.take().text == "a\ufffd"


@given(CHUNKS, st.integers(0, 80))
def test_every_byte_is_shown_or_counted(chunks: list[bytes], bound: int) -> None:
    data = b"".join(chunks)
    capture = filled(chunks)
    excerpt = capture.take(bound)
    assert excerpt.size == len(data)
    assert 0 <= excerpt.omitted <= len(data)
    if excerpt.omitted == 0:
        assert excerpt.text == readable(data)
    else:
        assert len(data) > min(64, bound)
        assert excerpt.omitted >= len(data) - bound
        assert f"{excerpt.omitted} bytes omitted" in excerpt.text
    assert capture.take().size == 0


@given(CHUNKS)
def test_the_sum_of_all_answers_is_all_that_was_printed(chunks: list[bytes]) -> None:
    capture = Capture()
    sizes = 0
    for chunk in chunks:
        capture.append(chunk)
        sizes += capture.take(final=False).size
    assert sizes + capture.take().size == sum(map(len, chunks))
