"""What the emulator asks us while it is fed: where its answers go, how large it is, whether it is dark.

Each callback knows a plain value and no screen, so that a forgotten screen can be collected.
"""

from typing import Any

from golfer_tui.terminal.ghostty import CELL, ffi, lib

REPLIES = 64 * 1024
"""Bytes of answers passed on per call of `Screen.feed`; a program that asks for more is not answered further."""


def collector(replies: bytearray) -> Any:
    """Puts the emulator's answers to the program there."""

    def collect(_terminal: Any, _userdata: Any, data: Any, size: int) -> None:
        if len(replies) + size <= REPLIES:
            replies.extend(ffi.buffer(data, size)[:])

    return ffi.callback("GhosttyTerminalWritePtyFn", collect)


def measure(size: list[int]) -> Any:
    """Tells programs that ask for the size: the columns and rows that the list holds, and pixels that follow them."""

    def told(_terminal: Any, _userdata: Any, found: Any) -> bool:
        found.columns, found.rows = size
        found.cell_width, found.cell_height = CELL
        return True

    return ffi.callback("GhosttyTerminalSizeFn", told)


def scheme() -> Any:
    """Tells programs that ask for it that the ground is dark, as the colours say that `Screen` answers with."""

    def told(_terminal: Any, _userdata: Any, found: Any) -> bool:
        found[0] = lib.GHOSTTY_COLOR_SCHEME_DARK
        return True

    return ffi.callback("GhosttyTerminalColorSchemeFn", told)
