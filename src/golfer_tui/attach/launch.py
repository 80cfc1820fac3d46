"""Getting at an engine for a front end: the one that has the session already, or a new process.

Exactly one process holds a session. Who comes second, by however little, finds the lock taken and attaches instead.
"""

import asyncio
import contextlib
import dataclasses as dc
import socket
from collections.abc import AsyncIterator
from pathlib import Path

from golfer_tui.attach.address import find, hidden
from golfer_tui.attach.messages import Goodbye, Message, Problem, Refused, Start, Welcome
from golfer_tui.attach.process import Process
from golfer_tui.attach.remote import RemoteEngine
from golfer_tui.attach.visiting import connection, knock
from golfer_tui.attach.wire import frame, receive
from golfer_tui.model.commands import SetLimits
from golfer_tui.model.errors import GolferError, StoreError
from golfer_tui.model.secret import Secret
from golfer_tui.model.settings import Settings
from golfer_tui.store.layout import Layout

PATIENCE = 30.0
"""Seconds for which another engine that is just letting the session go is waited for."""

AGAIN = 0.1
"""Seconds until the next attempt meanwhile."""


@dc.dataclass(frozen=True)
class Wanted:
    """The session to be opened; what `Engine.open` takes."""

    settings: Settings
    home: Path
    directory: Path
    resume: str | None = None
    """The whole id of a stored session; None for a new one."""
    limits: SetLimits | None = None
    key: Secret | None = None

    @property
    def layout(self) -> Layout:
        return Layout(self.home)


def launch(wanted: Wanted) -> "contextlib.AbstractAsyncContextManager[RemoteEngine]":
    """Start a process, unless one has the session already, and return what attaches to it.

    Blocks: call it in a thread. The process loads the engine from now on; what is returned must be entered.

    Raises:
        StoreError: `engine.start`, `attach.foreign`.
    """
    running = _running(wanted)
    return _attached(wanted, running, Process() if running is None else None)


def _running(wanted: Wanted) -> socket.socket | None:
    return None if wanted.resume is None else find(wanted.layout, wanted.resume)


@contextlib.asynccontextmanager
async def _attached(
    wanted: Wanted, running: socket.socket | None, process: Process | None
) -> AsyncIterator[RemoteEngine]:
    """The engine of the session, whoever started it.

    Raises:
        GolferError: what `Engine.open` raises; `engine.failed`, `attach.version`, `attach.garbled`.
    """
    deadline = asyncio.get_running_loop().time() + PATIENCE
    answer: Message | None
    async with contextlib.AsyncExitStack() as stack:
        while True:
            async with contextlib.AsyncExitStack() as attempt:
                if process is not None:
                    attempt.callback(process.close)
                    reader, writer = await attempt.enter_async_context(connection(process.connection))
                    answer = await _started(wanted, process, reader, writer)
                elif running is not None:
                    reader, writer = await attempt.enter_async_context(connection(running))
                    answer = await knock(reader, writer, "attach")
                else:
                    raise AssertionError("there is an engine or a process")
                if isinstance(answer, Welcome):
                    stack.push_async_exit(attempt.pop_all())
                    break
            problem = answer.problem if isinstance(answer, Refused | Goodbye) else None
            error = None if problem is None else problem.error()
            if error is not None and not await asyncio.to_thread(_passes, wanted, error):
                raise error
            if asyncio.get_running_loop().time() > deadline:
                raise error or _lost("")
            await asyncio.sleep(AGAIN)
            running = await asyncio.to_thread(_running, wanted)
            process = await asyncio.to_thread(Process) if running is None else None
        opened = RemoteEngine.over(reader, writer, answer)
        del answer  # it has a whole session in it
        yield await stack.enter_async_context(opened)


def _passes(wanted: Wanted, error: GolferError) -> bool:
    """True if the next attempt may go better: an engine with a socket has the session, or has just let it go."""
    if error.code == "session.held" and wanted.resume is not None:
        return not hidden(wanted.layout, wanted.resume)
    return error.code == "session.closing"


async def _started(
    wanted: Wanted, process: Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Welcome | Refused:
    folders = str(wanted.home), str(wanted.directory)
    start = Start(wanted.settings, *folders, wanted.resume, wanted.limits, wanted.key)
    writer.write(frame(start))
    answer = await receive(reader)
    if isinstance(answer, Welcome | Refused):
        return answer
    return Refused(Problem.of(_lost(await asyncio.to_thread(process.last_words))))


def _lost(words: str) -> StoreError:
    hint = f"Its last words: {words}" if words else ""
    return StoreError("engine.failed", "The engine ended before the session was open.", hint=hint)
