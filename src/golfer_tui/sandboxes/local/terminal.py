"""One terminal of a local command: the single reader of its PTY, and the single writer of its keys.

Both hang on the event loop by the descriptor itself, so an idle terminal costs no thread and a program that does not
read its keys blocks nobody. While the tape is full the PTY is not read, and the kernel makes the program wait.

A program that prints as fast as it can is read in a thread for as long as it does (`gulp.py`).
"""

import asyncio
import fcntl
import os
import struct
import termios
from collections.abc import Callable

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.capture import Capture
from golfer_tui.sandboxes.local.gulp import Gulp
from golfer_tui.terminal.answers import Answers
from golfer_tui.terminal.tape import Tape

READ = 16 * 1024
"""Bytes asked of one read; Linux gives up to 4 KiB, and room for much more would be made in vain each time."""
MUCH = 1024
"""Bytes of a read after which more is probably there already."""
READS = 4
"""Reads before other work of the loop gets its turn."""
FLOOD = 12 * 1024
"""Bytes in so many reads after which the terminal is read on in a thread."""
KERNEL = 256 * 1024
"""Bytes, more than the kernel holds of a PTY: having read so many after the end of a command, all of its are read."""
KEYS = 256 * 1024
"""Bytes of keys that may wait for a program that does not read them."""
ANSWERS = 16 * 1024
"""Bytes that may wait when the terminal answers a question; a program that does not read gets no more answers."""


class Terminal:
    """The outer end of one PTY; owns its descriptor."""

    def __init__(
        self, fd: int, tape: Tape, capture: Capture, on_closed: Callable[[], None], answers: Answers | None = None
    ) -> None:
        """Without `answers` the program gets none: it reads no keys."""
        os.set_blocking(fd, False)
        self._fd = fd
        self._tape = tape
        self._capture = capture
        self._on_closed = on_closed
        self._answers = answers
        self._loop = asyncio.get_running_loop()
        self._keys = bytearray()
        self._waiting: asyncio.Task[None] | None = None
        self._gulp: Gulp | None = None
        """While it is read in a thread."""
        self._loop.add_reader(fd, self._readable)

    @property
    def closed(self) -> bool:
        """True once no process has it open any more, or we closed it."""
        return self._fd < 0

    def resize(self, rows: int, columns: int) -> None:
        """Tell the programs their size in cells."""
        if not self.closed:
            fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            if self._answers is not None:
                self._answer(self._answers.resize(columns, rows))

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
        self._queue(data)

    def drain(self) -> None:
        """Put everything on the tape that was printed before this call, the tape full or not.

        A read takes in what is still on its way through the kernel, so "nothing to read" is the end of it. Programs in
        the background that go on printing make no difference: the bound is more than the kernel holds. It is the end of
        the command: nobody is there any more to hear an answer.
        """
        self._hush()
        self._leave_gulp()
        taken = 0
        while not self.closed and taken < KERNEL and (size := self._read()):
            taken += size

    def close(self) -> None:
        """Let go of it; may be called twice."""
        if self.closed:
            return
        if self._gulp is not None:
            self._gulp.stop()
            self._gulp = None
        self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)
        os.close(self._fd)
        self._fd = -1
        self._keys.clear()
        self._hush()
        if self._waiting is not None:
            self._waiting.cancel()
        self._on_closed()

    def _readable(self) -> None:
        if self._tape.full:
            self._pause()
        elif self._read() >= FLOOD and not self.closed:
            self._gulp = Gulp.begin(self._fd, self._gulped)
            if self._gulp is not None:
                self._loop.remove_reader(self._fd)

    def _pause(self) -> None:
        """Go on reading once the tape has room."""
        if self._waiting is None:
            self._loop.remove_reader(self._fd)
            self._waiting = asyncio.create_task(self._wait_for_room())

    async def _wait_for_room(self) -> None:
        await self._tape.room()
        self._waiting = None
        self._loop.add_reader(self._fd, self._readable)

    def _gulped(self) -> None:
        """Something was read in the thread, or it has ended."""
        gulp = self._gulp
        if gulp is None:
            return
        if not gulp.over:
            self._took(gulp.take(), ended=False)
        if not self.closed and (gulp.over or self._tape.full):
            # A full tape grows by what the thread has, here and now, and not at all later.
            self._leave_gulp()
            self._go_on()

    def _go_on(self) -> None:
        """Read on the loop, as soon as the tape has room."""
        if self.closed:
            return
        if self._tape.full:
            self._pause()
        else:
            self._loop.add_reader(self._fd, self._readable)

    def _leave_gulp(self) -> None:
        """Read on the loop again, after what was read in the thread."""
        if (gulp := self._gulp) is not None:
            gulp.stop()
            self._gulp = None
            self._took(gulp.take(), ended=gulp.ended)

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
            if len(data) < MUCH:
                # Most likely that was all; if not, the loop comes back.
                break
        data = b"".join(parts)
        self._took(data, ended=ended)
        return len(data)

    def _took(self, data: bytes, *, ended: bool) -> None:
        """Hand on what was read."""
        if data:
            self._capture.append(data)
            self._tape.append(data)
            if self._answers is not None and not ended:
                self._answer(self._answers.take(data))
        if ended:
            self.close()

    def _answer(self, data: bytes) -> None:
        if data and len(self._keys) + len(data) <= ANSWERS:
            self._queue(data)

    def _hush(self) -> None:
        if self._answers is not None:
            self._answers.close()
            self._answers = None

    def _queue(self, data: bytes) -> None:
        waits = bool(self._keys)
        self._keys += data
        if not waits:
            # At once if the program has room, as it mostly has: a key shall not wait for the loop.
            self._writable()
            if self._keys:
                self._loop.add_writer(self._fd, self._writable)

    def _writable(self) -> None:
        try:
            del self._keys[: os.write(self._fd, self._keys)]
        except BlockingIOError:
            return
        except OSError:
            self._keys.clear()
        if not self._keys:
            self._loop.remove_writer(self._fd)
