"""The list of sessions, finding one, and that one process has it at a time."""

import asyncio
import datetime as dt
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import StoreError
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.store.sessions import SessionRow, new_id
from golfer_tui.store.store import Store

NewSession = Callable[..., Awaitable[str]]
T0 = dt.datetime(2026, 11, 23, 17, 30, 5, 123456, dt.UTC)


def row(name: str, minutes: int = 0, directory: str = "/a") -> SessionRow:
    moment = T0 + dt.timedelta(minutes=minutes)
    return SessionRow(id=name, title="t", directory=directory, backend="local", created=T0, updated=moment)


def test_ids_are_readable_sortable_and_apart() -> None:
    east = T0.astimezone(dt.timezone(dt.timedelta(hours=5)))
    assert new_id(east).startswith("20261123-1730-")
    assert len({new_id(T0) for _ in range(50)}) > 45
    assert new_id(T0) < new_id(T0 + dt.timedelta(minutes=1))


async def test_rows_come_back_newest_first(store: Store) -> None:
    rows = [row("a", 1), row("b", 3), row("c", 2, "/b")]
    for one in rows:
        await store.sessions.create(one)
    assert await store.sessions.list() == [rows[1], rows[2], rows[0]]
    assert await store.sessions.latest() == rows[1]
    assert await store.sessions.latest(Path("/b")) == rows[2]
    assert await store.sessions.latest("/none") is None
    with pytest.raises(StoreError, match="already is a session a"):
        await store.sessions.create(rows[0])


async def test_a_session_is_found_by_the_beginning_or_the_last_part_of_its_id(store: Store) -> None:
    for name in ("20261123-1730-k3f9", "20261123-1730-aaaa", "20261124-0900-k3f9", "2026"):
        await store.sessions.create(row(name))
    assert (await store.sessions.get("20261123-1730-k3f9")).id == "20261123-1730-k3f9"
    assert (await store.sessions.get("20261124")).id == "20261124-0900-k3f9"
    assert (await store.sessions.get("aaaa")).id == "20261123-1730-aaaa"
    assert (await store.sessions.get("2026")).id == "2026"
    for name, code in (("k3f9", "ambiguous"), ("20261123-1730", "ambiguous"), ("x", "unknown"), ("", "unknown")):
        with pytest.raises(StoreError) as caught:
            await store.sessions.get(name)
        assert caught.value.code == f"session.{code}"
        assert caught.value.hint
    with pytest.raises(StoreError, match="2 sessions: 20261123-1730-aaaa, 20261123-1730-k3f9"):
        await store.sessions.get("20261123-1730-")
    for name in ("%", "_", "2026%"):
        with pytest.raises(StoreError, match="no session"):
            await store.sessions.get(name)


async def test_the_row_follows_the_journal(store: Store, session: str) -> None:
    async with store.journal(session, lambda events: None) as journal:
        journal.emit(ev.Draft(se.SessionStarted(title="Tee off", backend="modal", model="m", directory="/d")))
        for name in ("w1", "w2", "w1"):
            journal.emit(ev.Draft(we.WorkerQueued(spec=WorkerSpec(name, "t"), attempt=1, position=1), worker=name))
        await journal.flush()
        found = await store.sessions.get(session)
        assert (found.title, found.backend, found.model, found.directory) == ("Tee off", "modal", "m", "/d")
        assert (found.events, found.workers, found.state) == (4, 2, "running")
        journal.emit(ev.Draft(se.SessionFinished(state="interrupted", answer="42")))
    found = await store.sessions.get(session)
    assert (found.state, found.answer, found.events) == ("interrupted", "42", 5)
    assert found.updated == (await store.events(session))[-1].time
    async with store.journal(session, lambda events: None) as journal:
        journal.emit(ev.Draft(se.SessionResumed(backend="local", model="n", scripted=True)))
        journal.emit(ev.Draft(se.SessionRenamed(title="Better")))
    found = await store.sessions.get(session)
    assert (found.state, found.backend, found.model, found.scripted, found.events) == ("running", "local", "n", True, 7)
    assert found.title == "Better"


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "a\0b", "x" * 300])
async def test_names_that_could_leave_the_folder_are_refused(store: Store, name: str, session: str) -> None:
    with pytest.raises(StoreError, match="cannot be the name"):
        await store.sessions.create(row(name))
    with pytest.raises(StoreError, match="cannot be the name"):
        await store.recording(session, name)


async def test_one_holder_at_a_time_in_one_process(store: Store, session: str) -> None:
    assert not await store.sessions.held(session)
    lease = await store.sessions.claim(session)
    assert await store.sessions.held(session)
    with pytest.raises(StoreError, match=f"process {os.getpid()}") as caught:
        await store.sessions.claim(session)
    assert (caught.value.code, caught.value.retry) == ("session.held", True)
    lease.release()
    lease.release()
    assert not await store.sessions.held(session)
    (await store.sessions.claim(session)).release()
    with pytest.raises(StoreError, match="no session"):
        await store.sessions.claim("nobody")


async def test_a_cancelled_claim_leaves_the_session_free(store: Store, session: str) -> None:
    for _ in range(20):
        task = asyncio.create_task(store.sessions.claim(session))
        while not task.done():
            await asyncio.sleep(0)
            task.cancel()
        if not task.cancelled():
            task.result().release()
    async with asyncio.timeout(30):
        while await store.sessions.held(session):
            await asyncio.sleep(0.01)


HOLD = """
import asyncio, sys
from pathlib import Path
from golfer_tui.store.store import Store
async def main():
    async with Store.open(Path(sys.argv[1])) as store:
        lease = await store.sessions.claim(sys.argv[2])
        print("held", flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""


async def test_a_killed_holder_lets_go(tmp_path: Path, store: Store, session: str) -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLD, str(tmp_path), session), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"held\n"
    with pytest.raises(StoreError, match=f"process {child.pid}"):
        await store.sessions.claim(session)
    child.send_signal(signal.SIGKILL)
    await child.wait()
    (await store.sessions.claim(session)).release()
