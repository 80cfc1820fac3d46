"""Opening an engine for whoever started its process, hosting it, and telling everybody how it ended."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

from golfer_tui.attach.address import clean, listen, socket_path
from golfer_tui.attach.host import Host
from golfer_tui.attach.log import NAME, keep_bounded, log_to
from golfer_tui.attach.messages import Problem, Start
from golfer_tui.attach.wire import receive
from golfer_tui.engine.engine import Engine
from golfer_tui.model.errors import GolferError, StoreError
from golfer_tui.store.layout import Layout


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
        if start.resume is not None:
            await stack.enter_async_context(_listening(host, layout, start.resume))
        async with Engine.open(
            start.settings,
            home=layout.home,
            directory=Path(start.directory),
            resume=start.resume,
            limits=start.limits,
        ) as engine:
            if start.resume is None:
                await stack.enter_async_context(_listening(host, layout, engine.session))
            await asyncio.to_thread(clean, layout, engine.session)
            await asyncio.to_thread(log_to, layout.session(engine.session))
            trimming = asyncio.create_task(keep_bounded(), name="engine log")
            try:
                await host.serve(engine)
            finally:
                trimming.cancel()
                await asyncio.gather(trimming, return_exceptions=True)
    except GolferError as error:
        return Problem.of(error)
    except Exception as error:  # the last guard: all else was an error of ours
        logging.getLogger(__name__).exception("The engine failed.")
        what = "".join(traceback.format_exception_only(error)).strip()
        where = f"The details are in {NAME} in the session's folder, or in {layout.home}."
        return Problem.of(StoreError("engine.failed", f"Something went wrong inside the engine: {what}", hint=where))
    return None


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
