"""One terminal of a local command: the single reader of its PTY, and the single writer of its keys.

Both hang on the event loop by the descriptor itself, so an idle terminal costs no thread and a program that does not
read its keys blocks nobody. While the tape is full the PTY is not read, and the kernel makes the program wait.
"""

import asyncio
import fcntl
import os
import struct
import termios
from collections.abc import Callable

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.capture import Capture
from golfer_tui.terminal.tape import Tape

READ = 65536
"""Bytes asked of one read; Linux gives up to 4 KiB."""
READS = 16
"""Reads before other work of the loop gets its turn."""
KERNEL = 256 * 1024
"""Bytes, more than the kernel holds of a PTY: having read so many after the end of a command, all of its are read."""
KEYS = 256 * 1024
"""Bytes of keys that may wait for a program that does not read them."""


class Terminal:
    """The outer end of one PTY; owns its descriptor."""

    def __init__(self, fd: int, tape: Tape, capture: Capture, on_closed: Callable[[], None]) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._tape = tape
        self._capture = capture
        self._on_closed = on_closed
        self._loop = asyncio.get_running_loop()
        self._keys = bytearray()
        self._waiting: asyncio.Task[None] | None = None
        self._loop.add_reader(fd, self._readable)

    @property
    def closed(self) -> bool:
        """True once no process has it open any more, or we closed it."""
        return self._fd < 0

    def resize(self, rows: int, columns: int) -> None:
        """Tell the programs their size in cells."""
        if not self.closed:
            fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def write(self, data: bytes) -> None:
        """Type; what the program cannot take yet waits.

        Raises:
            SandboxError: `terminal.full` if too much waits already.
        """
        if self.closed:
            return
        if len(self._keys) + len(data) > KEYS:
            raise SandboxError(
                "terminal.full",
                f"The program does not read its keys; {len(self._keys)} bytes wait for it.",
                retry=True,
            )
        if not self._keys:
            self._loop.add_writer(self._fd, self._writable)
        self._keys += data

    def drain(self) -> None:
        """Put everything on the tape that was printed before this call, the tape full or not.

        A read takes in what is still on its way through the kernel, so "nothing to read" is the end of it. Programs in
        the background that go on printing make no difference: the bound is more than the kernel holds.
        """
        taken = 0
        while not self.closed and taken < KERNEL and (size := self._read()):
            taken += size

    def close(self) -> None:
        """Let go of it; may be called twice."""
        if self.closed:
            return
        self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)
        os.close(self._fd)
        self._fd = -1
        self._keys.clear()
        if self._waiting is not None:
            self._waiting.cancel()
        self._on_closed()

    def _readable(self) -> None:
        if not self._tape.full:
            self._read()
        elif self._waiting is None:
            self._loop.remove_reader(self._fd)
            self._waiting = asyncio.create_task(self._wait_for_room())

    async def _wait_for_room(self) -> None:
        await self._tape.room()
        self._waiting = None
        self._loop.add_reader(self._fd, self._readable)

    def _read(self) -> int:
        """Read what is there, up to a bound; returns its size in bytes."""
        parts: list[bytes] = []
        ended = False
        for _ in range(READS):
            try:
                data = os.read(self._fd, READ)
            except BlockingIOError:
                break
            except OSError:  # EIO: the last process closed it.
                data = b""
            if not data:
                ended = True
                break
            parts.append(data)
        data = b"".join(parts)
        if data:
            self._capture.append(data)
            self._tape.append(data)
        if ended:
            self.close()
        return len(data)

    def _writable(self) -> None:
        try:
            del self._keys[: os.write(self._fd, self._keys)]
        except BlockingIOError:
            return
        except OSError:
            self._keys.clear()
        if not self._keys:
            self._loop.remove_writer(self._fd)
