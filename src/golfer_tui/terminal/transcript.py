"""The lines of a terminal by number, for those who read in it: a line keeps its number while others come and go.

The emulator counts lines from the oldest that it still has, which changes as it forgets them. Here the first line that
was ever read has a number, and all others follow. Where that cannot be known any more (a full-screen program took the
screen, everything was erased) all lines get new numbers, and what is remembered of old ones means nothing any more.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from golfer_tui.terminal.cells import Line, safe
from golfer_tui.terminal.ghostty import Anchor, Place, check, ffi, lib, locate, sized
from golfer_tui.terminal.rows import glyphs

if TYPE_CHECKING:
    from golfer_tui.terminal.screen import Screen

BUFFER = 64 * 1024
"""Bytes of text taken over at once to begin with; it grows to what is asked for."""

_PALETTE = re.compile(r"(?:\x1b\]4;[^\x1b]*\x1b\\)+")


class Spot(NamedTuple):
    """A cell of a transcript. Spots are ordered as one reads."""

    line: int
    """Number of the line."""
    x: int
    """Column."""


class Transcript:
    """Reads a screen and its history. As the screen itself it must not be used while that is fed."""

    def __init__(self, screen: "Screen", terminal: Any) -> None:
        """Made by the screen, with its handle of the library."""
        self._screen, self._terminal = screen, terminal
        self._place = Place()
        self._anchor: Anchor | None = None
        self._anchored = (0, 0)
        """Number of the anchor's line, and its row when it was set."""
        self._alternate = False
        self._first = self._end = 0
        self._buffer = ffi.new("uint8_t[]", BUFFER)
        self._written = ffi.new("size_t*")
        self._options = sized("GhosttyTerminalSelectionFormatOptions")
        self._selection = sized("GhosttySelection")
        self._options.trim = True
        self._options.selection = self._selection
        self._ref, self._row = sized("GhosttyGridRef"), ffi.new("GhosttyRow*")
        self._wraps = ffi.new("bool*")

    @property
    def first(self) -> int:
        """Number of the oldest line that is still there."""
        return self._first

    @property
    def active(self) -> int:
        """Number of the line at the top of the screen; those before it do not change any more."""
        return self._end - self._screen.rows

    @property
    def end(self) -> int:
        """Number after the last line of the screen."""
        return self._end

    @property
    def columns(self) -> int:
        return self._screen.columns

    def settle(self) -> None:
        """Find the numbers again: to be called after the screen was fed or resized and before anything is read."""
        alternate = self._screen.modes.alternate_screen
        history = self._screen.history
        row = self._row_of_anchor() if alternate == self._alternate else None
        self._first = self._end if row is None else self._anchored[0] - row
        self._end = self._first + history + self._screen.rows
        self._alternate = alternate
        if row is None or row != history:
            self._anchor_at(history)

    def line(self, number: int) -> Line:
        """A line with its styles. Raises IndexError where there is no such line."""
        return self._screen.line(number - self.active)

    def cells(self, number: int) -> tuple[str, ...]:
        """The text of each cell: a blank for an empty one, nothing for the second half of a wide character. A last cell
        that is only empty because a wide character did not fit there is left out."""
        row, history = number - self._first, self._screen.history
        self._place.move(self._terminal, row if row < history else row - history, history=row < history)
        return glyphs(self._place.cells(self.columns), self._place)

    def texts(self, first: int, count: int) -> list[str]:
        """The plain text of lines without their trailing blanks. No character of it is harmless yet, but none is new
        to the person either: it is for searching."""
        text = self._format(Spot(first, 0), Spot(first + count - 1, self.columns - 1), unwrap=False)
        found = text.split("\n")
        return found + [""] * (count - len(found))

    def styled(self, first: int, count: int) -> list[str]:
        """The text of lines with SGR sequences for their looks, for `terminal.sgr`; wrapped ones are joined to the one
        that the program wrote. Blank ones at the end may be left out."""
        end = Spot(first + count - 1, self.columns - 1)
        text = self._format(Spot(first, 0), end, unwrap=True, emit=lib.GHOSTTY_FORMATTER_FORMAT_VT)
        # Before the text the emulator writes the colours of its palette.
        palette = _PALETTE.match(text)
        return text[palette.end() if palette else 0 :].split("\r\n")

    def wraps(self, first: int, count: int) -> list[bool]:
        """Whether the text of each line goes on in the next, because it was too long for one."""
        found = []
        for row in range(first - self._first, first - self._first + count):
            locate(self._terminal, 0, row, self._ref)
            check(lib.ghostty_grid_ref_row(self._ref, self._row))
            check(lib.ghostty_row_get(self._row[0], lib.GHOSTTY_ROW_DATA_WRAP, self._wraps))
            found.append(bool(self._wraps[0]))
        return found

    def text(self, begin: Spot, end: Spot) -> str:
        """What stands from `begin` to `end`, both included, for the clipboard: lines that were only wrapped are one,
        trailing blanks are cut, nothing in it steers a terminal."""
        text = self._format(begin, end, unwrap=True)
        return "\n".join(map(safe, text.split("\n")))

    def follow(self, spots: Iterable[Spot | None]) -> list[Anchor | None]:
        """Anchors for these spots, to find them again with `found` after the screen has another size."""
        inside = range(self._first, self._end)
        return [
            Anchor(self._terminal, min(spot.x, self.columns - 1), spot.line - self._first)
            if spot is not None and spot.line in inside
            else None
            for spot in spots
        ]

    def found(self, anchors: Sequence[Anchor | None]) -> list[Spot | None]:
        """Where these anchors are now; closes them."""
        spots: list[Spot | None] = []
        for anchor in anchors:
            place = anchor.place if anchor is not None else None
            spots.append(None if place is None else Spot(self._first + place[1], place[0]))
            if anchor is not None:
                anchor.close()
        return spots

    def close(self) -> None:
        """Let go of the screen."""
        if self._anchor is not None:
            self._anchor.close()
            self._anchor = None

    def _row_of_anchor(self) -> int | None:
        place = self._anchor.place if self._anchor is not None else None
        # An anchor in what was erased comes to stand in the first row, where nothing was above it.
        if place is None or (place[1] == 0 and self._anchored[1] > 0):
            return None
        return place[1]

    def _anchor_at(self, row: int) -> None:
        if self._anchor is not None:
            self._anchor.close()
        self._anchor = Anchor(self._terminal, 0, row)
        self._anchored = self._first + row, row

    def _format(self, begin: Spot, end: Spot, *, unwrap: bool, emit: int = lib.GHOSTTY_FORMATTER_FORMAT_PLAIN) -> str:
        locate(self._terminal, begin.x, begin.line - self._first, ffi.addressof(self._selection, "start"))
        locate(self._terminal, end.x, end.line - self._first, ffi.addressof(self._selection, "end"))
        self._options.unwrap, self._options.emit = unwrap, emit
        while result := lib.ghostty_terminal_selection_format_buf(
            self._terminal, self._options[0], self._buffer, len(self._buffer), self._written
        ):
            if result != lib.GHOSTTY_OUT_OF_SPACE:
                check(result)
            self._buffer = ffi.new("uint8_t[]", max(self._written[0], 2 * len(self._buffer)))
        text = bytes(ffi.buffer(self._buffer, self._written[0])).decode("utf-8", "replace")
        if len(self._buffer) > 16 * BUFFER:
            self._buffer = ffi.new("uint8_t[]", BUFFER)
        return text
