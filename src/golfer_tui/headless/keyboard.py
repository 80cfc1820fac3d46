"""Reads lines from a file descriptor without a thread that waits in `read`, which no loop could ever end."""

import asyncio
import os
from collections import deque
from typing import Self

CHUNK = 64 * 1024
"""Bytes of one read."""

LONGEST = 1024 * 1024
"""Bytes of one line; a longer one is cut into several."""


class Keyboard:
    """An async iterator of lines without their ends. It leaves the descriptor's modes as they are."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lines: deque[str] = deque()
        self._rest = b""
        self._ended = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        while not self._lines:
            if self._ended:
                raise StopAsyncIteration
            await self._readable()
            self._take(await asyncio.to_thread(_read, self._fd))
        return self._lines.popleft()

    async def _readable(self) -> None:
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        try:
            loop.add_reader(self._fd, ready.set)
        except PermissionError:
            # A plain file cannot be polled, and needs no waiting for.
            return
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._fd)

    def _take(self, data: bytes) -> None:
        self._ended = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        if self._rest and (self._ended or len(self._rest) > LONGEST):
            lines.append(self._rest)
            self._rest = b""
        self._lines.extend(line.decode(errors="replace").rstrip("\r") for line in lines)


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, CHUNK)
    except OSError:
        # A terminal that was closed.
        return b""
