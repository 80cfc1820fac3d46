"""All lines that a command printed, in order, as they looked when they left its terminal: what paper would have kept.

The bytes go through an emulator of the size that the command's terminal had, so that carriage returns, progress bars
and colours come out as they did there; lines that were wrapped are whole again. Of a full-screen program the last
screen is kept. Lines go out as text with SGR sequences (`terminal.sgr`), since they may be many.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from golfer_tui.terminal.printed import SIZE, Printed
from golfer_tui.terminal.screen import Screen
from golfer_tui.terminal.sgr import bare
from golfer_tui.terminal.text import whole

SLICE = 8 * 1024
"""Bytes fed at once at most: fewer lines than the emulator keeps, however short they are."""

CELLS = 512 * 1024
"""Cells that one slice may scroll away at most: less than the emulator keeps, however wide its lines are."""

HISTORY = 1_000_000
"""Rows that the emulator may keep: more than it is ever left with, or rows that scrolled away could not be counted."""

KEPT = 500
"""Rows in the emulator's history from which on those that were given out are dropped, if not too many cells before."""

LONGEST = 64 * 1024
"""Characters of one line, SGR sequences included; what is longer goes on in the next."""

FULL_SCREEN = "\x1b[2m── full screen ──\x1b[0m"
"""Stands before the last screen of a full-screen program."""

_SWITCH = re.compile(rb"(\x1b\[\?(?:[0-9]+;)*(?:1049|1047|47)(?:;[0-9]+)*[hl])")
_RESET = "\x1b[0m"
_CLEAR_HISTORY = b"\x1b[3J"


class Row(NamedTuple):
    """A line."""

    text: str
    """With SGR sequences."""
    time: float | None
    """When something was last printed on it, in seconds since 1970; None if nobody knows."""


