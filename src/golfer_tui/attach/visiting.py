"""Knocking at the engine of a session: to attach, to see who is there, or to let the session go."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

from golfer_tui.attach.address import find
from golfer_tui.attach.messages import CLOSING, Goodbye, Knock, Looked, Message, Purpose, Refused, Welcome
from golfer_tui.attach.wire import frame, receive
from golfer_tui.model.errors import StoreError
from golfer_tui.store.layout import Layout
from golfer_tui.version import __version__

LOOKING = 2.0
"""Seconds that an engine may take to say who is there."""


async def knock(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, purpose: Purpose) -> Message | None:
    """Knock, and wait for the answer; None if the engine has gone meanwhile."""
    writer.write(frame(Knock(__version__, purpose)))
    answer = await receive(reader)
    return answer if isinstance(answer, Welcome | Refused | Looked | Goodbye) else None


@contextlib.asynccontextmanager
async def connection(sock: socket.socket) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """The two ends of a socket that is connected already, closed in the end."""
    reader, writer = await asyncio.open_unix_connection(sock=sock)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def lost(session: str) -> StoreError:
    """What is told of an engine that hung up without a goodbye."""
    return StoreError(
        "engine.lost",
        f"The engine of session {session} ended unexpectedly.",
        hint=f"What was stored is there: golfer --resume {session} goes on.",
    )


async def look(layout: Layout, session: str) -> int | None:
    """How many front ends are attached to the session; None if no engine in the background answers."""
    try:
        answer = await _visit(layout, session, "look", LOOKING)
    except StoreError:
        return None
    return answer.attached if isinstance(answer, Looked) else None


async def stop(layout: Layout, session: str, purpose: Purpose) -> bool:
    """Let a session in the background go; returns once its lock is free. False if it does not run there.

    Raises:
        GolferError: what went wrong while it was closed.
    """
    answer = await _visit(layout, session, purpose, None)
    if isinstance(answer, Goodbye) and answer.problem is not None:
        raise answer.problem.error()
    return answer is not None


@contextlib.asynccontextmanager
async def staying(layout: Layout, session: str) -> AsyncIterator[asyncio.Task[None]]:
    """Keep a session in the background open while front ends come and go, without writing or being counted.

    The task ends with the session, and raises what went wrong while it was closed.

    Raises:
        StoreError: `session.closing` if it is just being let go, or does not run.
    """
    sock = await asyncio.to_thread(find, layout, session)
    if sock is None:
        raise CLOSING.error()
    async with connection(sock) as (reader, writer):
        if not isinstance(await knock(reader, writer, "stay"), Looked):
            raise CLOSING.error()
        ending = asyncio.create_task(_end(reader, session), name="session's end")
        try:
            yield ending
        finally:
            ending.cancel()
            await asyncio.gather(ending, return_exceptions=True)


async def _end(reader: asyncio.StreamReader, session: str) -> None:
    answer = await receive(reader)
    if not isinstance(answer, Goodbye):
        raise lost(session)
    if answer.problem is not None:
        raise answer.problem.error()


async def _visit(layout: Layout, session: str, purpose: Purpose, seconds: float | None) -> Message | None:
    sock = await asyncio.to_thread(find, layout, session)
    if sock is None:
        return None
    try:
        async with asyncio.timeout(seconds), connection(sock) as (reader, writer):
            return await knock(reader, writer, purpose)
    except TimeoutError:
        return None
