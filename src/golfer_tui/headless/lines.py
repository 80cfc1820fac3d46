"""Writes to a stream that somebody else reads, without ever holding up the event loop.

A reader that is slow makes `put` wait; a reader that went away makes `gone` true, once and quietly.
"""

import asyncio
import os
from types import TracebackType
from typing import Self

BOUND = 1024 * 1024
"""Bytes that may wait to be written before `put` waits."""


class Lines:
    """An async context manager around a file descriptor; leaving it writes what waits. It does not close it."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._waiting = bytearray()
        self._filled = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._ending = False
        self.gone = asyncio.Event()
        """Set once nobody reads any more, or nothing more can be written; what is put then is dropped."""
        self._writer: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        self._writer = asyncio.create_task(self._write(), name=f"lines to fd {self._fd}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending = True
        self._filled.set()
        await self._writer

    async def put(self, data: bytes) -> None:
        """Write bytes after all that were put before; waits while too many wait."""
        self.post(data)
        await self._room.wait()

    def post(self, data: bytes) -> None:
        """The same without waiting, for text that is short and rare."""
        if self.gone.is_set():
            return
        self._waiting += data
        self._filled.set()
        if len(self._waiting) > BOUND:
            self._room.clear()

    async def _write(self) -> None:
        try:
            while True:
                if not self._waiting:
                    if self._ending:
                        return
                    self._filled.clear()
                    await self._filled.wait()
                    continue
                data, self._waiting = bytes(self._waiting), bytearray()
                self._room.set()
                await asyncio.to_thread(_write_all, self._fd, data)
        except OSError:
            self._waiting.clear()
        finally:
            self.gone.set()
            self._room.set()


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
