"""From keys, pasted text and focus to the bytes that a program reads, as its modes ask for. Pure: modes in, bytes out.

Keys are named as Textual names them ("a", "ctrl+c", "shift+tab", "pageup", "full_stop"). The encoding itself is the
emulator's own, so that what it tells a program about its keyboard is what the program gets.
"""

import re
import unicodedata
from typing import Any

from golfer_tui.terminal.ghostty import check, ffi, lib
from golfer_tui.terminal.modes import Modes

PASTE_BEGIN, PASTE_END = b"\x1b[200~", b"\x1b[201~"

_NAMED = {
    "up": "ARROW_UP",
    "down": "ARROW_DOWN",
    "left": "ARROW_LEFT",
    "right": "ARROW_RIGHT",
    "home": "HOME",
    "end": "END",
    "pageup": "PAGE_UP",
    "pagedown": "PAGE_DOWN",
    "insert": "INSERT",
    "delete": "DELETE",
    "tab": "TAB",
    "enter": "ENTER",
    "return": "ENTER",
    "escape": "ESCAPE",
    "backspace": "BACKSPACE",
    "space": "SPACE",
} | {f"f{n}": f"F{n}" for n in range(1, 25)}

_SHORT_NAMES = {
    "slash": "solidus",
    "backslash": "reverse_solidus",
    "at": "commercial_at",
    "minus": "hyphen-minus",
    "hyphen_minus": "hyphen-minus",
    "plus": "plus_sign",
    "underscore": "low_line",
    "less_than_sign": "less-than_sign",
    "greater_than_sign": "greater-than_sign",
}
_MODIFIERS = {"shift": 1, "ctrl": 2, "alt": 4, "super": 8, "meta": 4}
_SHIFT, _CTRL = _MODIFIERS["shift"], _MODIFIERS["ctrl"]
_CLASSIC_CONTROLS = {"i": b"\t", "m": b"\r", "[": b"\x1b"}
_C1 = re.compile("[\x80-\x9f]")
_SIZE = 128


def encode_key(key: str, modes: Modes, character: str | None = None) -> bytes:
    """The bytes of one key press; `character` is the text that it makes, if any. Empty for a key without any."""
    *modifiers, name = key.split("+") if len(key) > 1 else [key]
    mods = 0
    for modifier in modifiers:
        mods |= _MODIFIERS.get(modifier, 0)
    named = _NAMED.get(name, "")
    text = " " if named == "SPACE" else "" if named else _text(name, character)
    if not named and not text:
        return b""
    if not modes.kitty_keyboard:
        # The classic encoding has no bytes for these; plain ones are what xterm sends and what programs bind.
        if named in ("ENTER", "ESCAPE") or (named == "TAB" and mods != _SHIFT):
            mods &= ~(_SHIFT | _CTRL)
        elif mods & _CTRL and text:
            mods &= ~_SHIFT
            if text.lower() in _CLASSIC_CONTROLS:
                return (b"\x1b" if mods & _MODIFIERS["alt"] else b"") + _CLASSIC_CONTROLS[text.lower()]
    if len(text) == 1 and text != text.lower():
        mods |= _SHIFT * (not mods & _CTRL)
    return _encode(named or "UNIDENTIFIED", text, mods, modes)


def encode_paste(text: str, modes: Modes) -> bytes:
    """Pasted text, between markers if the program asked for them. It can neither end the paste nor steer the program:
    escape and other harmful controls become blanks; without markers a line break is the Enter key."""
    data = _C1.sub(" ", text.replace("\r\n", "\n")).encode("utf-8", "replace")
    source, written = ffi.new("char[]", data), ffi.new("size_t*")
    room = len(data) + len(PASTE_BEGIN) + len(PASTE_END)
    buffer = ffi.new("char[]", room)
    check(lib.ghostty_paste_encode(source, len(data), modes.bracketed_paste, buffer, room, written))
    return bytes(ffi.buffer(buffer, written[0]))


def encode_focus(gained: bool, modes: Modes) -> bytes:
    """Tells the program that the pane got or lost the keyboard, if it wants to know."""
    if not modes.focus_events:
        return b""
    return b"\x1b[I" if gained else b"\x1b[O"


def _text(name: str, character: str | None) -> str:
    """The text of a key that makes some: what the event says, or what its name means."""
    if character and character.isprintable():
        return character
    if len(name) == 1:
        return name if name.isprintable() else ""
    try:
        return unicodedata.lookup(_SHORT_NAMES.get(name, name).replace("_", " "))
    except KeyError:
        return ""


def _encode(key: str, text: str, mods: int, modes: Modes) -> bytes:
    encoder, event = ffi.new("GhosttyKeyEncoder*"), ffi.new("GhosttyKeyEvent*")
    check(lib.ghostty_key_encoder_new(ffi.NULL, encoder))
    check(lib.ghostty_key_event_new(ffi.NULL, event))
    try:
        options: dict[str, Any] = {
            "CURSOR_KEY_APPLICATION": ffi.new("bool*", modes.application_cursor),
            "KEYPAD_KEY_APPLICATION": ffi.new("bool*", modes.application_keypad),
            "BACKARROW_KEY_MODE": ffi.new("bool*", modes.backarrow),
            "ALT_ESC_PREFIX": ffi.new("bool*", True),
            "KITTY_FLAGS": ffi.new("uint8_t*", modes.kitty_keyboard & 31),
        }
        for option, value in options.items():
            lib.ghostty_key_encoder_setopt(encoder[0], getattr(lib, f"GHOSTTY_KEY_ENCODER_OPT_{option}"), value)
        data = text.encode("utf-8", "replace")
        utf8 = ffi.new("char[]", data)
        lib.ghostty_key_event_set_action(event[0], lib.GHOSTTY_KEY_ACTION_PRESS)
        lib.ghostty_key_event_set_key(event[0], getattr(lib, f"GHOSTTY_KEY_{key}"))
        lib.ghostty_key_event_set_mods(event[0], mods)
        lib.ghostty_key_event_set_consumed_mods(event[0], mods & _SHIFT if text else 0)
        lib.ghostty_key_event_set_utf8(event[0], utf8, len(data))
        lib.ghostty_key_event_set_unshifted_codepoint(event[0], ord(text.lower()[0]) if text else 0)
        size = max(_SIZE, 4 * len(data))
        buffer, written = ffi.new("char[]", size), ffi.new("size_t*")
        check(lib.ghostty_key_encoder_encode(encoder[0], event[0], buffer, size, written))
        return bytes(ffi.buffer(buffer, written[0]))
    finally:
        lib.ghostty_key_event_free(event[0])
        lib.ghostty_key_encoder_free(encoder[0])
