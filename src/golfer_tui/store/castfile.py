"""One recording on disk: an asciicast file that grows at its end, and the marks by which a place in it is found.

Everything here blocks on the disk and is called in threads. No file stays open between two calls.
"""

import bisect
import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from golfer_tui.model.errors import StoreError
from golfer_tui.store.castlines import Mark, at_line, lines_from, pieces_from
from golfer_tui.terminal import cast
from golfer_tui.terminal.printed import Printed

STEP = 256 * 1024
"""Bytes of output between two marks: the most that is read in vain for one byte."""


class CastFile:
    """Reads a recording that is there, also while another process writes it."""

    def __init__(self, path: Path, marks: Iterable[Mark] = ()) -> None:
        """`marks` are hints from earlier; those that cannot be right any more are left out."""
        self.path = path
        self.marks: list[Mark] = []
        if is_new(path):
            return
        with self._open() as file:
            first = Mark(0, len(_header(file, path)))
            size = os.fstat(file.fileno()).st_size
            known = [first, *sorted(mark for mark in marks if first.position < mark.position <= size)]
            self.marks = [mark for mark in known if mark is first or at_line(file, mark.position)]

    def read(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes of output from `offset` on; fewer where the recording ends."""
        if not self.marks or size <= 0:
            return b""
        begin, parts = max(offset, 0), bytearray()
        stop = begin + size
        start = self.marks[bisect.bisect_right(self.marks, begin, key=lambda mark: mark.offset) - 1]
        with self._open() as file:
            for place, data in lines_from(file, start):
                first = place.offset - len(data)
                parts += data[max(begin - first, 0) : max(stop - first, 0)]
                if place.offset >= stop:
                    break
        return bytes(parts)

    def printed(self, offset: int, size: int) -> list[Printed]:
        """The same bytes with the time at which they were recorded, and the size of the terminal."""
        if not self.marks or size <= 0:
            return []
        begin = max(offset, 0)
        index = bisect.bisect_right(self.marks, begin, key=lambda mark: mark.offset) - 1
        with self._open() as file:
            # Where a crash took a mark away, the place may not tell the time: an earlier one does.
            while (found := pieces_from(file, self.marks[index], begin, begin + size, last=not index)) is None:
                index -= 1
        return found

    def measure(self) -> int:
        """Offset after the last byte of output; reads what lies behind the last mark."""
        if not self.marks:
            return 0
        last = self.marks[-1]
        with self._open() as file:
            return max((place.offset for place, _ in lines_from(file, last)), default=last.offset)

    def _open(self) -> BinaryIO:
        try:
            return self.path.open("rb")
        except OSError as error:
            raise failed(self.path, error, "read") from error


def whole_lines(path: Path) -> Iterator[bytes]:
    """The lines of a recording as they are, without what a crash or a writer at work left unfinished at its end.

    Raises:
        StoreError: `recording.failed`, `recording.foreign`.
    """
    try:
        with path.open("rb") as file:
            start = Mark(0, len(_header(file, path)))
            end = max((place.position for place, _ in lines_from(file, start)), default=start.position)
            file.seek(0)
            while file.tell() < end and (line := file.readline()):
                yield line
    except OSError as error:
        raise failed(path, error, "read") from error


def _header(file: BinaryIO, path: Path) -> bytes:
    line = file.readline()
    with contextlib.suppress(ValueError):
        if cast.read_header(line).version == 3:
            return line
    message = f"{path} is no asciicast v3 recording."
    raise StoreError("recording.foreign", message, hint="Move it away; golfer then begins a new one.")


def is_new(path: Path) -> bool:
    """True if there is no file, or one whose first line was never finished."""
    try:
        with path.open("rb") as file:
            line = file.readline()
    except FileNotFoundError:
        return True
    except OSError as error:
        raise failed(path, error, "read") from error
    return not line.endswith(b"\n") and (not line or line.startswith(b'{"version": 3'[: len(line)]))


def failed(path: Path, error: OSError, verb: str) -> StoreError:
    message = f"The recording {path} could not be {verb}: {(error.strerror or str(error)).lower()}."
    return StoreError("recording.failed", message, hint="Check the room on the disk and the permissions.", retry=True)
