"""Tasks that cannot hurt: what they raise is handed over as a value, and waiting for them outlives a stray cancel."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class Caught(NamedTuple):
    """Something was raised."""

    error: BaseException


async def _catch(work: Callable[[], Awaitable[T]]) -> T | Caught:
    try:
        return await work()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a SystemExit that leaves a task would stop the whole event loop
        return Caught(error)


def start(work: Callable[[], Awaitable[T]], name: str) -> asyncio.Task[T | Caught]:
    """Run `work` in a task whose result is the work's, or what it raised, its own cancellation included."""
    return asyncio.create_task(_catch(work), name=name)


def outcome(task: asyncio.Task[T | Caught]) -> T | Caught:
    """What a task of `start` came to; one that was cancelled before its first step has nothing of its own to tell."""
    return Caught(asyncio.CancelledError()) if task.cancelled() else task.result()


def value(task: asyncio.Task[T | Caught]) -> T:
    """What a task of `start` returned; raises what it raised."""
    result = outcome(task)
    if isinstance(result, Caught):
        raise result.error
    return result


async def first(*futures: asyncio.Future[Any], timeout: float | None = None) -> bool:  # noqa: ASYNC109 - `asyncio.wait` has the same
    """Wait until one of them is done or the time is over.

    Returns:
        False if the waiting task was cancelled instead: the cancellation ends here, the caller decides what it means.
    """
    try:
        await asyncio.wait(futures, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        return False
    return True
