"""The screen on its own: what it shows, what it tells, that chunks do not matter and that nothing harmful comes out."""

import unicodedata

import corpus
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from golfer_tui.terminal import rows as reading
from golfer_tui.terminal.callbacks import REPLIES
from golfer_tui.terminal.cells import PLAIN, Line, Run, Style, plain, safe
from golfer_tui.terminal.modes import Cursor
from golfer_tui.terminal.screen import Screen

STREAMS = corpus.written(40, 12)

# Bytes as programs and attackers make them: sequences, broken sequences, text, controls, plain noise.
FRAGMENTS = st.one_of(
    st.sampled_from(sorted(STREAMS.values())),
    st.integers(0, 10_000).map(lambda seed: corpus.generated(seed, 40, 12, length=10)),
    st.binary(max_size=60),
    st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.tuples(
        st.sampled_from(
            [b"\x1b[", b"\x1b]", b"\x1bP", b"\x1b_", b"\x1b^", b"\x1bX", b"\x9b", b"\xc2\x9b", b"\x1b]8;;"]
        ),
        st.binary(max_size=20),
        st.sampled_from([b"", b"\x07", b"\x1b\\", b"\x9c", b"m", b"h", b"J", b"q", b"\x18"]),
    ).map(b"".join),
)
STREAM = st.lists(FRAGMENTS, max_size=6).map(b"".join)


def state(screen: Screen) -> tuple[object, ...]:
    """All that a screen tells about itself."""
    history = [screen.line(-1 - y) for y in range(screen.history)]
    lines = [screen.line(y) for y in range(screen.rows)]
    return lines, history, screen.cursor, screen.title, screen.modes


def shown(data: bytes, columns: int = 40, rows: int = 12) -> list[Line]:
    screen = Screen(columns, rows)
    screen.feed(data)
    lines = [screen.line(y) for y in range(rows)]
    screen.close()
    return lines


def assert_harmless(text: str) -> None:
    assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cs")], ascii(text)


def test_runs_of_one_style_cover_the_row() -> None:
    (line, *_) = shown("a \x1b[1;31mred\x1b[0m 中e\u0301\x1b[44m\x1b[K".encode(), 20, 2)
    assert line == (
        Run("a ", PLAIN, 2),
        Run("red", Style(fg=1, bold=True), 3),
        Run(" 中e\u0301", PLAIN, 4),
        Run(" " * 11, Style(bg=4), 11),
    )


@pytest.mark.parametrize(
    ("sequence", "style"),
    [
        ("1;2;3;4", Style(bold=True, dim=True, italic=True, underline="single")),
        ("5;7;8;9;53", Style(blink=True, reverse=True, hidden=True, strike=True, overline=True)),
        ("38;5;200;48;2;1;2;3", Style(fg=200, bg=(1, 2, 3))),
        ("4:3;58:2::9:8:7", Style(underline="curly", underline_colour=(9, 8, 7))),
        ("4:5;58:5:77", Style(underline="dashed", underline_colour=77)),
        ("97;101", Style(fg=15, bg=9)),
        ("21", Style(underline="double")),
    ],
)
def test_styles(sequence: str, style: Style) -> None:
    assert shown(f"\x1b[{sequence}mx".encode())[0][0] == Run("x", style, 1)


def test_links_are_part_of_the_style_and_never_cut() -> None:
    line = shown(b"\x1b]8;;http://a.example/\x1b\\one\x1b]8;;http://b.example/\x1b\\two\x1b]8;;\x1b\\.")[0]
    assert [(run.text, run.style.link) for run in line[:2]] == [
        ("one", "http://a.example/"),
        ("two", "http://b.example/"),
    ]
    assert all(len(run.style.link) <= 2048 for run in shown(b"\x1b]8;;http://" + b"a" * 5000 + b"\x07x")[0])


def test_equal_lines_are_one_object() -> None:
    screen = Screen(40, 6)
    screen.feed(b"\x1b[32mgreen\x1b[m line\r\n")
    before = screen.line(0)
    screen.feed(b"\x1b[2;1H" + b"\x1b[1;31mother\x1b[m\r\n" + b"\n" * 3)
    assert screen.line(0) is before


