"""Looks into a workspace on this machine that its worker may be changing at the same time. Blocks: call it in a thread.

As in `copying`, nothing outside of the workspace is ever read: the way goes from descriptor to descriptor, and no link
is followed, nor is a pipe or a device opened to be read.
"""

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterator

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.files import (
    COMPARED,
    GATHERED,
    PASSED_BY,
    SHOWN,
    WALKED,
    Contents,
    FileEntry,
    FileState,
    Listing,
    Tree,
    ordered,
)
from golfer_tui.sandboxes.browsing import below, missing

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""How files are opened: a pipe that takes the place of one holds nobody up."""

READ = 100_000
"""Entries of one folder that are read at all."""

SECONDS = 10.0
"""How long all files may be looked at."""


def list_folder(workspace: str, folder: str) -> Listing:
    """See `sandboxes.browsing.Browses`."""
    entries: list[FileEntry] = []
    with _told(folder), _folder(workspace, below(folder)) as opened, os.scandir(opened) as found:
        for entry in found:
            with contextlib.suppress(FileNotFoundError):
                entries.append(_entry(entry))
            if len(entries) >= READ:
                break
    return ordered(entries)


def _entry(entry: "os.DirEntry[str]") -> FileEntry:
    told = entry.stat(follow_symlinks=False)
    name = _shown(entry.name)
    if stat.S_ISDIR(told.st_mode):
        return FileEntry(name, "folder")
    if stat.S_ISLNK(told.st_mode):
        return FileEntry(name, "link")
    return FileEntry(name, "file", told.st_size) if stat.S_ISREG(told.st_mode) else FileEntry(name, "other")


def read_file(workspace: str, path: str) -> Contents:
    """See `sandboxes.browsing.Browses`."""
    *folders, name = below(path) or ("",)
    with _told(path), _folder(workspace, tuple(folders)) as folder:
        size, data = _read(folder, name, SHOWN)
    return Contents(data, size)


def gather(workspace: str) -> Tree:
    """See `sandboxes.browsing.Browses`."""
    files: dict[str, FileState] = {}
    room, end = GATHERED, time.monotonic() + SECONDS
    with _told(""):
        for folder, folders, names, opened in os.fwalk(workspace, follow_symlinks=False):
            folders[:] = sorted(set(folders) - set(PASSED_BY))
            above = os.path.relpath(folder, workspace)
            for name in names:
                if len(files) >= WALKED or time.monotonic() > end:
                    return Tree(files, whole=False)
                with contextlib.suppress(OSError):
                    told = os.stat(name, dir_fd=opened, follow_symlinks=False)
                    if not stat.S_ISREG(told.st_mode):
                        continue
                    data = None
                    if told.st_size <= min(COMPARED, room):
                        data = _read(opened, name, COMPARED)[1]
                        room -= len(data)
                    path = name if above == "." else os.path.join(above, name)
                    files[_shown(path)] = FileState(told.st_size, told.st_mtime_ns, data)
    return Tree(files)


def _read(folder: int, name: str, most: int) -> tuple[int, bytes]:
    with open(os.open(name, FILE, dir_fd=folder), "rb") as file:
        told = os.fstat(file.fileno())
        if not stat.S_ISREG(told.st_mode):
            raise IsADirectoryError
        return told.st_size, file.read(most)


@contextlib.contextmanager
def _folder(workspace: str, parts: tuple[str, ...]) -> Iterator[int]:
    opened = os.open(workspace, FOLDER)
    try:
        for part in parts:
            inner = os.open(part, FOLDER | os.O_NOFOLLOW, dir_fd=opened)
            os.close(opened)
            opened = inner
        yield opened
    finally:
        os.close(opened)


@contextlib.contextmanager
def _told(path: str) -> Iterator[None]:
    """What the system refuses, as an error of ours."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise missing(path) from error
    except (OSError, ValueError) as error:
        if getattr(error, "errno", 0) in {errno.ELOOP, errno.ENXIO}:  # A link, or a socket.
            raise missing(path) from error
        reason = (getattr(error, "strerror", "") or str(error)).lower()
        raise SandboxError("files.failed", f"{path or 'The workspace'} cannot be read: {reason}.") from error


def _shown(name: str) -> str:
    """A name that can be told to others, whatever bytes it has."""
    return os.fsencode(name).decode(errors="backslashreplace")
