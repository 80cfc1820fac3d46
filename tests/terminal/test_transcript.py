"""Lines by number: they keep it while others come and go, in every size, and what is copied is what was printed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golfer_tui.terminal.screen import Screen
from golfer_tui.terminal.transcript import Spot, Transcript

WIDE = "日本語 e\N{COMBINING ACUTE ACCENT} 👩‍👩‍👧 naïve"


def printed(text: str, columns: int = 20, rows: int = 5) -> tuple[Screen, Transcript]:
    """A screen after this was printed, and its lines."""
    screen = Screen(columns, rows)
    screen.feed(text.replace("\n", "\r\n").encode())
    lines = screen.transcript()
    lines.settle()
    return screen, lines


def everything(lines: Transcript) -> str:
    return lines.text(Spot(lines.first, 0), Spot(lines.end - 1, lines.columns - 1))


def closed(screen: Screen, lines: Transcript) -> None:
    lines.close()
    screen.close()


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), max_size=30), st.integers(2, 12))
def test_a_line_keeps_its_number_while_others_come(batches: list[int], rows: int) -> None:
    screen, lines = printed("", rows=rows)
    count = 0
    for size in batches:
        screen.feed(b"".join(b"line %d\r\n" % number for number in range(count, count + size)))
        count += size
        lines.settle()
        assert lines.first == 0
        for number in range(count):
            assert "".join(lines.cells(number)).strip() == f"line {number}"
    closed(screen, lines)


def test_numbers_stay_when_the_oldest_lines_are_forgotten() -> None:
    screen, lines = printed("")
    for start in range(0, 30_000, 3000):
        screen.feed(b"".join(b"line %d\r\n" % number for number in range(start, start + 3000)))
        lines.settle()
        assert lines.texts(lines.first, 1) == [f"line {lines.first}"]
        assert lines.texts(lines.active - 1, 1) == [f"line {lines.active - 1}"]
    assert lines.first > 10_000
    closed(screen, lines)


@pytest.mark.parametrize(
    "change",
    [
        "\x1b[?1049hfull screen",
        "\x1b[?1049hfull screen\x1b[?1049l\x1b[H\x1b[2J\x1b[3Jnew",
        "\x1bcnew",
        "\x1b[H\x1b[2J\x1b[3Jnew",
    ],
)
def test_where_nothing_is_left_all_numbers_are_new(change: str) -> None:
    screen, lines = printed("".join(f"line {number}\n" for number in range(50)))
    before = lines.end
    screen.feed(change.encode())
    lines.settle()
    assert lines.first >= before
    closed(screen, lines)


@pytest.mark.parametrize(
    "change",
    [
        "\x1b[1;4r\x1b[4;1H\n\n\n",
        "\x1b[2;4r\x1b[4;1H\n\n",
        "\x1b[H\x1b[2L",
        "\x1b[H\x1b[2M",
        "\x1b[2J",
        "\x1b[3S",
        "\x1b[22J",
    ],
)
def test_what_happens_on_the_screen_leaves_the_history_its_numbers(change: str) -> None:
    screen, lines = printed("".join(f"line {number}\n" for number in range(50)))
    history = lines.active
    screen.feed(change.encode())
    lines.settle()
    for number in range(history):
        assert lines.texts(number, 1) == [f"line {number}"]
    closed(screen, lines)


def test_wrapped_lines_are_one_and_trailing_blanks_are_cut() -> None:
    text = "abcdefghijklmnopqrstuvwxyz 0123456789\n\nshort   \n" + "日本語" * 8 + "\nlast"
    screen, lines = printed(text)
    assert everything(lines).rstrip("\n") == "\n".join(line.rstrip() for line in text.split("\n"))
    assert lines.wraps(lines.first, 3) == [True, False, False]
    closed(screen, lines)


def test_cells_hold_whole_characters() -> None:
    screen, lines = printed(WIDE, columns=40)
    cells = lines.cells(lines.first)
    assert len(cells) == 40
    assert cells[:7] == ("日", "", "本", "", "語", "", " ")
    assert "e\N{COMBINING ACUTE ACCENT}" in cells
    assert "".join(cells).rstrip() == WIDE
    closed(screen, lines)


def test_nothing_that_is_copied_steers_a_terminal() -> None:
    screen, lines = printed("a\u202eb\u0085c\n")
    assert everything(lines).isprintable() or "\N{REPLACEMENT CHARACTER}" in everything(lines)
    assert not set(everything(lines)) & set("\u202e\u0085\x1b")
    closed(screen, lines)


@settings(deadline=None)
@given(
    st.lists(st.text("ab 日é", max_size=50), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(5, 60), st.integers(2, 12)), max_size=4),
    st.data(),
)
def test_a_spot_is_found_again_in_another_size(
    texts: list[str], sizes: list[tuple[int, int]], data: st.DataObject
) -> None:
    screen, lines = printed("\n".join(f"{text}#{number}#" for number, text in enumerate(texts)), columns=80, rows=20)
    wanted = data.draw(st.integers(0, len(texts) - 1))
    mark = f"#{wanted}#"
    row = next(n for n in range(lines.first, lines.end) if mark in "".join(lines.cells(n)))
    cells = lines.cells(row)
    spot: Spot | None = Spot(row, next(x for x in range(80) if cells[x] and "".join(cells[x:]).startswith(mark)))
    for columns, rows in sizes:
        anchors = lines.follow([spot])
        screen.resize(columns, rows)
        lines.settle()
        [spot] = lines.found(anchors)
        assert spot is not None
        assert lines.text(spot, Spot(lines.end - 1, columns - 1)).startswith(mark)
    closed(screen, lines)
