"""What a terminal answers: the same as a screen that saw everything, whatever came before and however it was cut."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from golfer_tui.terminal.answers import BEFORE, Answers
from golfer_tui.terminal.screen import Screen

SIZE = (80, 24)

QUESTIONS = [
    b"\x1b[c", b"\x1b[0c", b"\x1b[>c", b"\x1b[=c", b"\x1bZ", b"\x1b[5n", b"\x1b[6n", b"\x1b[?996n",
    b"\x1b[?2026$p", b"\x1b[4$p", b"\x1b[?9999$p", b"\x1b]10;?\x1b\\", b"\x1b]11;?\x07", b"\x1b]4;1;?\x07",
    b"\x1b]21;foreground=?\x07", b"\x1b[>q", b"\x1b[>0q", b"\x1b[?u", b"\x1bP$qm\x1b\\", b"\x1bP$q q\x1b\\",
    b"\x1b[14t", b"\x1b[16t", b"\x1b[18t", b"\x1b[?2048h", b"\x1b[?1;2048;7h",
]  # fmt: skip

OTHER = [
    b"log line 17 loss 3.14\r\n", b"\x1b[31;1mred\x1b[m", b"\x1b[2J\x1b[H", b"\x1b[5;9H", b"\x1b[4h", b"\x1b[2 q",
    b"\x1b]2;a title\x07", b"\x1b[?2026h", b"\x1b[?2026l", b"\x1b[!p", b"\x1b[u", b"\xe4\xb8\xad", b"\x1b[", b"\x1b]",
    b"\x18",
]  # fmt: skip

STREAM = st.lists(st.sampled_from(QUESTIONS + OTHER), max_size=12).map(b"".join)


def told(data: bytes) -> bytes:
    """What a screen answers that takes all of it at once."""
    said = bytearray()
    screen = Screen(*SIZE, on_reply=said.extend)
    screen.feed(data)
    screen.close()
    return bytes(said)


@pytest.mark.parametrize("question", QUESTIONS, ids=ascii)
def test_every_question_is_noticed_byte_by_byte(question: bytes) -> None:
    answers = Answers(*SIZE)
    said = b"".join(answers.take(bytes([byte])) for byte in b"before\r\n" + question)
    assert said == told(b"before\r\n" + question) != b""
    assert answers.take(b"after") == b""
    answers.close()


@example(data=b"\x1b[5;9H\x1b[6n", cuts=[3, 8])
@given(data=STREAM, cuts=st.lists(st.integers(0, 200), max_size=8))
def test_answers_are_those_of_a_screen_that_saw_everything(data: bytes, cuts: list[int]) -> None:
    answers, said, begin = Answers(*SIZE), b"", 0
    for cut in sorted({cut % (len(data) + 1) for cut in cuts} | {len(data)}):
        said += answers.take(data[begin:cut])
        begin = cut
    assert said == told(data)
    answers.close()


def test_what_asks_nothing_costs_no_emulator_and_little_memory() -> None:
    answers = Answers(*SIZE)
    for _ in range(100):
        assert answers.take(b"\x1b[32mstep 1\x1b[m loss 0.5\r\n" * 1000) == b""
    assert answers._screen is None
    assert len(answers._before) <= BEFORE
    # The cursor is where it would be if all had been emulated.
    assert answers.take(b"abc\x1b[6n") == b"\x1b[24;4R"
    answers.close()


def test_sizes_are_told_to_those_who_asked() -> None:
    answers = Answers(*SIZE)
    assert answers.resize(100, 30) == b""
    assert answers.take(b"\x1b[18t") == b"\x1b[8;30;100t"
    assert answers.resize(90, 20) == b""
    assert answers.take(b"\x1b[?2048h").startswith(b"\x1b[48;20;90;")
    assert answers.resize(70, 10).startswith(b"\x1b[48;10;70;")
    answers.close()
    answers.close()


def test_secrets_and_titles_are_not_told() -> None:
    answers = Answers(*SIZE)
    assert answers.take(b"\x1b]2;rm -rf /\x07\x1b[21t\x1b[20t\x1b]52;c;?\x07\x1bP+q544e\x1b\\") == b""
    answers.close()


def test_a_pane_never_answers() -> None:
    screen = Screen(*SIZE)
    screen.feed(b"".join(QUESTIONS))
    assert not screen._replies
    screen.close()