def test_a_remembered_line_is_not_shown_in_another_style() -> None:
    one, two = Screen(10, 2), Screen(10, 2)
    one.feed(b"\x1b[31mx")
    two.feed(b"\x1b[32mx")
    assert one.line(0)[0].style == Style(fg=1)
    assert two.line(0)[0].style == Style(fg=2)


def test_dirty_names_the_rows_that_changed() -> None:
    screen = Screen(40, 6)
    assert screen.dirty() == set(range(6))
    assert screen.dirty() == set()
    screen.feed(b"\x1b[3;1Hx")
    assert screen.dirty() == {0, 2}  # the cursor left row 0
    screen.feed(b"y\x1b[5;1Hz")
    screen.line(4)
    assert screen.dirty() == {2, 4}
    screen.resize(30, 6)
    assert screen.dirty() == set(range(6))
    rows = screen.text()
    screen.compact()
    assert screen.dirty() == set(range(6))
    assert screen.text() == rows
    assert screen.dirty() == set()


def test_history_reads_back_from_the_newest_line() -> None:
    screen = Screen(20, 3, scrollback_lines=1000)
    screen.feed(b"".join(b"\x1b[3%dmline %d\x1b[m\r\n" % (n % 8, n) for n in range(100)))
    assert screen.history == 98
    assert [plain(screen.line(-n)) for n in (1, 2, 98)] == ["line 97", "line 96", "line 0"]
    assert screen.line(-1)[0].style == Style(fg=97 % 8)
    screen.compact()
    assert plain(screen.line(-50)) == "line 48"
    with pytest.raises(IndexError):
        screen.line(-99)
    with pytest.raises(IndexError):
        screen.line(3)
    screen.feed(b"\x1b[?1049h")
    assert screen.history == 0


def test_history_is_bounded() -> None:
    screen = Screen(80, 5, scrollback_lines=2000)
    for _ in range(50):
        screen.feed(b"some words in a line\r\n" * 500)
    assert 1000 < screen.history <= 2000


def test_cursor_title_and_modes() -> None:
    screen = Screen(40, 6)
    assert screen.cursor == Cursor(0, 0, True, "block", False)
    screen.feed(b"\x1b[2;5H\x1b[?25l\x1b[5 q\x1b]2;my \xc2\x9btitle\x07\x1b[?1;2004;1004;1002;1006;2026h\x1b=\x1b[>1u")
    assert screen.cursor == Cursor(4, 1, False, "bar", True)
    assert screen.title == "my \ufffdtitle"
    modes = screen.modes
    assert (modes.application_cursor, modes.application_keypad, modes.bracketed_paste) == (True, True, True)
    assert (modes.focus_events, modes.mouse, modes.mouse_format) == (True, "drag", "sgr")
    assert (modes.synchronized, modes.kitty_keyboard, modes.alternate_screen) == (True, 1, False)
    screen.feed(b"\x1b[?1049h")
    assert screen.modes.alternate_screen
    screen.feed(b"\x1bc")
    assert screen.modes == Screen(1, 1).modes


def test_answers_reach_the_program() -> None:
    answers: list[bytes] = []
    screen = Screen(40, 6, on_reply=answers.append)
    screen.feed(b"\x1b[3;4H\x1b[6n\x1b[c")
    screen.feed(b"\x1b]11;?\x07")
    assert answers[0].startswith(b"\x1b[3;4R\x1b[?6")
    assert answers[1] == b"\x1b]11;rgb:0000/0000/0000\x07"
    answers.clear()
    screen.feed(b"\x1b[6n" * 100_000)
    assert 0 < sum(map(len, answers)) <= REPLIES


def test_images_and_files_are_refused() -> None:
    answers: list[bytes] = []
    screen = Screen(40, 6, on_reply=answers.append)
    screen.feed(b"\x1b_Gi=1,a=q,t=f,f=24,s=1,v=1;L2V0Yy9wYXNzd2Q=\x1b\\x")
    assert screen.text()[0] == "x"
    assert b"OK" not in b"".join(answers)


