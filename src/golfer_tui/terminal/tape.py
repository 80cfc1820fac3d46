"""The tape: every byte that a worker's commands print, in order, with offsets.

One pump writes; each reader (the screen, the recording, the metrics) has a cursor of its own, so nobody takes a byte
that another needs. A byte is kept until every open cursor has passed it, plus a history for readers that come late.
A pump that is too far ahead waits for room: bytes are never dropped.
"""

import asyncio
from collections.abc import Callable

BOUND = 4 * 1024 * 1024
"""Bytes by which the pump may be ahead of the slowest cursor before it waits."""

HISTORY = 1024 * 1024
"""Bytes that stay readable after every cursor has passed them."""


class Cursor:
    """One reader's place on a tape. Close it, or the tape keeps its bytes for ever."""

    __slots__ = ("_tape", "offset")

    def __init__(self, tape: "Tape", offset: int) -> None:
        self._tape = tape
        self.offset = offset
        """Offset of the next byte to be read."""

    @property
    def behind(self) -> int:
        """Bytes that can be read now."""
        return self._tape.end - self.offset

    def read(self, limit: int = -1) -> bytes:
        """Take up to `limit` bytes (all, if negative); empty if there are none."""
        data = self._tape.peek(self.offset, limit)
        self.offset += len(data)
        self._tape._moved()  # noqa: SLF001 - cursor and tape are one thing in two parts
        return data

    def close(self) -> None:
        self._tape._drop(self)  # noqa: SLF001


class Tape:
    """Bytes with offsets. Not thread-safe: everything happens on the engine's event loop."""

    def __init__(self, start: int = 0, *, bound: int = BOUND, history: int = HISTORY) -> None:
        self._start = start
        """Offset of the oldest byte that is still here."""
        self._data = bytearray()
        self._bound = bound
        self._history = history
        self._cursors: list[Cursor] = []
        self._room = asyncio.Event()
        self._room.set()
        self._listeners: list[Callable[[], None]] = []

    @property
    def start(self) -> int:
        """Offset of the oldest readable byte."""
        return self._start

    @property
    def end(self) -> int:
        """Offset after the newest byte: the number of bytes ever printed."""
        return self._start + len(self._data)

    @property
    def full(self) -> bool:
        """True while the pump must not read: the slowest cursor is a whole bound behind."""
        return not self._room.is_set()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each append, on the loop; it must be quick. Returns the way to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def append(self, data: bytes) -> int:
        """Add bytes; returns the offset of the first. Never refuses: the pump asks for `room` before it reads."""
        offset = self.end
        self._data += data
        self._moved()
        for listener in tuple(self._listeners):
            listener()
        return offset

    def skip(self, offset: int) -> None:
        """Go on at a later offset, without the bytes before it: what no reader has taken of them is lost to all.

        For a copy of a tape whose bytes come faster than they are read. A reader sees it by its cursor's offset.
        """
        if offset > self.end:
            self._data.clear()
            self._start = offset
            for cursor in self._cursors:
                cursor.offset = offset
            self._moved()

    def forget(self) -> None:
        """Let go of the history: of all that every cursor has passed. A reader that comes later begins after it."""
        self._cut(min((cursor.offset for cursor in self._cursors), default=self.end) - self._start)

    async def room(self) -> None:
        """Wait until the slowest cursor is less than the bound behind."""
        await self._room.wait()

    def cursor(self, offset: int | None = None) -> Cursor:
        """A new reader, at `offset` (clipped to what is still here); by default at the oldest byte."""
        at = self._start if offset is None else min(max(offset, self._start), self.end)
        cursor = Cursor(self, at)
        self._cursors.append(cursor)
        self._moved()
        return cursor

    def peek(self, offset: int, limit: int = -1) -> bytes:
        """Bytes from `offset` to `offset + limit` (to the end, if negative) that are still here; needs no cursor."""
        begin = max(offset - self._start, 0)
        stop = len(self._data) if limit < 0 else max(offset + limit - self._start, 0)
        with memoryview(self._data) as data:
            return bytes(data[begin:stop])

    def _drop(self, cursor: Cursor) -> None:
        if cursor in self._cursors:
            self._cursors.remove(cursor)
            self._moved()

    def _moved(self) -> None:
        slowest = min((cursor.offset for cursor in self._cursors), default=self.end)
        if self.end - slowest >= self._bound:
            self._room.clear()
        else:
            self._room.set()
        passed = min(slowest, self.end - self._history) - self._start
        # Cutting the front moves the rest: only worth it once there is enough to cut.
        if passed > self._history:
            self._cut(passed)

    def _cut(self, size: int) -> None:
        del self._data[:size]
        self._start += size
