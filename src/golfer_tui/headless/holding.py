"""Opens a session, lets somebody talk with it, and closes it in order, whatever interrupts."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from golfer_tui.headless.interrupts import Interrupts
from golfer_tui.headless.watch import Show, Watch, watching
from golfer_tui.model.session_events import SessionFinished

if TYPE_CHECKING:
    from golfer_tui.engine.engine import Engine

OpenEngine = Callable[[], "AbstractAsyncContextManager[Engine]"]
"""Makes the engine; the front end enters and leaves it."""

Talk = Callable[["Engine", Watch], Awaitable[None]]


async def hold(open_engine: OpenEngine, interrupts: Interrupts, show: Show, talk: Talk) -> SessionFinished:
    """Open, talk, close; returns how the session ended.

    The engine decides whether something was cut off: then the state is `interrupted`.
    """
    try:
        async with contextlib.AsyncExitStack() as stack:
            with interrupts.cancelling():
                engine = await stack.enter_async_context(open_engine())
            watch = await stack.enter_async_context(watching(engine, show))
            try:
                await talk(engine, watch)
            finally:
                await engine.close(workers="end")
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if not interrupts.asked.is_set() or task is None:
            raise
        task.uncancel()
        return SessionFinished(state="interrupted")
    return engine.state.finished or SessionFinished(state="failed", error="The session was not closed.")


async def first(*waits: Coroutine[Any, Any, object]) -> None:
    """Wait for the first of several and raise what it raised. The others are cancelled."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def all_done(engine: "Engine", watch: Watch) -> None:
    """Wait until nobody has anything left to do, nothing waits for an answer, and all of it was shown."""
    while True:
        await engine.idle()
        # A slow reader gets everything before the store is closed.
        await watch.caught_up()
        if watch.ended or not engine.state.approvals:
            return
        await watch.until(lambda: not engine.state.approvals)


def exit_code(finished: SessionFinished, interrupts: Interrupts) -> int:
    """0 done, 1 failed; 130, 143 or 129 after SIGINT, SIGTERM or SIGHUP."""
    return {"done": 0, "failed": 1, "interrupted": interrupts.code}[finished.state]
