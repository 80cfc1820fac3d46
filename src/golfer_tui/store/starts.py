"""What workspaces began with, one file for each, so that it can be told what their workers changed."""

import asyncio
import shutil
import zlib
from pathlib import Path

import msgspec

from golfer_tui.model.errors import StoreError
from golfer_tui.model.files import Tree
from golfer_tui.store.layout import Layout

LARGEST = 64 * 1024 * 1024
"""Bytes of one that are read at most; those that are written are far smaller."""


class Starts:
    """The beginnings of one store's workspaces. They go with their sessions."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    async def keep(self, session: str, worker: str, attempt: int, tree: Tree) -> None:
        """Keep what the workspace has that a worker got in this attempt.

        Raises:
            StoreError: `start.failed`.
        """
        await asyncio.to_thread(_write, self._layout.start(session, worker, attempt), tree)

    async def get(self, session: str, worker: str, attempt: int) -> Tree | None:
        """What it began with; None if that was not kept.

        Raises:
            StoreError: `start.failed`.
        """
        return await asyncio.to_thread(_read, self._layout.start(session, worker, attempt))

    async def copy(self, source: str, target: str, worker: str) -> None:
        """Let the worker of this name in another session have begun with the same, in each attempt.

        Raises:
            StoreError: `start.failed`.
        """
        await asyncio.to_thread(_copy, *(self._layout.start(each, worker, 1).parent for each in (source, target)))


def _copy(source: Path, target: Path) -> None:
    try:
        shutil.copytree(source, target)
    except FileNotFoundError:
        return
    except (OSError, shutil.Error) as error:
        raise _failed(source, error, "copied") from error


def _write(path: Path, tree: Tree) -> None:
    partial = path.with_suffix(".part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.write_bytes(zlib.compress(msgspec.msgpack.encode(tree), 1))
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise _failed(path, error, "written") from error


def _read(path: Path) -> Tree | None:
    try:
        data = zlib.decompressobj().decompress(path.read_bytes(), LARGEST)
        return msgspec.msgpack.decode(data, type=Tree)
    except FileNotFoundError:
        return None
    except (OSError, zlib.error, msgspec.DecodeError) as error:
        raise _failed(path, error, "read") from error


def _failed(path: Path, error: Exception, what: str) -> StoreError:
    reason = (getattr(error, "strerror", "") or str(error)).lower()
    return StoreError("start.failed", f"What the workspace began with cannot be {what}: {path}: {reason}.")
