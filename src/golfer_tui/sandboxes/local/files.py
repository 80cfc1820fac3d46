"""The SDK's local file operations, off the event loop.

The SDK opens, reads and writes within its `async` methods; on a slow disk that would freeze every pane. Each operation
runs here as it is, in a thread with a loop of its own. Operations on behalf of another user start commands, which
belong to our loop, and stay on it.
"""

import asyncio
import io
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from agents.sandbox.files import FileEntry
from agents.sandbox.sandboxes.unix_local import UnixLocalSandboxSession
from agents.sandbox.types import User

from golfer_tui.sandboxes.cleanup import finish

T = TypeVar("T")


async def apart(work: Coroutine[Any, Any, T], user: str | User | None = None) -> T:
    """Run `work` in a thread, unless it is for another user. A cancellation waits for its end: no file stays half."""
    if user is not None:
        return await work
    running = asyncio.ensure_future(asyncio.to_thread(asyncio.run, work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await finish(running)
        raise


class ThreadedFiles(UnixLocalSandboxSession):
    """A local session whose file operations do not block the loop."""

    async def ls(self, path: Path | str, *, user: str | User | None = None) -> list[FileEntry]:
        return await apart(super().ls(path, user=user), user)

    async def mkdir(self, path: Path | str, *, parents: bool = False, user: str | User | None = None) -> None:
        await apart(super().mkdir(path, parents=parents, user=user), user)

    async def rm(self, path: Path | str, *, recursive: bool = False, user: str | User | None = None) -> None:
        await apart(super().rm(path, recursive=recursive, user=user), user)

    async def mv(self, source: Path | str, destination: Path | str, *, user: str | User | None = None) -> None:
        await apart(super().mv(source, destination, user=user), user)

    async def same_file(
        self, left: Path | str, right: Path | str, *, follow_symlinks: bool = True, user: str | User | None = None
    ) -> bool:
        return await apart(super().same_file(left, right, follow_symlinks=follow_symlinks, user=user), user)

    async def read(self, path: Path, *, user: str | User | None = None) -> io.IOBase:
        return await apart(super().read(path, user=user), user)

    async def write(self, path: Path, data: io.IOBase, *, user: str | User | None = None) -> None:
        await apart(super().write(path, data, user=user), user)

    async def _read_bounded(self, path: Path, *, max_bytes: int) -> bytes:
        return await apart(super()._read_bounded(path, max_bytes=max_bytes))

    async def _write_new_file(self, path: Path, data: io.IOBase, *, user: str | User | None = None) -> None:
        await apart(super()._write_new_file(path, data, user=user), user)
