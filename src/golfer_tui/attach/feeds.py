"""The tapes of an engine on their way to one front end, which may be slow without anybody waiting for it.

Nothing here holds a cursor, so no tape keeps a byte for it and no pump stops. What a front end has not taken is
bounded for each tape; one that is too slow goes on near the end of what is still there. Recordings are not affected.

A few bytes wait for the others of the same frame of the screen, and all tapes' go at once. What somebody types into is
answered without waiting.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Protocol

from golfer_tui.attach.messages import Message, TapeBytes, TapeOpened, TapeSkipped
from golfer_tui.model.commands import Terminal
from golfer_tui.terminal.tape import Tape

WINDOW = 256 * 1024
"""Bytes of one tape that may be on their way or wait at the front end."""

PIECE = 32 * 1024
"""Bytes of one frame; then the next tape has its turn."""

TAIL = 64 * 1024
"""Bytes of what was printed before that a front end gets when it comes, or when it was too slow."""

FRAME = 1 / 30
"""Seconds between two pieces of one tape, unless there is a whole one: no screen shows them sooner."""

HURRY = 0.5
"""Seconds after a key in which its terminal's answer is sent at once."""

Key = tuple[str, Terminal]
"""A tape: the worker, and which of its terminals."""


class Tapes(Protocol):
    """Where the tapes are."""

    def tape(self, worker: str) -> Tape | None: ...

    def shell_tape(self, worker: str) -> Tape | None: ...


class _Feed:
    def __init__(self, number: int, tape: Tape) -> None:
        self.number = number
        self.tape = tape
        self.offset = max(tape.start, tape.end - TAIL)
        """Of the next byte to be sent."""
        self.taken = self.offset
        """Up to here the front end has room for a window more."""
        self.sent = -math.inf
        """When the last piece was sent, by the loop's clock."""


class Feeds:
    """All tapes for one front end."""

    def __init__(self, tapes: Tapes, send: Callable[..., Awaitable[None]]) -> None:
        """`send` takes messages and pieces of tapes; it waits while the front end does not read."""
        self._tapes = tapes
        self._send = send
        self._feeds: dict[Key, _Feed] = {}
        self._keys: list[Key] = []
        """By number of the feed."""
        self._due: dict[Key, None] = {}
        """Tapes to look at, in turn."""
        self._typed: Key | None = None
        """What was typed into last."""
        self._calm = 0.0
        """Until then the answer to it is awaited, by the loop's clock."""
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._alarm: asyncio.TimerHandle | None = None
        """Goes off when the first of those that wait for a frame is due."""

    def touch(self, worker: str, terminal: Terminal) -> None:
        """There may be something to send."""
        key = worker, terminal
        self._due[key] = None
        if (at := self._when(key)) <= self._loop.time():
            self._wake.set()
        elif self._alarm is None:
            self._alarm = self._loop.call_at(at, self._ring)

    def hurry(self, worker: str, terminal: Terminal) -> None:
        """Somebody typed there: what it prints now is not to wait."""
        self._typed, self._calm = (worker, terminal), self._loop.time() + HURRY

    def taken(self, number: int, offset: int) -> None:
        """The front end has taken a tape up to this offset."""
        if number < len(self._keys):
            key = self._keys[number]
            feed = self._feeds[key]
            if feed.number == number:
                feed.taken = max(feed.taken, offset)
                self.touch(*key)

    async def run(self) -> None:
        """Send for ever."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while ready := [key for key in self._due if self._when(key) <= self._loop.time()]:
                    if pieces := [each for key in ready for each in self._next(key)]:
                        await self._send(*pieces)
                if self._due and self._alarm is None:
                    self._alarm = self._loop.call_at(min(map(self._when, self._due)), self._ring)
        finally:
            if self._alarm is not None:
                self._alarm.cancel()

    def _ring(self) -> None:
        self._alarm = None
        self._wake.set()

    def _tape(self, key: Key) -> Tape | None:
        worker, terminal = key
        return self._tapes.tape(worker) if terminal == "agent" else self._tapes.shell_tape(worker)

    def _when(self, key: Key) -> float:
        """When the next piece of a tape is due, by the loop's clock."""
        feed, tape = self._feeds.get(key), self._tape(key)
        if feed is None or feed.tape is not tape or tape.end - feed.offset >= PIECE:
            return -math.inf
        if key == self._typed and self._loop.time() < self._calm:
            return -math.inf
        return feed.sent + FRAME

    def _next(self, key: Key) -> list[Message | TapeBytes]:
        """The next piece of a tape, with what goes before it; it is not looked at again if that was all."""
        tape = self._tape(key)
        if tape is None:
            del self._due[key]
            return []
        told: list[Message | TapeBytes] = []
        feed = self._feeds.get(key)
        if feed is None or feed.tape is not tape:
            feed = self._feeds[key] = _Feed(len(self._keys), tape)
            self._keys.append(key)
            told.append(TapeOpened(feed.number, *key, feed.offset))
        if feed.offset < tape.start:
            feed.offset = feed.taken = max(tape.start, tape.end - TAIL)
            told.append(TapeSkipped(feed.number, feed.offset))
        if data := tape.peek(feed.offset, max(0, min(PIECE, feed.taken + WINDOW - feed.offset))):
            told.append(TapeBytes(feed.number, feed.offset, data))
            feed.offset += len(data)
            feed.sent = self._loop.time()
        if not data or feed.offset == tape.end:
            del self._due[key]
        return told
