"""Reading a terminal in a thread, for as long as a program prints as fast as it can.

A read of a PTY waits until the kernel has put the next piece there. Under a flood the event loop would do little else
than wait; here that costs it nothing, and it gets much at once.
"""

import asyncio
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Self

from golfer_tui.sandboxes.local.bulk import reader

BOUND = 2 * 1024 * 1024
"""Bytes that may wait for the loop; then the reading ends, and the kernel makes the program wait."""
PACE = 0.015
"""Seconds after which what was read is handed over."""
PAUSE = 0.01
"""Seconds without output after which the reading ends."""
THREADS = threading.BoundedSemaphore(2)
"""Terminals that are read in threads at once. The others are read on the loop."""


class Gulp:
    """One such reading; the descriptor must stay open until `stop` or until `over`."""

    def __init__(self, fd: int, on_read: Callable[[], None]) -> None:
        self._fd = fd
        self._source = reader(fd)
        self._on_read = on_read
        self._loop = asyncio.get_running_loop()
        self._reading = threading.Lock()
        """Held while the descriptor is in use."""
        self._parts: deque[bytes] = deque()
        self._read_bytes = 0
        """By the thread."""
        self._taken_bytes = 0
        """By the loop."""
        self.ended = False
        """No process has the terminal open any more."""
        self.over = False
        """Nothing more is read: the flood is over, or too much waits for the loop."""

    @classmethod
    def begin(cls, fd: int, on_read: Callable[[], None]) -> Self | None:
        """Read from now on; None if there are enough such threads. `on_read` is called on the loop, also at the end."""
        if not THREADS.acquire(blocking=False):
            return None
        gulp = cls(fd, on_read)
        gulp._loop.run_in_executor(None, gulp._run)
        return gulp

    def take(self) -> bytes:
        """What was read since the last call."""
        data = b"".join([self._parts.popleft() for _ in range(len(self._parts))])
        self._taken_bytes += len(data)
        return data

    def stop(self) -> None:
        """Read no more, and let go; waits for the read that is under way, which does not block."""
        self.over = True
        with self._reading:
            self._source.close()

    def _run(self) -> None:
        pause = select.poll()
        pause.register(self._fd, select.POLLIN)
        told = time.monotonic()
        try:
            while self._read() or (self._wait(pause) and self._read()):
                if time.monotonic() - told > PACE:
                    self._tell()
                    told = time.monotonic()
        finally:
            THREADS.release()
            self.over = True
            self._tell()

    def _wait(self, pause: select.poll) -> bool:
        """Whether more is printed soon. The loop gets what is there before the pause becomes long."""
        if self.over:
            return False
        if pause.poll(PACE * 1000):
            return True
        self._tell()
        return bool(pause.poll(PAUSE * 1000))

    def _read(self) -> int:
        """Read once; 0 if nothing is there or no more is to be read."""
        with self._reading:
            self.over = self.over or self._read_bytes - self._taken_bytes >= BOUND
            if self.over:
                return 0
            try:
                data = self._source.read()
            except BlockingIOError:
                return 0
            if not data:
                self.ended = self.over = True
            self._parts.append(data)
            self._read_bytes += len(data)
            return len(data)

    def _tell(self) -> None:
        self._loop.call_soon_threadsafe(self._on_read)
