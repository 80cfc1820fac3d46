"""What a program asked of its terminal: the modes that the key encoder and the pane need, and the cursor."""

from typing import Literal, NamedTuple

MouseTracking = Literal["", "press", "click", "drag", "motion"]
"""Which mouse events a program wants: none, presses (9), clicks (1000), drags too (1002), all motion too (1003)."""

MouseFormat = Literal["x10", "utf8", "sgr", "urxvt", "pixels"]

Shape = Literal["block", "bar", "underline"]
"""How a program wants its cursor to look."""


class Modes(NamedTuple):
    """The state of a terminal that is not on the screen."""

    alternate_screen: bool = False
    """The full-screen buffer of vim, less, htop; it has no history."""
    application_cursor: bool = False
    application_keypad: bool = False
    backarrow: bool = False
    """Backspace sends BS instead of DEL (DECBKM)."""
    bracketed_paste: bool = False
    focus_events: bool = False
    mouse: MouseTracking = ""
    mouse_format: MouseFormat = "x10"
    alternate_scroll: bool = False
    """The wheel means arrow keys on the alternate screen (1007)."""
    synchronized: bool = False
    """The program is in the middle of a frame (2026): a pane may wait a moment before it paints."""
    kitty_keyboard: int = 0
    """Flags of the kitty keyboard protocol; 0 for the classic encoding."""


class Cursor(NamedTuple):
    """Where the next character goes."""

    x: int
    y: int
    visible: bool
    shape: Shape
    blink: bool