def test_sizes_are_clipped_and_closing_twice_is_harmless() -> None:
    screen = Screen(0, -3)
    assert (screen.columns, screen.rows) == (1, 2)
    screen.resize(100_000, 5)
    assert screen.columns == 4096
    screen.close()
    screen.close()


def test_a_screen_asked_for_one_row_outlives_other_widths() -> None:
    screen = Screen(80, 1, scrollback_lines=50)
    for number in range(300):
        screen.feed(b"words that are wrapped in a narrow screen, and a line\r\n" * 5)
        screen.resize(20 + number % 7 * 20, 1 + number % 3 * 9)
    assert screen.text()
    screen.close()


def test_a_wide_character_that_shows_nothing_keeps_its_two_cells() -> None:
    screen = Screen(4, 2)
    screen.feed(b"\x1b)A\x0e\xe2\x9c\x85x")  # Not in the character set that is asked for.
    assert screen.line(0) == (Run("  x ", PLAIN, 4),)
    screen.close()


@settings(max_examples=150, deadline=None)
@given(data=STREAM, cuts=st.lists(st.integers(0, 10_000), max_size=30))
@example(data="o\u0308".encode(), cuts=[1])
@example(data="o\x1b[1m\u0308".encode(), cuts=[1])
@example(data="o\u0308".encode(), cuts=[1, 2])
def test_every_chunking_gives_the_same_screen(data: bytes, cuts: list[int]) -> None:
    whole, pieces = Screen(40, 12), Screen(40, 12)
    whole.feed(data)
    begin = 0
    for cut in sorted({cut % (len(data) + 1) for cut in cuts} | {len(data)}):
        pieces.feed(data[begin:cut])
        pieces.dirty()  # looking in between changes nothing
        begin = cut
    assert state(pieces) == state(whole)


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_byte_by_byte_gives_the_same_screen(name: str) -> None:
    whole, pieces = Screen(40, 12), Screen(40, 12)
    whole.feed(STREAMS[name])
    for byte in STREAMS[name]:
        pieces.feed(bytes([byte]))
    assert state(pieces) == state(whole)


@settings(max_examples=400, deadline=None)
@given(data=STREAM, size=st.tuples(st.integers(1, 50), st.integers(1, 20)))
def test_nothing_harmful_comes_out_of_any_bytes(data: bytes, size: tuple[int, int]) -> None:
    screen = Screen(*size)
    screen.feed(data)
    screen.resize(size[1] * 2, size[0])
    screen.feed(data)
    for y in range(-screen.history, screen.rows):
        line = screen.line(y)
        assert sum(run.cells for run in line) == screen.columns
        for run in line:
            assert_harmless(run.text)
            assert_harmless(run.style.link)
    assert_harmless(screen.title)
    x, y, *_ = screen.cursor
    assert 0 <= x < screen.columns
    assert 0 <= y < screen.rows


@settings(max_examples=100, deadline=None)
@given(data=STREAM)
def test_remembered_lines_are_what_a_fresh_look_gives(data: bytes) -> None:
    screen = Screen(40, 12)
    screen.feed(data)
    remembered = [screen.line(y) for y in range(12)]
    reading._lines.clear()
    assert [screen.line(y) for y in range(12)] == remembered


@settings(max_examples=100, deadline=None)
@given(
    lines=st.lists(st.text("abc xyz中", min_size=1, max_size=60).map(str.strip).filter(bool), max_size=12),
    sizes=st.lists(st.tuples(st.integers(4, 90), st.integers(2, 30)), max_size=5),
)
def test_resizing_keeps_the_text(lines: list[str], sizes: list[tuple[int, int]]) -> None:
    screen = Screen(80, 24)
    screen.feed("\r\n".join(lines).encode())
    before = screen.text()
    for columns, rows in sizes:
        screen.resize(columns, rows)
    screen.resize(80, 24)
    everything = [plain(screen.line(y)) for y in range(-screen.history, 24)]
    assert [text for text in everything if text] == [text for text in before if text]


@given(st.text())
def test_safe_keeps_length_and_is_harmless(text: str) -> None:
    assert len(safe(text)) == len(text)
    assert_harmless(safe(text))
    assert safe(safe(text)) == safe(text)
