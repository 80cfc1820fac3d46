"""Text with SGR sequences read back: every style that the other direction writes, and whatever a program prints."""

from hypothesis import given, settings
from hypothesis import strategies as st

from golfer_tui.terminal.ansi import ansi
from golfer_tui.terminal.cells import PLAIN, Style, plain
from golfer_tui.terminal.screen import Screen
from golfer_tui.terminal.sgr import bare, spans

colours = st.none() | st.integers(0, 255) | st.tuples(*[st.integers(0, 255)] * 3)
styles = st.builds(
    Style,
    fg=colours,
    bg=colours,
    underline_colour=colours,
    bold=st.booleans(),
    dim=st.booleans(),
    italic=st.booleans(),
    underline=st.sampled_from(["", "single", "double", "curly", "dotted", "dashed"]),
    blink=st.booleans(),
    reverse=st.booleans(),
    hidden=st.booleans(),
    strike=st.booleans(),
    overline=st.booleans(),
)


def merged(pairs: list[tuple[str, Style]]) -> list[tuple[str, Style]]:
    """Neighbours of one style as one."""
    found: list[tuple[str, Style]] = []
    for text, style in pairs:
        if found and found[-1][1] == style:
            found[-1] = (found[-1][0] + text, style)
        elif text:
            found.append((text, style))
    return found


@settings(deadline=None)
@given(st.lists(st.tuples(st.text("abc 日é", max_size=5), styles), max_size=6))
def test_what_the_emulator_writes_down_is_read_as_it_looked(parts: list[tuple[str, Style]]) -> None:
    screen = Screen(120, 2)
    sequence = "".join(f"\x1b[0m\x1b[{_parameters(style)}m{text}" for text, style in parts)
    screen.feed(sequence.encode() + b"\x1b[0m.\r\n")
    lines = screen.transcript()
    lines.settle()
    read = list(spans(lines.styled(lines.first, 1)[0]))
    line = [(run.text, run.style) for run in screen.line(0)]
    assert merged(read) == merged([*line[:-1], (line[-1][0].rstrip(" "), line[-1][1])])
    lines.close()
    screen.close()


def _parameters(style: Style) -> str:
    """As `terminal.ansi` writes them."""
    screen = Screen(2, 1)
    underlines = {"single": "4", "double": "4:2", "curly": "4:3", "dotted": "4:4", "dashed": "4:5", "": ""}
    flags = [(style.bold, 1), (style.dim, 2), (style.italic, 3), (style.blink, 5), (style.reverse, 7)]
    flags += [(style.hidden, 8), (style.strike, 9), (style.overline, 53)]
    codes = [str(code) for on, code in flags if on] + [underlines[style.underline]] * bool(style.underline)
    for base, colour in ((38, style.fg), (48, style.bg), (58, style.underline_colour)):
        if colour is not None:
            codes.append(f"{base};5;{colour}" if isinstance(colour, int) else ";".join(map(str, (base, 2, *colour))))
    screen.close()
    return ";".join(codes) or "0"


@settings(deadline=None)
@given(st.text())
def test_nothing_that_steers_a_terminal_comes_through(text: str) -> None:
    for part in (*(part for part, _ in spans(text)), bare(text)):
        assert all(character.isprintable() or character not in "\x1b\x07\n\r\t\x9b" for character in part)
    assert "".join(part for part, _ in spans(text)) == bare(text)


def test_sequences_that_say_nothing_to_us_change_nothing() -> None:
    assert list(spans("\x1b[1mbold\x1b[m plain\x1b[38;5m\x1b[38;2;1;2m\x1b[38:2::1:2:3mx\x1b[999my")) == [
        ("bold", Style(bold=True)),
        (" plain", PLAIN),
        ("xy", Style(fg=(1, 2, 3))),
    ]


def test_it_reads_what_the_other_direction_writes() -> None:
    screen = Screen(30, 2)
    screen.feed(b"\x1b[1;38;5;200mone\x1b[0m \x1b[4:3;48;2;1;2;3mtwo")
    assert merged(list(spans(ansi(screen).rstrip()))) == merged([(run.text, run.style) for run in screen.line(0)][:3])
    assert bare(ansi(screen).rstrip()) == plain(screen.line(0))
    screen.close()
