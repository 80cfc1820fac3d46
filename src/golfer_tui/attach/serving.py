"""Opening an engine for whoever started its process, hosting it, and telling everybody how it ended."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from golfer_tui.attach.address import clean, listen, socket_path
from golfer_tui.attach.host import Host
from golfer_tui.attach.log import NAME, keep_bounded, log_to
from golfer_tui.attach.messages import Problem, Start
from golfer_tui.attach.waking import Waking
from golfer_tui.attach.wire import receive
from golfer_tui.engine.held import hold
from golfer_tui.model.errors import GolferError, StoreError
from golfer_tui.store.layout import Layout
from golfer_tui.store.store import Store

if TYPE_CHECKING:
    from golfer_tui.engine.engine import Engine
    from golfer_tui.engine.equipment import Equipment

SWITCH = 0.0005
"""Seconds until another thread gets its turn while the engine is imported: front ends are served meanwhile."""


async def serve(connection: int) -> int:
    """Serve the session that the other end of this connection asks for; returns the exit code."""
    reader, writer = await asyncio.open_unix_connection(sock=socket.socket(fileno=connection))
    start = await receive(reader)
    if not isinstance(start, Start):
        writer.close()  # who started us has gone before there was anything to do
        return 0
    host = Host(alone=start.settings.background_timeout)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, lambda: None)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, host.stop, "keep")
    host.invite(reader, writer)
    async with contextlib.AsyncExitStack() as stack:
        problem = await _hold(start, host, stack)
        await host.close(problem)
    return 1 if problem is not None else 0


async def _hold(start: Start, host: Host, stack: contextlib.AsyncExitStack) -> Problem | None:
    """Open the engine and let it be served until its end. Returns what went wrong."""
    layout = Layout(Path(start.home))
    await asyncio.to_thread(log_to, layout.home)
    try:
        if start.resume is None:
            await _begin(start, host, layout, stack)
        else:
            await stack.enter_async_context(_listening(host, layout, start.resume))
            await _resume(start, start.resume, host, layout)
    except GolferError as error:
        return Problem.of(error)
    except Exception as error:  # the last guard: all else was an error of ours
        logging.getLogger(__name__).exception("The engine failed.")
        what = "".join(traceback.format_exception_only(error)).strip()
        where = f"The details are in {NAME} in the session's folder, or in {layout.home}."
        return Problem.of(StoreError("engine.failed", f"Something went wrong inside the engine: {what}", hint=where))
    return None


async def _begin(start: Start, host: Host, layout: Layout, stack: contextlib.AsyncExitStack) -> None:
    """Serve a new session."""
    engine_type, _ = await asyncio.to_thread(_load)
    directory = Path(start.directory)
    opening = engine_type.open(
        start.settings, home=layout.home, directory=directory, limits=start.limits, key=start.key
    )
    async with opening as engine:
        await stack.enter_async_context(_listening(host, layout, engine.session))
        async with _logging(layout, engine.session):
            await host.serve(engine)


async def _resume(start: Start, session: str, host: Host, layout: Layout) -> None:
    """Serve a stored session: what is stored at once, and the engine when it is loaded."""
    async with (
        Store.open(layout.home) as store,
        hold(store, await store.sessions.get(session)) as held,
        _logging(layout, session),
    ):
        waking = Waking(held, start.settings)
        host.show(waking)
        loading = asyncio.create_task(asyncio.to_thread(_load), name="engine import")
        if not await host.stays(loading):
            return
        engine_type, equip = loading.result()
        async with (
            equip(start.settings, Path(start.directory), key=start.key) as equipment,
            engine_type.wake(start.settings, held, equipment, start.limits) as engine,
        ):
            waking.wake(engine)
            await host.serve(waking)


def _load() -> "tuple[type[Engine], Callable[..., AbstractAsyncContextManager[Equipment]]]":
    """Import the engine, and what equips it. Takes seconds: call it in a thread."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    try:
        from golfer_tui.engine.engine import Engine
        from golfer_tui.engine.equipment import equip
    finally:
        sys.setswitchinterval(interval)
    return Engine, equip


@contextlib.asynccontextmanager
async def _logging(layout: Layout, session: str) -> AsyncIterator[None]:
    """Keep the log in the session's folder, which this process holds."""
    await asyncio.to_thread(clean, layout, session)
    await asyncio.to_thread(log_to, layout.session(session))
    trimming = asyncio.create_task(keep_bounded(), name="engine log")
    try:
        yield
    finally:
        trimming.cancel()
        await asyncio.gather(trimming, return_exceptions=True)


@contextlib.asynccontextmanager
async def _listening(host: Host, layout: Layout, session: str) -> AsyncIterator[None]:
    """Let front ends in by the socket in the session's folder."""
    path = socket_path(layout, session, os.getpid())
    server = await asyncio.start_unix_server(host.arrived, sock=await asyncio.to_thread(listen, path))
    try:
        yield
    finally:
        server.close()
        await asyncio.to_thread(path.unlink, missing_ok=True)
