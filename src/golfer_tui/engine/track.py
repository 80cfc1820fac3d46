"""The recording of one worker: its tape, the file, and the sizes of the terminal on their way from one to the other."""

from collections import deque

from golfer_tui.store.recordings import Batch, Recording
from golfer_tui.store.store import Store
from golfer_tui.terminal.printed import SIZE
from golfer_tui.terminal.tape import Tape

WRITTEN = 1024 * 1024
"""Bytes of one worker that are written at once, at most."""


class Track:
    """One worker's recording, over all its attempts."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.written = tape.cursor(tape.end)
        """Up to here it is on disk. It moves only then: until then the tape keeps the bytes."""
        self.recording: Recording | None = None
        """Opened with the first bytes."""
        self.size = SIZE
        """Columns and rows of the terminal, as far as we were told."""
        self._sizes: deque[tuple[int, tuple[int, int]]] = deque()
        """Offsets on the tape at which the terminal had another size, and the sizes, until they are recorded."""

    def resize(self, size: tuple[int, int]) -> None:
        """The terminal has this size from now on."""
        if size == self.size:
            return
        self.size = size
        if self._sizes and self._sizes[-1][0] == self.tape.end:
            self._sizes.pop()
        self._sizes.append((self.tape.end, size))

    def due(self, target: int) -> bool:
        """True while something up to this offset is not recorded."""
        return self.written.offset < target or bool(self.recording and self._sizes and self._sizes[0][0] <= target)

    async def next(self, store: Store, session: str, worker: str) -> Batch | None:
        """What is to be written next; none if it was a size that is recorded now.

        Raises:
            StoreError: `recording.failed`, `recording.foreign`, `store.…`.
        """
        offset, limit = self.written.offset, WRITTEN
        if self.recording is None:
            while self._sizes and self._sizes[0][0] <= offset:
                self._sizes.popleft()
            columns, rows = self.size if not self._sizes else SIZE
            self.recording = await store.recording(session, worker, columns=columns, rows=rows)
        if self._sizes:
            at, size = self._sizes[0]
            if at <= offset:
                await self.recording.resize(*size)
                self._sizes.popleft()
                return None
            limit = min(limit, at - offset)
        return Batch(self.recording, offset, self.tape.peek(offset, limit))
