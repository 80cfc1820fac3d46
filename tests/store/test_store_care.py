"""Check, backup and repair of a whole store, on real files: whole ones, torn ones, and ones that are in use."""

import asyncio
import contextlib
import os
import sqlite3
import tarfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import StoreError, UsageError
from golfer_tui.store.backup import back_up
from golfer_tui.store.inspection import inspect
from golfer_tui.store.layout import Layout
from golfer_tui.store.locks import Lease
from golfer_tui.store.salvage import repair
from golfer_tui.store.store import Store

LINES = b"".join(b"line %d\r\n" % number for number in range(200))
EVENTS = 600
LEAF = 10
"""What a page of events begins with that has no other pages below it."""

NewSession = Callable[..., Awaitable[str]]


async def fill(store: Store, session: str, events: int = EVENTS) -> None:
    """A session with a recording and a memory."""
    async with (
        store.journal(session, lambda batch: None) as journal,
        await store.recording(session, "w") as recording,
    ):
        await recording.append(LINES, 0)
        journal.emit(ev.Draft(we.WorkerOutput(text="", offset=0, size=len(LINES)), "w", "worker"))
        for number in range(1, events):
            journal.emit(ev.Draft(ae.Message(role="user", text=f"{number} {'x' * 200}")))
    await store.memory(session).add_items([{"role": "user", "content": "hello"}])


def problems(home: Path) -> list[str]:
    return [each.text for each in inspect(Layout(home)) if each.level == "problem"]


def texts(home: Path, session: str) -> list[str]:
    async def read() -> list[str]:
        async with Store.open(home) as store:
            events = await store.events(session)
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
            assert (await store.sessions.get(session)).events == len(events)
            return [event.body.text for event in events if isinstance(event.body, ae.Message)]

    return asyncio.run(read())


def sql(home: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(home / "golfer.db")) as file, file:
        for statement in statements:
            file.execute(statement)


@pytest.fixture
def home(tmp_path: Path, new_session: NewSession) -> Path:
    """A closed store with the sessions `a` and `b`."""

    async def make() -> None:
        async with Store.open(tmp_path / "home") as store:
            for name in ("a", "b"):
                await fill(store, await new_session(store, id=name))

    asyncio.run(make())
    return tmp_path / "home"


def test_a_whole_store_has_no_problem_and_is_left_alone(home: Path) -> None:
    before = (home / "golfer.db").read_bytes()
    assert problems(home) == []
    assert [*repair(Layout(home))] == ["nothing is damaged: the store is left as it is"]
    assert (home / "golfer.db").read_bytes() == before
    assert sorted(path.name for path in home.iterdir() if "golfer.db" not in path.name) == ["sessions"]


def test_check_finds_what_does_not_fit(home: Path) -> None:
    sql(
        home,
        "DELETE FROM events WHERE session = 'a' AND seq IN (7, 8)",
        "UPDATE events SET body = '{\"type\":\"from.tomorrow\"}' WHERE session = 'a' AND seq = 9",
        "UPDATE sessions SET events = 5 WHERE id = 'b'",
    )
    (home / "sessions" / "b" / "recordings" / "w.cast").unlink()
    (home / "sessions" / "stray").mkdir()
    found = [(each.level, each.text) for each in inspect(Layout(home)) if each.level != "ok"]
    told = "\n".join(text for _, text in found)
    assert f"session a: 2 of {EVENTS} events are missing" in told
    assert "session a: 1 events cannot be read" in told
    assert f"session b says that it has 5 events; the last one is {EVENTS}" in told
    assert f"ends at byte 0; the events tell of {len(LINES)}" in told
    assert ("note", f"the folder {home / 'sessions' / 'stray'} belongs to no session") in found


