"""Cleaning up that a cancellation does not interrupt."""

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import Any

AGAIN = 0.1
"""Seconds before a task that did not end is cancelled again."""


async def cancelled(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks until they have ended, whatever they make of it; what they raise is dropped.

    modal can turn a cancellation into an error of its own, after which a loop that survives errors goes on.
    """
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=AGAIN)
    await asyncio.gather(*tasks, return_exceptions=True)


def told_to_end() -> bool:
    """True if the running task was cancelled, even if modal turned that into an error of its own."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


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
