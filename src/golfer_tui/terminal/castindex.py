"""Where in a recording which moment is: found in one pass over its bytes, which parses no line of output. No I/O.

A long recording is not played from its beginning to show a moment of it: what a screen shows was printed shortly
before. So the screen is fed from a place a few megabytes before, in the modes that the terminal had there.
"""

import bisect
import contextlib
import mmap
import re
from typing import NamedTuple

from golfer_tui.terminal.cast import LATEST, read_size

STEP = 256 * 1024
"""Bytes of the file between two places."""

BACK = 4 * 1024 * 1024
"""Bytes of the file that are played at least before a moment; a shorter recording is played as a whole."""

MARKS = 10_000
"""Marks of one recording that can be jumped to."""

_EVENT = re.compile(rb'\n\[\s*([0-9.eE+-]+)\s*,\s*"(\w)"')
_RESIZE = re.compile(rb'\s*,\s*"(\d+x\d+)"')
_MODE = re.compile(rb"\?([0-9;]+)([hl])")
_CSI = (rb"\u001b[", rb"\u001B[")
"""How JSON writes what stands before it; looked for afterwards, for it is frequent where the rest is not."""

Whole = bytes | mmap.mmap
"""All bytes of a recording, in memory or mapped into it."""


class Place(NamedTuple):
    """A place between two lines."""

    time: float
    """Seconds since the beginning, of the event before it."""
    position: int
    """Bytes before it."""
    size: tuple[int, int] | None
    """Columns and rows of the terminal there; None if they are still those of the header."""


class Index:
    """The places of one recording, when it ends, and its marks."""

    def __init__(self, whole: Whole, version: int) -> None:
        """Looks through all of it: takes a quarter of a second for 200 MB."""
        self._whole = whole
        self.places: list[Place] = []
        self.length = 0.0
        """When the last event comes, in seconds since the beginning."""
        self.marks: list[float] = []
        """In seconds since the beginning."""
        size, last = None, 0
        # A last line that was never finished, as a crash leaves it, is none.
        for found in _EVENT.finditer(whole, 0, whole.rfind(b"\n") + 1):
            begin, end = found.span()
            with contextlib.suppress(ValueError):
                time = float(found[1])
                if abs(time) < LATEST:
                    self.length = max(self.length, self.length + time if version == 3 else time)
            if found[2] == b"m" and len(self.marks) < MARKS:
                self.marks.append(self.length)
            elif found[2] == b"r" and (told := _RESIZE.match(whole, end)):
                size = read_size(told[1]) or size
            if begin - last >= STEP and (stop := whole.find(b"\n", end)) >= 0:
                last = stop + 1
                self.places.append(Place(self.length, last, size))

    def before(self, moment: float) -> Place | None:
        """A place from which the screen of that moment can be played; None if that is the beginning."""
        index = bisect.bisect_right(self.places, moment, key=lambda place: place.time) - 1
        if index < 0:
            return None
        position = self.places[index].position - BACK
        index = bisect.bisect_right(self.places, position, key=lambda place: place.position) - 1
        return self.places[index] if index >= 0 else None

    def modes(self, place: Place) -> bytes:
        """What brings a new terminal into the modes of a place: alternate screen, wrapping, cursor and so on."""
        latest: dict[bytes, bytes] = {}
        for found in _MODE.finditer(self._whole, 0, place.position):
            begin = found.start()
            if self._whole[max(0, begin - len(_CSI[0])) : begin] in _CSI:
                latest.pop(found[1], None)
                latest[found[1]] = found[2]
        return b"".join(b"\x1b[?%b%b" % each for each in latest.items())
