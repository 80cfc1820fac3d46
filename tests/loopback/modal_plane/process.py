"""One command in a sandbox: on a PTY or on pipes, with everything it printed kept for readers at any offset."""

import asyncio
import contextlib
import fcntl
import os
import pty
import signal
import struct
import termios
from collections.abc import AsyncIterator, Mapping, Sequence

CHUNK = 64 * 1024
"""Bytes of one message."""
KEPT = 256 * 1024 * 1024
"""Bytes of one stream that are kept; a program that prints more waits for ever."""


class Log:
    """What a stream printed, from its beginning."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.closed = False
        self._changed = asyncio.Event()

    def append(self, data: bytes) -> None:
        self.data += data
        self._tell()

    def close(self) -> None:
        self.closed = True
        self._tell()

    async def read(self, offset: int) -> AsyncIterator[bytes]:
        """All from `offset` on, as it comes, until the stream is closed."""
        while True:
            changed = self._changed
            while offset < len(self.data):
                part = bytes(self.data[offset : offset + CHUNK])
                offset += len(part)
                yield part
            if self.closed:
                return
            if changed is self._changed:
                await changed.wait()

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class Process:
    """A running or ended command."""

    def __init__(self) -> None:
        self.out = Log()
        self.err = Log()
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """Exit status; negative is the number of a signal."""
        self.written = 0
        """Bytes of its standard input that were taken."""
        self._loop = asyncio.get_running_loop()
        self._keys = -1
        self._reads: dict[int, Log] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._waiter: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    async def start(
        self, argv: Sequence[str], environment: Mapping[str, str], *, size: tuple[int, int] | None, merged: bool = False
    ) -> None:
        """Run it; with a `size` in rows and columns on a PTY."""
        async with self._starting:  # Its sandbox may end meanwhile.
            await self._start(argv, environment, size, merged)

    async def _start(
        self, argv: Sequence[str], environment: Mapping[str, str], size: tuple[int, int] | None, merged: bool
    ) -> None:
        theirs: list[int] = []
        try:
            if size is not None:
                ours, slave = pty.openpty()
                fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
                theirs.append(slave)
                fds = (slave, slave, slave)
                self._keys = ours
                self._reads[ours] = self.out
                self.err.close()
            else:
                stdin, self._keys = os.pipe()
                out, out_end = os.pipe()
                err, err_end = os.pipe()
                theirs += [stdin, out_end, err_end]
                fds = (stdin, out_end, out_end if merged else err_end)
                self._reads |= {out: self.out, err: self.err}
            self._process = await asyncio.create_subprocess_exec(
                *argv, stdin=fds[0], stdout=fds[1], stderr=fds[2], env=dict(environment)
            )
        finally:
            for fd in theirs:
                os.close(fd)
        for fd in self._reads:
            os.set_blocking(fd, False)
            self._loop.add_reader(fd, self._read, fd)
        os.set_blocking(self._keys, False)
        self._waiter = asyncio.create_task(self._wait())

    @property
    def running(self) -> bool:
        return not self.status.done()

    async def write(self, offset: int, data: bytes, *, eof: bool) -> None:
        """Type; what was taken before is not taken twice."""
        data = data[max(0, self.written - offset) :]
        while data and self._keys >= 0:
            try:
                size = os.write(self._keys, data)
            except BlockingIOError:
                await self._writable()
                continue
            except OSError:
                break
            self.written += size
            data = data[size:]
        if eof and self._keys >= 0:
            if self._keys in self._reads:  # A PTY has no end of input but the key for it.
                with contextlib.suppress(OSError):
                    os.write(self._keys, b"\x04")
            else:
                os.close(self._keys)
                self._keys = -1

    def kill(self) -> None:
        """End it and its process group, for a timeout."""
        if self._process is not None and self.running:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def close(self) -> None:
        """Let go of it; its processes were ended before."""
        async with self._starting:
            self.kill()
        if self._waiter is not None:
            await self._waiter
        for fd in list(self._reads):
            while fd in self._reads and self._read(fd):
                pass
            self._drop(fd)
        if self._keys >= 0:
            with contextlib.suppress(OSError):
                os.close(self._keys)
            self._keys = -1
        if not self.status.done():
            self.status.set_result(-signal.SIGKILL)

    async def _wait(self) -> None:
        assert self._process is not None
        status = await self._process.wait()
        if not self.status.done():
            self.status.set_result(status)

    async def _writable(self) -> None:
        future: asyncio.Future[None] = self._loop.create_future()
        fd = self._keys
        self._loop.add_writer(fd, lambda: future.done() or future.set_result(None))
        try:
            await asyncio.wait((future, self.status), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._loop.remove_writer(fd)

    def _read(self, fd: int) -> bool:
        log = self._reads[fd]
        if len(log.data) > KEPT:
            self._loop.remove_reader(fd)
            return False
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return False
        except OSError:  # EIO: the last process closed the terminal.
            data = b""
        if data:
            log.append(data)
        else:
            self._drop(fd)
        return bool(data)

    def _drop(self, fd: int) -> None:
        if (log := self._reads.pop(fd, None)) is None:
            return
        self._loop.remove_reader(fd)
        log.close()
        if fd == self._keys:
            self._keys = -1
        os.close(fd)
