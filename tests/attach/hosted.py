"""Engines that are hosted: in the test's own process for quick looks, and in processes of their own."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
from engine.small_scripts import opened, settings

from golfer_tui.attach.address import holder
from golfer_tui.attach.host import Host
from golfer_tui.attach.launch import Wanted, launch
from golfer_tui.attach.messages import Knock, Message, Welcome
from golfer_tui.attach.remote import RemoteEngine
from golfer_tui.attach.session import OpenSession
from golfer_tui.attach.wire import frame, receive
from golfer_tui.engine.engine import Engine
from golfer_tui.model.settings import ModelSettings
from golfer_tui.store.layout import Layout
from golfer_tui.version import __version__

PATIENCE = 60.0
"""Seconds after which a state that does not come fails the test."""

MODEL = "gpt-5-mini"

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def until(condition: Callable[[], object]) -> None:
    """Wait for a state."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the state that the test waits for did not come"
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def serving(engine: OpenSession, *, alone: float = 0) -> AsyncIterator[Host]:
    """A host of this engine, until the block ends."""
    host = Host(alone=alone)
    serve = asyncio.create_task(host.serve(engine))
    await asyncio.sleep(0)
    try:
        yield host
    finally:
        host.stop("end")
        await serve
        await host.close()


@contextlib.asynccontextmanager
async def hosted(tmp_path: Path, *, alone: float = 0) -> AsyncIterator[tuple[Engine, Host]]:
    """An engine with the small scripts, and its host."""
    async with opened(tmp_path) as engine, serving(engine, alone=alone) as host:
        yield engine, host


@contextlib.asynccontextmanager
async def connected(host: Host) -> AsyncIterator[Connection]:
    """A connection to the host on which nothing was said yet."""
    ours, theirs = socket.socketpair()
    host.arrived(*await asyncio.open_unix_connection(sock=theirs))
    reader, writer = await asyncio.open_unix_connection(sock=ours)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def knocked(connection: Connection, knock: Knock | None = None) -> Message:
    """Knock, and return the answer."""
    reader, writer = connection
    writer.write(frame(knock or Knock(__version__)))
    answer = await receive(reader)
    assert answer is not None
    assert not isinstance(answer, tuple)
    return answer


@contextlib.asynccontextmanager
async def attached(host: Host) -> AsyncIterator[RemoteEngine]:
    """A front end of the hosted engine."""
    async with connected(host) as connection:
        welcome = await knocked(connection)
        assert isinstance(welcome, Welcome)
        async with RemoteEngine.over(*connection, welcome) as remote:
            yield remote


def wanted(tmp_path: Path, resume: str | None = None, background_timeout: int = 600) -> Wanted:
    """A session in a process of its own; the variables of the test say where its model is."""
    chosen = settings(model=ModelSettings(name=MODEL), background_timeout=background_timeout)
    return Wanted(chosen, tmp_path / "home", tmp_path, resume)


@contextlib.asynccontextmanager
async def started(which: Wanted) -> AsyncIterator[RemoteEngine]:
    """Attach to a session in a process of its own."""
    async with asyncio.timeout(PATIENCE), await asyncio.to_thread(launch, which) as remote:
        yield remote


async def engine_of(home: Path, session: str) -> psutil.Process:
    """The process that has the session."""
    path = await asyncio.to_thread(holder, Layout(home), session)
    assert path is not None
    return psutil.Process(int(path.stem.removeprefix("engine-")))


@contextlib.contextmanager
def no_engines_left(home: Path) -> "contextlib.AbstractContextManager[None]":
    """End the engines that a failed test has left under this home; one that passed has ended all of them."""
    try:
        yield
    finally:
        for path in home.glob("sessions/*/engine-*.sock"):
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(int(path.stem.removeprefix("engine-")))
                if "golfer_tui.attach.service" in process.cmdline():
                    process.kill()
                    process.wait(PATIENCE)
