"""The file itself: what is refused, with which words, and that nothing is overwritten."""

import asyncio
import contextlib
import itertools
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from golfer_tui.model.errors import StoreError
from golfer_tui.store.database import Connection, Database
from golfer_tui.store.migrations import APPLICATION, MIGRATIONS
from golfer_tui.store.store import Store


async def refused(home: Path, **options: float) -> StoreError:
    with pytest.raises(StoreError) as caught:
        async with Store.open(home, **options):
            pass
    assert caught.value.message.endswith(".")
    assert caught.value.hint
    return caught.value


@contextlib.contextmanager
def plain(home: Path) -> Iterator[sqlite3.Connection]:
    """The file as any other program sees it."""
    with contextlib.closing(sqlite3.connect(home / "golfer.db", isolation_level=None)) as connection:
        yield connection


async def test_a_new_store_has_the_newest_version_and_the_write_ahead_log(tmp_path: Path) -> None:
    async with Store.open(tmp_path / "deep" / "home"):
        with plain(tmp_path / "deep" / "home") as file:
            assert file.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
            assert file.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
            assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_an_empty_file_is_a_new_store_and_a_second_opening_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "golfer.db").touch()
    async with Store.open(tmp_path):
        pass
    before = (tmp_path / "golfer.db").read_bytes()
    async with Store.open(tmp_path) as store:
        assert await store.sessions.list() == []
    assert (tmp_path / "golfer.db").read_bytes() == before


async def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    async with Store.open(tmp_path):
        pass
    with plain(tmp_path) as file:
        file.execute("PRAGMA user_version = 99")
    before = (tmp_path / "golfer.db").read_bytes()
    error = await refused(tmp_path)
    assert error.code == "store.newer"
    assert "99" in error.message
    assert (tmp_path / "golfer.db").read_bytes() == before


async def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with plain(tmp_path) as file:
        file.execute("CREATE TABLE theirs (x)")
    before = (tmp_path / "golfer.db").read_bytes()
    assert (await refused(tmp_path)).code == "store.foreign"
    assert (tmp_path / "golfer.db").read_bytes() == before


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be looked at" * 100, b"x"])
async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "golfer.db").write_bytes(content)
    error = await refused(tmp_path)
    assert error.code == "store.corrupt"
    assert str(tmp_path / "golfer.db") in error.message
    assert (tmp_path / "golfer.db").read_bytes() == content


async def test_damage_in_the_middle_is_a_clear_error_when_it_is_met(tmp_path: Path) -> None:
    async with Store.open(tmp_path):
        pass
    data = bytearray((tmp_path / "golfer.db").read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    (tmp_path / "golfer.db").write_bytes(data)
    with pytest.raises(StoreError) as caught:
        async with Store.open(tmp_path) as store:
            await store.sessions.list()
    assert caught.value.code == "store.corrupt"
    assert (tmp_path / "golfer.db").read_bytes() == bytes(data)


@pytest.mark.parametrize("below", ["", "further/down"])
async def test_a_home_that_is_a_file_is_refused(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    assert (await refused(tmp_path / "file" / below)).code == "store.read_only"


async def test_a_home_that_cannot_be_made_is_refused() -> None:
    assert (await refused(Path("/proc/golfer/home"))).code == "store.read_only"


AS_NOBODY = """
import asyncio, concurrent.futures.thread, os, sys
from pathlib import Path
from golfer_tui.store.store import Store
if os.geteuid() == 0:
    os.setuid(65534)
async def main():
    async with Store.open(Path(sys.argv[1])):
        pass
try:
    asyncio.run(main())
except Exception as error:
    print(error.code, error)
"""


@pytest.mark.parametrize("part", ["home", "file"])
async def test_a_read_only_store_is_refused(part: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        async with Store.open(home):
            pass
        if os.geteuid() == 0:
            os.chown(home / "golfer.db", 65534, -1)
            os.chown(home, 65534, -1)
        (home if part == "home" else home / "golfer.db").chmod(0o555)
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", AS_NOBODY, folder, stdout=subprocess.PIPE)
        said, _ = await child.communicate()
        home.chmod(0o755)
    assert said.startswith(b"store.read_only")
    assert b"GOLFER_HOME" in said


async def test_a_lock_that_is_not_given_back_is_a_clear_error_that_a_retry_can_help(tmp_path: Path) -> None:
    async with Store.open(tmp_path, busy_timeout=0.05) as store:
        with plain(tmp_path) as file:
            file.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match=r"locked for more than 0\.05 seconds") as caught:
                await store.sandboxes.intend("s", "w", "local")
            assert (caught.value.code, caught.value.retry) == ("store.locked", True)
            file.execute("ROLLBACK")
        assert await store.sandboxes.intend("s", "w", "local")


async def test_opening_waits_for_a_lock_too(tmp_path: Path) -> None:
    with plain(tmp_path) as file:
        file.execute("BEGIN EXCLUSIVE")
        assert (await refused(tmp_path, busy_timeout=0.05)).code == "store.locked"


async def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "golfer.db") as database:
        await database.execute("CREATE TABLE notes (text)")
        await database.execute("INSERT INTO notes VALUES ('kept')")
        await database.execute("PRAGMA max_page_count = 1")
        with pytest.raises(StoreError) as caught:
            await database.execute("INSERT INTO notes VALUES (?)", ("x" * 1_000_000,))
        assert (caught.value.code, caught.value.retry) == ("store.full", True)
        assert await database.read("SELECT text FROM notes") == [("kept",)]


async def test_a_failed_transaction_leaves_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "golfer.db") as database:
        await database.execute("CREATE TABLE notes (text)")

        def work(connection: Connection) -> None:
            connection.execute("INSERT INTO notes VALUES ('half')")
            raise RuntimeError("in the middle")

        with pytest.raises(RuntimeError):
            await database.write(work)
        assert await database.execute("INSERT INTO notes VALUES ('whole')") == 1
        assert await database.read("SELECT text FROM notes") == [("whole",)]


