"""The tapes of an engine on their way to one front end, which may be slow without anybody waiting for it.

Nothing here holds a cursor, so no tape keeps a byte for it and no pump stops. What a front end has not taken is
bounded for each tape; one that is too slow goes on near the end of what is still there. Recordings are not affected.
"""

import asyncio
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


class Feeds:
    """All tapes for one front end."""

    def __init__(self, tapes: Tapes, send: Callable[[Message | TapeBytes], Awaitable[None]]) -> None:
        """`send` waits while the front end does not read."""
        self._tapes = tapes
        self._send = send
        self._feeds: dict[Key, _Feed] = {}
        self._keys: list[Key] = []
        """By number of the feed."""
        self._due: dict[Key, None] = {}
        """Tapes to look at, in turn."""
        self._wake = asyncio.Event()

    def touch(self, worker: str, terminal: Terminal) -> None:
        """There may be something to send."""
        self._due[worker, terminal] = None
        self._wake.set()

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
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._due:
                for key in tuple(self._due):
                    if not await self._turn(key):
                        self._due.pop(key, None)

    async def _turn(self, key: Key) -> bool:
        """Send the next piece of a tape. Returns whether there may be another."""
        worker, terminal = key
        tape = self._tapes.tape(worker) if terminal == "agent" else self._tapes.shell_tape(worker)
        if tape is None:
            return False
        feed = self._feeds.get(key)
        if feed is None or feed.tape is not tape:
            feed = self._feeds[key] = _Feed(len(self._keys), tape)
            self._keys.append(key)
            await self._send(TapeOpened(feed.number, worker, terminal, feed.offset))
        if feed.offset < tape.start:
            feed.offset = feed.taken = max(tape.start, tape.end - TAIL)
            await self._send(TapeSkipped(feed.number, feed.offset))
        data = tape.peek(feed.offset, max(0, min(PIECE, feed.taken + WINDOW - feed.offset)))
        if not data:
            return False
        offset, feed.offset = feed.offset, feed.offset + len(data)
        await self._send(TapeBytes(feed.number, offset, data))
        return True