def test_repair_closes_gaps_and_keeps_the_damaged_file(home: Path) -> None:
    sql(
        home,
        "DELETE FROM events WHERE session = 'a' AND seq IN (7, 8)",
        "UPDATE events SET body = '{\"type\":\"from.tomorrow\"}' WHERE session = 'a' AND seq = 9",
    )
    damaged = (home / "golfer.db").read_bytes()
    said = [*repair(Layout(home))]
    assert "3 events are lost; a notice stands in the place of each" in said
    assert (home / "golfer.db.damaged-1").read_bytes() == damaged
    assert problems(home) == []
    assert len(texts(home, "a")) == EVENTS - 1 - 3
    assert len(texts(home, "b")) == EVENTS - 1


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_repair_brings_back_what_lies_around_a_broken_page(home: Path, share: float) -> None:
    with (home / "golfer.db").open("r+b") as file:
        data = file.read()
        pages = range(int(len(data) * share) // 4096 * 4096, len(data), 4096)
        # A leaf, of which there is one for each dozen of these events.
        file.seek(next(page for page in pages if data[page] == LEAF))
        file.write(os.urandom(4096))
    assert problems(home)
    said = [*repair(Layout(home))]
    assert any(line.startswith("the damaged file is kept as ") for line in said)
    assert problems(home) == []
    kept = {name: texts(home, name) for name in ("a", "b")}
    assert sum(map(len, kept.values())) >= 2 * EVENTS - 100
    for name, said_there in kept.items():
        assert all(text.split()[0].isdigit() for text in said_there), name


def test_repair_of_a_file_that_is_no_database(home: Path) -> None:
    (home / "golfer.db").write_bytes(b"nothing of a database" * 100)
    with pytest.raises(StoreError) as caught:
        texts(home, "a")
    assert "golfer store repair" in caught.value.hint
    said = [*repair(Layout(home))]
    assert "0 sessions brought back" in said
    with pytest.raises(StoreError, match="no session"):
        texts(home, "a")
    assert (home / "sessions" / "a" / "recordings" / "w.cast").exists()


def test_repair_leaves_a_store_alone_that_is_in_use_or_newer(home: Path) -> None:
    lease = Lease("a", Layout(home).lock("a"))
    lease.take()
    with pytest.raises(StoreError, match="open in a golfer") as caught:
        [*repair(Layout(home))]
    assert caught.value.code == "store.in_use"
    lease.release()
    sql(home, "PRAGMA user_version = 99")
    before = (home / "golfer.db").read_bytes()
    with pytest.raises(StoreError) as caught:
        [*repair(Layout(home))]
    assert caught.value.code == "store.newer"
    assert (home / "golfer.db").read_bytes() == before


@pytest.mark.parametrize("name", ["copy", "copy.tar", "copy.tar.gz", "copy.tgz"])
def test_a_backup_of_a_store_in_use_is_a_home_folder(home: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / "backups" / name
    target.parent.mkdir()

    async def work() -> None:
        async with Store.open(home) as store, store.journal("a", lambda batch: None) as journal:
            # What is not in the file itself yet, but in its write-ahead log.
            journal.emit(ev.Draft(ae.Message(role="user", text="newest")))
            await journal.flush()
            assert await asyncio.to_thread(back_up, Layout(home), target) > 0

    asyncio.run(work())
    if not target.is_dir():
        with tarfile.open(target) as tar:
            tar.extractall(tmp_path / "unpacked", filter="data")
    copy = target if target.is_dir() else tmp_path / "unpacked"
    assert [path.name for path in target.parent.iterdir()] == [name]
    assert problems(copy) == []
    assert (texts(copy, "a"))[-1] == "newest"

    async def look() -> None:
        async with Store.open(copy) as store, await store.recording("a", "w") as recording:
            assert await recording.read(0, 1 << 20) == LINES
            assert await store.memory("a").get_items() == [{"role": "user", "content": "hello"}]

    asyncio.run(look())


def test_a_backup_overwrites_nothing(home: Path, tmp_path: Path) -> None:
    (tmp_path / "there.tar").write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        back_up(Layout(home), tmp_path / "there.tar")
    with pytest.raises(StoreError) as caught:
        back_up(Layout(home), tmp_path / "nowhere" / "copy.tar")
    assert caught.value.code == "backup.failed"
    with pytest.raises(StoreError) as caught:
        back_up(Layout(tmp_path / "empty"), tmp_path / "copy.tar")
    assert caught.value.code == "store.none"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "there.tar"]
