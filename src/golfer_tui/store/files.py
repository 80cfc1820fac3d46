"""The files of one session: how much room they take, and their removal. Everything here blocks on the disk."""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from golfer_tui.model.errors import StoreError


class Size(msgspec.Struct, frozen=True):
    """Bytes that the files of a session take."""

    recordings: int = 0
    workspaces: int = 0

    @property
    def total(self) -> int:
        return self.recordings + self.workspaces


def measure(folder: Path) -> Size:
    """Sum up the folder of a session; what cannot be read counts nothing."""
    return Size(_bytes(folder / "recordings"), _bytes(folder / "workspaces") + _bytes(folder / "snapshots"))


def _bytes(folder: Path) -> int:
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                found = os.lstat(os.path.join(path, name))
            except OSError:
                continue
            total += min(found.st_size, found.st_blocks * 512) if stat.S_ISREG(found.st_mode) else 0
    return total


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it; links are not followed.

    Raises:
        StoreError: `session.files`, after all that could be removed was.
    """
    failed: list[str] = []

    def again(function: Callable[[str], Any], path: str, error: tuple[type, BaseException, TracebackType]) -> None:
        # A worker may have made folders that nothing can be removed from.
        if isinstance(error[1], FileNotFoundError):
            return
        try:
            os.chmod(os.path.dirname(path), 0o700)
            if os.path.isdir(path) and not os.path.islink(path):
                os.chmod(path, 0o700)
                shutil.rmtree(path)
            else:
                os.unlink(path)
        except OSError:
            failed.append(path)

    shutil.rmtree(folder, onerror=again)
    if failed and folder.exists():
        message = f"The session is deleted, but {len(failed)} of its files could not be removed: {failed[0]}."
        raise StoreError("session.files", message, hint=f"Remove {folder} yourself.")
