"""The lease on a session: a lock on a file, which the kernel takes back when its process ends, however it ends."""

import contextlib
import errno
import fcntl
import os
import threading
import time
from pathlib import Path

from golfer_tui.model.errors import StoreError
from golfer_tui.store.layout import HINT

LOOK = 0.1
"""Seconds for which somebody's look at the lock, which holds it for an instant, is waited out."""


class Lease:
    """One process's claim on one session. Two leases exclude each other in one process, too."""

    def __init__(self, session: str, path: Path) -> None:
        self.session = session
        self._path = path
        self._file: int | None = None
        self._released = False
        self._guard = threading.Lock()

    def take(self) -> None:
        """Lock the file. Blocks on the disk: call it in a thread.

        Raises:
            StoreError: `session.held`, `store.read_only`.
        """
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            message = f"The lock {self._path} cannot be made: {(error.strerror or str(error)).lower()}."
            raise StoreError("store.read_only", message, hint=HINT) from error
        try:
            _lock(file)
        except OSError as error:
            holder = os.pread(file, 20, 0).decode("ascii", "replace").strip()
            os.close(file)
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
                message = f"The lock {self._path} cannot be taken: {(error.strerror or str(error)).lower()}."
                raise StoreError("store.read_only", message, hint=HINT) from error
            message = f"Session {self.session} is open in another golfer{f' (process {holder})' if holder else ''}."
            hint = f"Close it there first; if it runs in the background, golfer stop {self.session} ends it."
            raise StoreError("session.held", message, hint=hint, retry=True) from error
        with contextlib.suppress(OSError):  # a full disk: the number only helps the one who is refused
            os.ftruncate(file, 0)
            os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        with self._guard:
            self._file = file
        if self._released:  # while the thread was still at it
            self.release()

    def taken(self) -> bool:
        """True if somebody has the lock. Blocks on the disk: call it in a thread."""
        try:
            file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(file)
        return False

    def holder(self) -> int | None:
        """The process that has the lock; None if nobody has. Blocks on the disk: call it in a thread."""
        if not self.taken():
            return None
        try:
            return int(self._path.read_text("ascii"))
        except (OSError, ValueError):  # it was taken this moment, or on a full disk
            return None

    def release(self) -> None:
        """Let the session go. May be called twice, and from any thread."""
        self._released = True
        with self._guard:
            file, self._file = self._file, None
        if file is not None:
            os.close(file)


def _lock(file: int) -> None:
    deadline = time.monotonic() + LOOK
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(LOOK / 10)
