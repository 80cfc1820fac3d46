"""The answers of a terminal to the program on it: who it is, where its cursor is, which colours it has.

Each PTY has one `Answers`, at the one place where its live bytes pass, so that a question is answered exactly once:
whether a pane shows the terminal, several do or none, and never when recorded bytes are shown again.

Most programs ask nothing. Until one does, its output is only searched for questions; the emulator that knows the
answers is made at the first, from the end of what was printed before.
"""

import re

from golfer_tui.terminal.screen import Screen

BEFORE = 64 * 1024
"""Bytes kept of what a program printed before its first question: many screens full."""

LONGEST = 256
"""Bytes of a question; it may be cut anywhere, so the search begins so far before what is new."""

_QUESTION = re.compile(
    rb"\x1b(?:"
    rb"\[[0-?]{0,64}+(?:[cnt]|\$p|(?<=\?)u|(?<=[>0])q)"  # attributes, reports, size, a mode, kitty keyboard, version
    rb"|\[\?(?:[0-9]{1,5}+;){0,16}2048[;h]"  # wants to be told of its size
    rb"|\][^\x07\x1b]{0,200}\?"  # a colour
    rb"|P\$q"  # a setting
    rb"|Z)"  # attributes, the old way
)


class Answers:
    """What one terminal says to its program. Close it with the terminal."""

    def __init__(self, columns: int, rows: int) -> None:
        self._size = columns, rows
        self._before = bytearray()
        self._screen: Screen | None = None
        self._said = bytearray()

    def take(self, data: bytes) -> bytes:
        """Take what the program printed, cut anywhere; returns what is to be written to its input, mostly nothing."""
        if self._screen is None:
            begin = max(0, len(self._before) - LONGEST)
            self._before += data
            if _QUESTION.search(self._before, begin) is None:
                del self._before[: max(0, len(self._before) - BEFORE)]
                return b""
            self._screen = Screen(*self._size, scrollback_lines=0, on_reply=self._said.extend)
            data = bytes(self._before)
            self._before.clear()
        self._screen.feed(data)
        return self._take()

    def resize(self, columns: int, rows: int) -> bytes:
        """The terminal has another size; returns what is to be written for programs that asked to be told."""
        self._size = columns, rows
        if self._screen is not None:
            self._screen.resize(columns, rows)
        return self._take()

    def close(self) -> None:
        """Nothing more is answered; may be called twice."""
        if self._screen is not None:
            self._screen.close()
            self._screen = None

    def _take(self) -> bytes:
        said = bytes(self._said)
        self._said.clear()
        return said
