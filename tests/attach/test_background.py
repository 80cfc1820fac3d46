"""Sessions in processes of their own: what is killed, and what goes on. Real processes, real sockets, real SIGKILLs."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest
from attach.hosted import PATIENCE, engine_of, no_engines_left, started, until, wanted
from engine.small_brain import brain
from loopback.openai_server import LoopbackOpenAI

from golfer_tui.attach import address, process
from golfer_tui.attach.log import cut
from golfer_tui.attach.visiting import look, stop
from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import GolferError, StoreError
from golfer_tui.model.workers import WorkerState
from golfer_tui.store.layout import Layout
from golfer_tui.store.store import Store

CLIENT = Path(__file__).with_name("client.py")
TICKS = "spawn w1: for i in $(seq 1 100000); do echo tick $i; sleep 0.05; done"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with no_engines_left(tmp_path / "home"):
        yield tmp_path / "home"


@pytest.fixture
async def model(openai_server: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch) -> LoopbackOpenAI:
    """The small scripts, for processes too."""
    openai_server.brain = brain
    for name, value in openai_server.environ.items():
        monkeypatch.setenv(name, value)
    return openai_server


@contextlib.asynccontextmanager
async def client(home: Path, *session: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A front end in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(CLIENT), str(home), str(home.parent), *session),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def told(process: asyncio.subprocess.Process, line: str = "") -> str:
    """What it prints next, after it was given a line."""
    assert process.stdin is not None
    assert process.stdout is not None
    if line:
        process.stdin.write(line.encode() + b"\n")
    return (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode().strip()


async def test_what_a_session_survives(home: Path, tmp_path: Path, model: LoopbackOpenAI) -> None:
    layout = Layout(home)
    async with client(home) as first:
        session = await told(first)
        assert await told(first, TICKS) == "taken"
        engine = await engine_of(home, session)
        assert engine.terminal() is None
        # It has left whoever started it, and their session.
        assert engine.ppid() != first.pid
        assert os.getsid(engine.pid) != os.getsid(first.pid)
        assert await look(layout, session) == 1
        first.send_signal(signal.SIGKILL)
        await first.wait()

    async with started(wanted(tmp_path, session)) as second:
        # The same process, with a worker that is still at work.
        assert await engine_of(home, session) == engine
        await until(lambda: second.tape("w1"))
        tape = second.tape("w1")
        assert tape is not None
        now = tape.end
        await until(lambda: tape.end > now)
        assert second.state.workers["w1"].state is WorkerState.RUNNING
        async with client(home, session) as third:
            assert await told(third) == session
            await until(lambda: second.attendance.others == 1)
        await until(lambda: second.attendance.others == 0)

        # The engine is killed: it is told, clearly, and nothing hangs.
        stream = second.subscribe()
        engine.kill()
        async for _ in stream:
            pass
        with pytest.raises(StoreError, match=f"The engine of session {session} ended unexpectedly"):
            await second.detach()
    stale = address.socket_path(layout, session, engine.pid)
    assert stale.exists()
    assert await look(layout, session) is None

    # Nobody holds it: of two that start at once, one takes it over, and the other attaches.
    async with contextlib.AsyncExitStack() as stack:
        both = [stack.enter_async_context(started(wanted(tmp_path, session))) for _ in range(2)]
        one, other = await asyncio.gather(*both)
        await until(lambda: one.attendance.others == other.attendance.others == 1)
        assert sorted([one.attendance.writing, other.attendance.writing]) == [False, True]
        writer = one if one.attendance.writing else other
        await writer.dispatch(cm.SendMessage("hello"))
        await until(lambda: one.state.seq == other.state.seq and one.state == other.state)
        assert one.state.receipt is not None
        assert not stale.exists()
        engine = await engine_of(home, session)
        engine.terminate()  # as the system does when it goes down: the session is kept, and everybody told
        for remote in (one, other):
            async for _ in remote.subscribe():
                pass
            await remote.detach()
    await until(lambda: not engine.is_running() or engine.status() == psutil.STATUS_ZOMBIE)
    assert list((home / "sessions" / session).glob("*.sock")) == []
    assert not await stop(layout, session, "keep")
    async with Store.open(home) as store:
        kinds = [event.type for event in await store.events(session)]
    assert (kinds.count("session.started"), kinds.count("session.resumed")) == (1, 1)
    assert kinds[-1] == "session.finished"


async def test_who_asks_in_vain_hears_why_as_from_the_engine_itself(
    home: Path, tmp_path: Path, model: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Engine.open(wanted(tmp_path).settings, home=home, directory=tmp_path) as engine:
        # Held by a process that nobody can attach to.
        with pytest.raises(StoreError) as held:
            async with started(wanted(tmp_path, engine.session)):
                pass
        assert held.value.code == "session.held"
        assert str(os.getpid()) in str(held.value)
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL")
    with pytest.raises(GolferError) as here:
        async with Engine.open(wanted(tmp_path).settings, home=home, directory=tmp_path):
            pass
    with pytest.raises(GolferError) as there:
        async with started(wanted(tmp_path)):
            pass
    assert (type(there.value), there.value.code, str(there.value)) == (
        type(here.value),
        here.value.code,
        str(here.value),
    )


async def test_a_process_that_cannot_start_is_told_with_its_last_words(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "SERVICE", [sys.executable, "-c", "raise SystemExit('no luck today')"])
    with pytest.raises(StoreError, match=r"ended before the session was open\. Its last words: no luck today"):
        async with started(wanted(tmp_path)):
            pass
    monkeypatch.setattr(process, "SERVICE", [str(tmp_path / "nothing")])
    with pytest.raises(StoreError, match="No process for the engine can be started"):
        async with started(wanted(tmp_path)):
            pass


def test_a_socket_is_its_owners_alone_and_may_lie_deep(tmp_path: Path) -> None:
    layout = Layout(tmp_path.joinpath(*["a-long-name-of-a-folder"] * 8))
    path = address.socket_path(layout, "s", os.getpid())
    assert len(str(path)) > 108
    with address.listen(path) as sock:
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        connection = address.connect(path)
        assert connection is not None
        with connection, sock.accept()[0] as accepted:
            assert address.same_person(accepted)
    # Nobody listens any more.
    assert address.connect(path) is None
    assert address.find(layout, "s") is None


@pytest.mark.skipif(os.getuid() != 0 or not hasattr(socket, "SO_PEERCRED"), reason="needs another user to be")
def test_another_user_is_not_let_in() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, socket.socket(socket.AF_UNIX) as listening:
        os.chmod(folder, 0o755)
        listening.bind(f"{folder}/s")
        os.chmod(f"{folder}/s", 0o777)
        listening.listen(1)
        code = f"import socket; s = socket.socket(socket.AF_UNIX); s.connect({folder + '/s'!r}); s.recv(1)"
        other = subprocess.Popen(["/usr/bin/env", "python3", "-c", code], user=65534, cwd="/")
        try:
            with listening.accept()[0] as accepted:
                assert not address.same_person(accepted)
        finally:
            other.wait(PATIENCE)


def test_the_log_keeps_its_newer_half(tmp_path: Path) -> None:
    file = os.open(tmp_path / "log", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    try:
        os.write(file, b"old " * 100 + b"new " * 100)
        cut(file, 800)
        assert os.fstat(file).st_size == 800
        os.write(file, b"!")
        cut(file, 800)
        os.write(file, b"?")
        assert (tmp_path / "log").read_bytes() == (b"new " * 100 + b"!?")[1:]
    finally:
        os.close(file)