class Printout:
    """Takes pieces in order, gives lines. Not thread-safe, but `feed` may run in a thread, as a `Screen`'s does."""

    def __init__(self) -> None:
        self._screen = Screen(*SIZE, scrollback_lines=HISTORY)
        self._lines = self._screen.transcript()
        self._next = 0
        """The first row that was not given out, counted from the oldest one that the emulator has."""
        self._full = False
        """A full-screen program has the screen."""
        self._held = b""
        """The beginning of a character or a sequence whose rest has not come yet."""
        self._times: list[float | None] = [None] * self._screen.rows
        """For each row of the screen, when it was printed on."""
        self._begun = ""
        """The beginning of a line that goes on in the first row that was not given out."""
        self._quiet = False
        """Nobody wants the lines that leave the screen."""

    def feed(self, pieces: Iterable[Printed]) -> list[Row]:
        """Take in what was printed next. Returns the lines that cannot change any more."""
        done: list[Row] = []
        for piece in pieces:
            if (piece.columns, piece.rows) != (self._screen.columns, self._screen.rows):
                done += self._resize(piece.columns, piece.rows)
            data = self._held + piece.data
            end = whole(data)
            data, self._held = data[:end], data[end:]
            # An odd index is one of the switches between the main and the alternate screen.
            for index, part in enumerate(_SWITCH.split(data.replace(_CLEAR_HISTORY, b""))):
                done += self._switch(part) if index % 2 else self._print(part, piece.time)
        return done

    def skip(self, pieces: Iterable[Printed]) -> int:
        """Take in what was printed next without giving out lines, which is quick. Returns how many are left out."""
        self._quiet = True
        before, pieces = self._ended(), list(pieces)
        self.feed(pieces)
        self._quiet = False
        return max(0, before + sum(piece.data.count(b"\n") for piece in pieces) - self._ended())

    def rest(self) -> list[Row]:
        """The lines that are still on the screen and may change, without the blank ones at the end."""
        if self._full:
            begun = [Row(self._begun, self._times[0])] if self._begun else []
            return begun + self._last_screen()
        history = self._screen.history
        return _trimmed(self._joined(self._rows(max(self._next, history), history + self._screen.rows)))

    def close(self) -> None:
        self._lines.close()
        self._screen.close()

    def _print(self, data: bytes, time: float | None) -> list[Row]:
        done: list[Row] = []
        size = max(1, min(SLICE, CELLS // self._screen.columns))
        for start in range(0, len(data), size):
            before, y = self._screen.history, self._screen.cursor.y
            self._screen.dirty()
            self._screen.feed(data[start : start + size])
            scrolled = self._screen.history - before
            if scrolled < 0 or (self._full and not self._screen.modes.alternate_screen):
                # The terminal was reset: what is in the history has come since.
                self._full, self._next, scrolled = False, 0, self._screen.history
            changed = set() if scrolled else self._screen.dirty()
            self._times += [time] * scrolled
            after = self._screen.cursor.y + scrolled
            for row in {*range(min(y, after), max(y, after) + 1), *changed}:
                self._times[row] = time
            if scrolled and not self._full:
                done += self._take(self._screen.history, scrolled)
            del self._times[:scrolled]
        return done

    def _switch(self, sequence: bytes) -> list[Row]:
        """Go to the alternate screen or back. What stood before on the main one is given out, then the last screen."""
        if not self._full:
            done = self._take(self._screen.history + self._screen.cursor.y)
        else:
            done = self._last_screen() if sequence.endswith(b"l") and not self._quiet else []
        self._screen.feed(sequence)
        if self._full and not self._screen.modes.alternate_screen:
            # All above the cursor is out already.
            self._next = self._screen.history + self._screen.cursor.y
        self._full = self._screen.modes.alternate_screen
        return done

    def _last_screen(self) -> list[Row]:
        rows = _trimmed(self._rows(0, self._screen.rows))
        return [Row(FULL_SCREEN, rows[-1].time), *rows] if rows else []

    def _resize(self, columns: int, rows: int) -> list[Row]:
        """Wrap what is on the screen anew; what leaves it is given out."""
        y, times = self._screen.cursor.y, self._times
        next_row = None if self._full else self._screen.anchor(0, self._next)
        self._screen.resize(columns, rows)
        moved = self._screen.cursor.y - y
        self._times = [times[min(max(row - moved, 0), len(times) - 1)] for row in range(self._screen.rows)]
        if next_row is None:
            return []
        place = next_row.place
        next_row.close()
        history = self._screen.history
        self._next = history if place is None else place[1]
        scrolled = max(0, history - self._next)
        self._times[:0] = [self._times[0]] * scrolled
        done = self._take(history, scrolled)
        del self._times[:scrolled]
        return done

    def _take(self, stop: int, scrolled: int = 0) -> list[Row]:
        """Give out the lines before this row; the times begin `scrolled` rows above the screen."""
        done = [] if self._quiet else self._joined(self._rows(self._next, stop, scrolled))
        if self._quiet:
            self._begun, self._next = "", max(self._next, stop)
        elif self._next < stop:
            self._begun = ""
            if self._wraps(stop - 1, stop)[0] and len(done[-1].text) < LONGEST:
                self._begun = done.pop().text
                if not self._lines.cells(self._lines.first + stop - 1)[-1]:
                    # A wide character did not fit there; as the end of a text, the cell that it left is a blank.
                    self._begun = self._begun.removesuffix(" ")
            self._next = stop
        if self._screen.history > min(KEPT, CELLS // self._screen.columns):
            self._next -= self._screen.forget()
        return done

    def _ended(self) -> int:
        """Lines on the screen that were not given out and stand above the cursor."""
        history = self._screen.history
        return self._wraps(max(self._next, history), history + self._screen.cursor.y).count(False)

    def _joined(self, rows: list[Row]) -> list[Row]:
        """With the beginning of the first one, which was not given out."""
        if not self._begun:
            return rows
        first = rows[0] if rows else Row("", self._times[0])
        return [first._replace(text=self._begun + first.text), *rows[1:]]

    def _rows(self, first: int, stop: int, scrolled: int = 0) -> list[Row]:
        """The lines from one row to before another, wrapped ones joined, each with the time of its last row."""
        if first >= stop:
            return []
        ends = [row for row, goes_on in enumerate(self._wraps(first, stop), first) if not goes_on or row == stop - 1]
        texts = self._lines.styled(self._lines.first + first, stop - first)
        texts += [""] * (len(ends) - len(texts))
        top = self._screen.history - scrolled
        times = [self._times[row - top] if row >= top else None for row in ends]
        return [Row(_unreset(text), time) for text, time in zip(texts, times, strict=False)]

    def _wraps(self, first: int, stop: int) -> list[bool]:
        self._lines.settle()
        return self._lines.wraps(self._lines.first + first, stop - first)


def _unreset(text: str) -> str:
    """Without what only ends a style at the end of a line."""
    while text.endswith(_RESET):
        text = text[: -len(_RESET)]
    return text


def _trimmed(rows: list[Row]) -> list[Row]:
    """Without the blank lines at the end."""
    while rows and not bare(rows[-1].text).strip():
        rows.pop()
    return rows