async def test_a_cancelled_task_waits_for_its_transaction_and_lets_the_waiting_one_go(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "golfer.db") as database:
        await database.execute("CREATE TABLE notes (text)")
        begun, go = threading.Event(), threading.Event()

        def work(connection: Connection) -> None:
            connection.execute("INSERT INTO notes VALUES ('half')")
            begun.set()
            go.wait()
            connection.execute("INSERT INTO notes VALUES ('whole')")

        running = asyncio.create_task(database.write(work))
        waiting = asyncio.create_task(database.execute("INSERT INTO notes VALUES ('never')"))
        await asyncio.to_thread(begun.wait)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        for _ in range(3):
            running.cancel()
            await asyncio.sleep(0)
        assert not running.done()
        go.set()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert await database.read("SELECT text FROM notes") == [("half",), ("whole",)]


async def test_closing_ends_the_thread_and_a_closed_store_says_so(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    async with Database.open(tmp_path / "golfer.db") as database:
        (thread,) = set(threading.enumerate()) - before
    await asyncio.to_thread(thread.join, 60)
    assert not thread.is_alive()
    await database.close()
    with pytest.raises(StoreError, match="is closed"):
        await database.read("SELECT 1")


CRASH = """
import asyncio, sys
from pathlib import Path
from golfer_tui.store.store import Store
async def main():
    global opened
    opened = Store.open(Path(sys.argv[1]))
    await opened.__aenter__()
    raise SystemExit(7)
loop = asyncio.new_event_loop()
loop.run_until_complete(main())
"""


async def test_a_process_that_dies_with_the_store_open_ends(tmp_path: Path) -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", CRASH, str(tmp_path))
    async with asyncio.timeout(60):
        assert await child.wait() == 7


APPROVALS = (
    ("asked", b'{"id":"a"}'),
    ("asked", b'{"id":"b"}'),
    ("answered", b'{"id":"a"}'),
    ("asked", b'{"id":"b"}'),
    ("asked", b"torn"),
)


async def test_a_store_of_every_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    for version in range(1, len(MIGRATIONS)):
        home = tmp_path / str(version)
        home.mkdir()
        with contextlib.closing(sqlite3.connect(home / "golfer.db", isolation_level=None)) as file:
            for statement in itertools.chain.from_iterable(MIGRATIONS[:version]):
                file.execute(statement)
            file.execute(f"PRAGMA application_id = {APPLICATION}")
            file.execute(f"PRAGMA user_version = {version}")
            file.execute(
                "INSERT INTO sessions (id, title, directory, backend, model, scripted, created, updated, events,"
                " workers, state, answer) VALUES ('s', 'old', '', 'local', 'm', 1, 1, 2, 0, 0, 'done', 'yes')"
            )
            for seq, (kind, body) in enumerate(APPROVALS, 1):
                file.execute(
                    "INSERT INTO events VALUES ('s', ?, 1, 1, ?, NULL, 'engine', ?)", (seq, f"approval.{kind}", body)
                )
        async with Store.open(home) as store:
            [row] = await store.sessions.list()
            assert (row.title, row.scripted, row.archived, row.answer) == ("old", True, False, "yes")
            assert row.approvals == 1
