"""The end of a recording, where it grows: whole lines are written, and what a crash left unfinished is cut off."""

import contextlib
import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from golfer_tui.model.errors import StoreError
from golfer_tui.store.castfile import STEP, CastFile, failed, is_new
from golfer_tui.store.castlines import Mark, lines_from
from golfer_tui.terminal import cast
from golfer_tui.terminal.printed import Printed


class CastWriter(CastFile):
    """The one writer of a recording. What a crash left unfinished at the end is cut off when it is opened."""

    def __init__(self, path: Path, marks: Iterable[Mark], columns: int, rows: int) -> None:
        """Open or make the file; `columns` and `rows` are the terminal's size in cells if it is made.

        Raises:
            StoreError: `recording.failed`; `recording.foreign` if the file is no asciicast v3. It is left as it is.
        """
        self._guard = threading.Lock()
        self._torn = False
        """True while a failed write may have left something after the last whole line."""
        self._unfinished = b""
        """The beginning of a character, kept back until its rest comes."""
        self.cut = 0
        """Bytes that were cut off because they were no whole line; several lines are kept in a file beside."""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if fresh := is_new(path):
                path.write_bytes(cast.header(columns, rows, time.time()))
            super().__init__(path, marks)
            self._repair()
        except OSError as error:
            raise failed(path, error, "opened") from error
        self.fresh_marks: list[Mark] = []
        """Marks that the caller has not stored yet; the caller empties it."""
        self._last = time.monotonic()
        self._size = (columns, rows) if fresh else None
        """Of the terminal, as far as it is known."""
        self._unplaced = True
        """The next line begins where a reader may begin, and the time is to be told before it."""

    def _repair(self) -> None:
        end = self.marks[-1]
        with self.path.open("r+b") as file:
            for place, _ in lines_from(file, end):
                if place.offset - self.marks[-1].offset >= STEP:
                    self.marks.append(place)
                end = place
            file.seek(end.position)
            rest = file.read()
            if b"\n" in rest:
                _free_name(self.path).write_bytes(rest)
            file.truncate(end.position)
        self.cut, self._place = len(rest), end

    @property
    def end(self) -> int:
        """Offset after the last byte of output."""
        return self._place.offset + len(self._unfinished)

    @property
    def position(self) -> Mark:
        """The end of what is on disk."""
        return self._place

    def append(self, data: bytes, offset: int) -> None:
        """Add output whose first byte has this offset; what is there already is left out.

        Raises:
            StoreError: `recording.failed`, the recording is as it was; `recording.gap` if bytes are missing.
        """
        with self._guard:
            known = self.end - offset
            if known < 0:
                message = f"The recording {self.path} ends at byte {self.end}, but output from byte {offset} on came."
                raise StoreError("recording.gap", message)
            data = self._unfinished + data[known:]
            keep = cast.unfinished(data)
            self._write_output(data[: len(data) - keep])
            self._unfinished = data[len(data) - keep :]

    def resize(self, columns: int, rows: int) -> None:
        """The terminal has another size, in cells."""
        with self._guard:
            interval = self._interval()
            self._write(interval, [(cast.resize(interval, columns, rows), 0)])
            self._size = columns, rows

    def mark(self, text: str) -> None:
        """Add a place that players can jump to."""
        with self._guard:
            interval = self._interval()
            self._write(interval, [(cast.marker(interval, text), 0)])

    def finish(self) -> None:
        """Write what was kept back."""
        with self._guard:
            self._write_output(self._unfinished)
            self._unfinished = b""

    def read(self, offset: int, size: int) -> bytes:
        with self._guard:
            data = super().read(offset, size)
            behind = offset + len(data) - self._place.offset
            return data + self._unfinished[max(behind, 0) :][: size - len(data)] if behind >= 0 else data

    def printed(self, offset: int, size: int) -> list[Printed]:
        with self._guard:
            return super().printed(offset, size)

    def _write_output(self, data: bytes) -> None:
        interval = self._interval()
        pieces = enumerate(cast.pieces(data))
        if lines := [(cast.output(0.0 if index else interval, piece), len(piece)) for index, piece in pieces]:
            self._write(interval, lines)

    def _interval(self) -> float:
        """Seconds since the last line, for the next."""
        return round(time.monotonic() - self._last, 3)

    def _write(self, interval: float, lines: list[tuple[bytes, int]]) -> None:
        """Write lines, each with its number of bytes of output: all, or none. The first one tells the interval."""
        parts: list[bytes] = []
        marks: list[Mark] = []
        place, last, unplaced = self._place, self.marks[-1], self._unplaced
        since = time.time() - interval
        for line, size in lines:
            whole = cast.here(since, self._size) + line if unplaced else line
            parts.append(whole)
            place, since = Mark(place.offset + size, place.position + len(whole)), time.time()
            if unplaced := place.offset - last.offset >= STEP:
                last = place
                marks.append(place)
        self._write_block(memoryview(b"".join(parts)))
        self._last += interval  # what rounding took away is in the next interval
        self._place, self._unplaced = place, unplaced
        self.marks += marks
        self.fresh_marks += marks

    def _write_block(self, block: memoryview) -> None:
        try:
            with self.path.open("r+b", buffering=0) as file:
                if self._torn:
                    file.truncate(self._place.position)
                file.seek(self._place.position)
                self._torn = True
                while block:
                    block = block[file.write(block) :]
                self._torn = False
        except OSError as error:
            with contextlib.suppress(OSError):
                os.truncate(self.path, self._place.position)
            raise failed(self.path, error, "written") from error


def _free_name(path: Path) -> Path:
    number = 1
    while (name := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return name
