"""All that a terminal has, read by the C library in one call.

The kernel hands out a PTY's bytes in pieces of 4 KiB. A thread that reads them one by one in Python waits after each
for the interpreter, which the event loop holds meanwhile; C's `fread` goes on until nothing is there.
"""

import ctypes
import errno
import os
import sys

READ = 64 * 1024
"""Bytes of one call at most."""

_IONBF = 2
"""`setvbuf`: without a buffer, so that nothing is kept back where a poll does not see it. As in glibc and musl."""


class Bulk:
    """Reads a non-blocking descriptor, which stays its owner's and open until `close`."""

    def __init__(self, fd: int) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.fdopen.restype = ctypes.c_void_p
        self._libc.fread.restype = ctypes.c_size_t
        self._buffer = ctypes.create_string_buffer(READ)
        self._file = ctypes.c_void_p(self._libc.fdopen(os.dup(fd), b"rb"))
        self._libc.setvbuf(self._file, None, _IONBF, ctypes.c_size_t(0))

    def read(self) -> bytes:
        """What is there; empty once no process has the terminal open any more.

        Raises:
            BlockingIOError: nothing is there.
        """
        ctypes.set_errno(0)
        size = self._libc.fread(self._buffer, ctypes.c_size_t(1), ctypes.c_size_t(READ), self._file)
        said = ctypes.get_errno()
        self._libc.clearerr(self._file)
        if not size and said in (errno.EAGAIN, errno.EINTR):
            raise BlockingIOError
        return ctypes.string_at(self._buffer, size)

    def close(self) -> None:
        self._libc.fclose(self._file)


class Piecemeal:
    """The same with one read each, where the C library may read an unbuffered file byte by byte."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def read(self) -> bytes:
        try:
            return os.read(self._fd, READ)
        except BlockingIOError:
            raise
        except OSError:  # EIO: the last process closed it.
            return b""

    def close(self) -> None:
        pass


def reader(fd: int) -> Bulk | Piecemeal:
    """The quickest way here."""
    return Bulk(fd) if sys.platform == "linux" else Piecemeal(fd)
