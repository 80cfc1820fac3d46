"""Copies a workspace that its worker may be changing at the same time. Blocks: call it in a thread.

Nothing outside of the workspace is ever read: folders are walked by their descriptors and files are opened without
following links, so that a link which takes the place of a file leads nowhere. Links stay links; pipes, sockets and
devices are left out, and so is what vanishes before its turn.
"""

import contextlib
import errno
import os
import shutil
import stat
import threading
from pathlib import Path

from golfer_tui.model.errors import SandboxError

MIB = 1024 * 1024
CHUNK = 4 * MIB
"""Bytes that are copied at a time."""
PARTIAL = ".part"
"""Ends the name of a copy that is not whole yet."""


def copy(source: str, target: str, limit: int, stop: threading.Event) -> int:
    """Copy a folder to a new one, which appears when it is whole.

    Args:
        source: The folder.
        target: The new one; its parents are made.
        limit: Bytes that may be copied at most.
        stop: Ends it early.

    Returns:
        The bytes of all files.

    Raises:
        SandboxError: `snapshot.too_big`, `snapshot.failed`; nothing is left of the copy.
    """
    partial = Path(target + PARTIAL)
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        size = _copy(source, partial, limit, stop)
        os.rename(partial, target)
    except (OSError, RecursionError) as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise SandboxError("snapshot.failed", f"The workspace {source} cannot be copied: {error}.") from error
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return size


def _copy(source: str, target: Path, limit: int, stop: threading.Event) -> int:
    size = 0
    for folder, folders, files, descriptor in os.fwalk(source, follow_symlinks=False, onerror=_unless_gone):
        place = target / os.path.relpath(folder, source)
        place.mkdir(exist_ok=True)
        for name in (*folders, *files):
            if stop.is_set():
                raise SandboxError("snapshot.failed", "The copy was interrupted.")
            with contextlib.suppress(FileNotFoundError):
                size += _copy_one(descriptor, name, place / name, limit - size)
        if size > limit:
            raise SandboxError(
                "snapshot.too_big",
                f"The workspace {source} has more than {limit // MIB:,} MiB, the most that a snapshot may have.",
                hint="Delete what is not needed in it, or raise snapshot_mib in [local].",
            )
    return size


def _copy_one(folder: int, name: str, target: Path, room: int) -> int:
    """Copy a file or a link; a folder comes by itself. Returns the file's bytes, more than `room` if it has more."""
    kind = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISLNK(kind.st_mode):
        os.symlink(os.readlink(name, dir_fd=folder), target)
        return 0
    if not stat.S_ISREG(kind.st_mode):
        return 0
    try:
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:  # It became a link or a socket a moment ago.
            return 0
        raise
    size = 0
    with open(opened, "rb") as reader:
        found = os.fstat(opened)
        if not stat.S_ISREG(found.st_mode):
            return 0
        with target.open("xb") as writer:
            while size <= room and (data := reader.read(CHUNK)):
                writer.write(data)
                size += len(data)
            os.fchmod(writer.fileno(), stat.S_IMODE(found.st_mode) & 0o777)
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
    return size


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
