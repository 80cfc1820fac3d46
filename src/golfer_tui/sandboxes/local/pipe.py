"""Exact output of a command that is not shown on the terminal, read by the event loop."""

import asyncio
import os

READ = 65536
"""Bytes asked of one read."""


class Pipe:
    """The reading end of one pipe; owns its descriptor."""

    def __init__(self, fd: int, bound: int, too_much: "asyncio.Future[None]") -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._bound = bound
        self._too_much = too_much
        self._data = bytearray()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(fd, self._read)

    def finish(self) -> bytes:
        """All that was written so far, and close it: a child in the background that holds it open is not waited for."""
        while self._fd >= 0 and self._read():
            pass
        self._close()
        return bytes(self._data)

    def _read(self) -> bool:
        try:
            data = os.read(self._fd, READ)
        except BlockingIOError:
            return False
        self._data += data
        if len(self._data) > self._bound and not self._too_much.done():
            self._too_much.set_result(None)
        if not data or self._too_much.done():
            self._close()
        return bool(data)

    def _close(self) -> None:
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1
