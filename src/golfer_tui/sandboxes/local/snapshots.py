"""Snapshots of local workspaces: copies, made in a thread that ends with who asked for it."""

import asyncio
import sys
import threading

from golfer_tui.sandboxes.local.copying import MIB, copy


async def keep(workspace: str, folder: str, mib: int) -> int:
    """Copy a workspace of at most `mib` MiB; returns its bytes.

    Raises:
        SandboxError: `snapshot.too_big`, `snapshot.failed`; nothing is left of the copy.
    """
    return await _copy(workspace, folder, mib * MIB)


async def begin(snapshot: str, workspace: str) -> None:
    """Make a workspace out of a snapshot.

    Raises:
        SandboxError: `snapshot.failed`.
    """
    await _copy(snapshot, workspace, sys.maxsize)


async def _copy(source: str, target: str, limit: int) -> int:
    stop = threading.Event()
    copying = asyncio.ensure_future(asyncio.to_thread(copy, source, target, limit, stop))
    try:
        return await asyncio.shield(copying)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([copying])
        if not copying.cancelled():
            copying.exception()
        raise
