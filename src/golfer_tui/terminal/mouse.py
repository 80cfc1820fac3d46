"""From the mouse to the bytes that a program reads, in the format that it asked for. Pure, like the keys."""

from typing import Any, Literal

from golfer_tui.terminal.ghostty import CELL, check, ffi, lib, sized
from golfer_tui.terminal.keys import encode_key
from golfer_tui.terminal.modes import Modes

Action = Literal["press", "release", "motion"]
Button = Literal["", "left", "middle", "right", "wheel_up", "wheel_down", "wheel_left", "wheel_right"]

WHEEL_LINES = 3
"""Arrow keys per step of the wheel, for full-screen programs that know no mouse."""

_ACTIONS = {"press": "PRESS", "release": "RELEASE", "motion": "MOTION"}
_BUTTONS = {
    "left": "LEFT",
    "middle": "MIDDLE",
    "right": "RIGHT",
    "wheel_up": "FOUR",
    "wheel_down": "FIVE",
    "wheel_left": "SIX",
    "wheel_right": "SEVEN",
}
_TRACKING = {"": "NONE", "press": "X10", "click": "NORMAL", "drag": "BUTTON", "motion": "ANY"}
_FORMATS = {"x10": "X10", "utf8": "UTF8", "sgr": "SGR", "urxvt": "URXVT", "pixels": "SGR_PIXELS"}


def encode_mouse(
    action: Action,
    button: Button,
    x: int,
    y: int,
    modes: Modes,
    *,
    size: tuple[int, int],
    shift: bool = False,
    alt: bool = False,
    ctrl: bool = False,
) -> bytes:
    """The bytes of one mouse event at column `x`, row `y` (from 0) of a screen of `size` columns and rows.

    `button` is the one that is pressed, released or held while the mouse moves; empty if none is. The result is empty
    when the program does not want this event.
    """
    if not modes.mouse:
        return _wheel(action, button, modes)
    encoder, event = ffi.new("GhosttyMouseEncoder*"), ffi.new("GhosttyMouseEvent*")
    check(lib.ghostty_mouse_encoder_new(ffi.NULL, encoder))
    check(lib.ghostty_mouse_event_new(ffi.NULL, event))
    try:
        area = sized("GhosttyMouseEncoderSize")
        area.screen_width, area.screen_height = size[0] * CELL[0], size[1] * CELL[1]
        area.cell_width, area.cell_height = CELL
        tracking = getattr(lib, f"GHOSTTY_MOUSE_TRACKING_{_TRACKING[modes.mouse]}")
        form = getattr(lib, f"GHOSTTY_MOUSE_FORMAT_{_FORMATS[modes.mouse_format]}")
        options: dict[str, Any] = {
            "EVENT": ffi.new("GhosttyMouseTrackingMode*", tracking),
            "FORMAT": ffi.new("GhosttyMouseFormat*", form),
            "SIZE": area,
            "ANY_BUTTON_PRESSED": ffi.new("bool*", bool(button) and action != "release"),
        }
        for option, value in options.items():
            lib.ghostty_mouse_encoder_setopt(encoder[0], getattr(lib, f"GHOSTTY_MOUSE_ENCODER_OPT_{option}"), value)
        lib.ghostty_mouse_event_set_action(event[0], getattr(lib, f"GHOSTTY_MOUSE_ACTION_{_ACTIONS[action]}"))
        if button:
            lib.ghostty_mouse_event_set_button(event[0], getattr(lib, f"GHOSTTY_MOUSE_BUTTON_{_BUTTONS[button]}"))
        lib.ghostty_mouse_event_set_mods(event[0], shift * 1 | ctrl * 2 | alt * 4)
        place = ffi.new("GhosttyMousePosition*", {"x": (x + 0.5) * CELL[0], "y": (y + 0.5) * CELL[1]})
        lib.ghostty_mouse_event_set_position(event[0], place[0])
        buffer, written = ffi.new("char[]", 64), ffi.new("size_t*")
        check(lib.ghostty_mouse_encoder_encode(encoder[0], event[0], buffer, 64, written))
        return bytes(ffi.buffer(buffer, written[0]))
    finally:
        lib.ghostty_mouse_event_free(event[0])
        lib.ghostty_mouse_encoder_free(encoder[0])


def _wheel(action: Action, button: Button, modes: Modes) -> bytes:
    """The wheel as arrow keys, where a full-screen program that knows no mouse asked for that."""
    if action != "press" or not (modes.alternate_screen and modes.alternate_scroll):
        return b""
    arrow = {"wheel_up": "up", "wheel_down": "down"}.get(button)
    return encode_key(arrow, modes) * WHEEL_LINES if arrow else b""
