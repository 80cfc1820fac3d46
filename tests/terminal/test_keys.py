"""Keys, paste, focus and mouse: the bytes that programs bind to, and nothing that a paste could smuggle in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.terminal.keys import PASTE_BEGIN, PASTE_END, encode_focus, encode_key, encode_paste
from golfer_tui.terminal.modes import Modes
from golfer_tui.terminal.mouse import encode_mouse

PLAIN, APPLICATION, KITTY = Modes(), Modes(application_cursor=True), Modes(kitty_keyboard=1)
SIZE = (80, 24)


@pytest.mark.parametrize(
    ("key", "character", "data"),
    [
        ("a", "a", b"a"),
        ("A", "A", b"A"),
        ("full_stop", ".", b"."),
        ("question_mark", None, b"?"),
        ("minus", None, b"-"),
        ("less_than_sign", None, b"<"),
        ("+", "+", b"+"),
        ("space", " ", b" "),
        ("é", "é", "é".encode()),
        ("latin_small_letter_e_with_acute", None, "é".encode()),
        ("中", "中", "中".encode()),
        ("enter", "\r", b"\r"),
        ("shift+enter", None, b"\r"),
        ("alt+enter", None, b"\x1b\r"),
        ("tab", "\t", b"\t"),
        ("shift+tab", None, b"\x1b[Z"),
        ("escape", "\x1b", b"\x1b"),
        ("backspace", "\x7f", b"\x7f"),
        ("ctrl+backspace", None, b"\x08"),
        ("alt+backspace", None, b"\x1b\x7f"),
        *((f"ctrl+{c}", None, bytes([ord(c) - 96])) for c in "abcdefghijklmnopqrstuvwxyz"),
        ("ctrl+shift+c", None, b"\x03"),
        ("ctrl+at", "\x00", b"\x00"),
        ("ctrl+space", None, b"\x00"),
        ("ctrl+backslash", "\x1c", b"\x1c"),
        ("ctrl+left_square_bracket", None, b"\x1b"),
        ("ctrl+right_square_bracket", None, b"\x1d"),
        ("ctrl+circumflex_accent", None, b"\x1e"),
        ("ctrl+underscore", None, b"\x1f"),
        ("alt+x", "x", b"\x1bx"),
        ("alt+X", None, b"\x1bX"),
        ("ctrl+alt+x", None, b"\x1b\x18"),
        ("up", None, b"\x1b[A"),
        ("home", None, b"\x1b[H"),
        ("shift+up", None, b"\x1b[1;2A"),
        ("alt+left", None, b"\x1b[1;3D"),
        ("ctrl+right", None, b"\x1b[1;5C"),
        ("ctrl+shift+end", None, b"\x1b[1;6F"),
        ("pageup", None, b"\x1b[5~"),
        ("ctrl+pagedown", None, b"\x1b[6;5~"),
        ("insert", None, b"\x1b[2~"),
        ("delete", None, b"\x1b[3~"),
        ("f1", None, b"\x1bOP"),
        ("f4", None, b"\x1bOS"),
        ("f5", None, b"\x1b[15~"),
        ("shift+f5", None, b"\x1b[15;2~"),
        ("f12", None, b"\x1b[24~"),
        ("no_such_key", None, b""),
        ("<scroll-up>", None, b""),
    ],
)
def test_keys_as_xterm_sends_them(key: str, character: str | None, data: bytes) -> None:
    assert encode_key(key, PLAIN, character) == data


def test_modes_change_the_keys() -> None:
    assert encode_key("up", APPLICATION) == b"\x1bOA"
    assert encode_key("end", APPLICATION) == b"\x1bOF"
    assert encode_key("ctrl+up", APPLICATION) == b"\x1b[1;5A"
    assert encode_key("backspace", Modes(backarrow=True)) == b"\x08"
    assert encode_key("ctrl+i", KITTY) == b"\x1b[105;5u"
    assert encode_key("shift+enter", KITTY) == b"\x1b[13;2u"
    assert encode_key("A", KITTY, "A") == b"A"


@given(st.text(), st.none() | st.text(max_size=3), st.booleans(), st.integers(0, 31))
def test_any_name_gives_some_bytes_and_no_error(key: str, character: str | None, application: bool, kitty: int) -> None:
    encode_key(key, Modes(application_cursor=application, kitty_keyboard=kitty), character)


@given(
    st.text() | st.lists(st.sampled_from(["\x1b[201~", "\x9b201~", "\x1b", "\x03", "a\n", "\r\n", "é"])).map("".join)
)
def test_a_paste_cannot_end_itself_or_steer(text: str) -> None:
    data = encode_paste(text, Modes(bracketed_paste=True))
    assert data.startswith(PASTE_BEGIN)
    assert data.endswith(PASTE_END)
    inner = data[len(PASTE_BEGIN) : -len(PASTE_END)]
    assert not re.search("[\x00\x03\x04\x1a\x1b\x1c\x7f-\x9f]", inner.decode())
    assert not re.search("[\x00\x03\x04\x1a\x1b\x1c\x7f-\x9f\n]", encode_paste(text, PLAIN).decode())


def test_pasted_lines_are_entered_where_nobody_asked_for_markers() -> None:
    assert encode_paste("one\ntwo\r\n", PLAIN) == b"one\rtwo\r"
    assert encode_paste("one\ttwö\n", Modes(bracketed_paste=True)) == b"\x1b[200~one\ttw\xc3\xb6\n\x1b[201~"


def test_focus_is_told_to_those_who_asked() -> None:
    assert encode_focus(True, PLAIN) == b""
    asked = Modes(focus_events=True)
    assert (encode_focus(True, asked), encode_focus(False, asked)) == (b"\x1b[I", b"\x1b[O")


def test_mouse_events_follow_the_tracking_mode() -> None:
    def wanted(mode: Modes) -> list[bool]:
        events = (("press", "left"), ("release", "left"), ("motion", "left"), ("motion", ""))
        return [bool(encode_mouse(action, button, 4, 2, mode, size=SIZE)) for action, button in events]

    assert wanted(Modes()) == [False, False, False, False]
    assert wanted(Modes(mouse="press")) == [True, False, False, False]
    assert wanted(Modes(mouse="click")) == [True, True, False, False]
    assert wanted(Modes(mouse="drag")) == [True, True, True, False]
    assert wanted(Modes(mouse="motion")) == [True, True, True, True]


def test_mouse_formats() -> None:
    sgr, old = Modes(mouse="motion", mouse_format="sgr"), Modes(mouse="motion")
    assert encode_mouse("press", "left", 4, 2, sgr, size=SIZE) == b"\x1b[<0;5;3M"
    assert encode_mouse("release", "left", 4, 2, sgr, size=SIZE) == b"\x1b[<0;5;3m"
    assert encode_mouse("motion", "right", 4, 2, sgr, size=SIZE) == b"\x1b[<34;5;3M"
    assert encode_mouse("press", "wheel_down", 4, 2, sgr, size=SIZE) == b"\x1b[<65;5;3M"
    assert encode_mouse("press", "middle", 4, 2, sgr, size=SIZE, ctrl=True) == b"\x1b[<17;5;3M"
    assert encode_mouse("press", "left", 299, 99, sgr, size=(400, 200)) == b"\x1b[<0;300;100M"
    assert encode_mouse("press", "left", 4, 2, old, size=SIZE) == b"\x1b[M %#"
    urxvt, utf8 = Modes(mouse="drag", mouse_format="urxvt"), Modes(mouse="drag", mouse_format="utf8")
    assert encode_mouse("press", "left", 299, 99, urxvt, size=(400, 200)) == b"\x1b[32;300;100M"
    assert encode_mouse("press", "left", 299, 99, utf8, size=(400, 200)) == b"\x1b[M " + "\u014c\x84".encode()
    assert encode_mouse("press", "left", 299, 99, old, size=(400, 200)) == b""  # has no bytes for so far away


def test_the_wheel_is_arrows_for_full_screen_programs_without_a_mouse() -> None:
    less = Modes(alternate_screen=True, alternate_scroll=True, application_cursor=True)
    assert encode_mouse("press", "wheel_up", 0, 0, less, size=SIZE) == b"\x1bOA" * 3
    assert encode_mouse("press", "left", 0, 0, less, size=SIZE) == b""
    assert encode_mouse("press", "wheel_up", 0, 0, Modes(alternate_scroll=True), size=SIZE) == b""
