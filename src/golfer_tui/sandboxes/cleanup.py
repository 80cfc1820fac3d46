"""Cleaning up that a cancellation does not interrupt."""

import asyncio
import contextlib
from collections.abc import Awaitable


async def finish(work: Awaitable[object]) -> None:
    """Wait until `work` is done, however often we are cancelled meanwhile.

    For the way out of something that was cancelled or failed: errors of `work` are swallowed, since the reason for
    being here counts more, and the caller raises that again.
    """
    task = asyncio.ensure_future(work)
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await asyncio.shield(task)
    if not task.cancelled():
        task.exception()
