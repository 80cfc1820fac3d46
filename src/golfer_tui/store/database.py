"""The one connection to the SQLite file, one lock in front of it, and SQLite's errors in plain words.

Every write is a transaction that either does not begin or runs to its end: a task that is cancelled in the middle of
one waits for the end. A transaction runs as one function in the connection's thread, so that an event loop that is
busy never keeps the file locked and other processes waiting.
"""

import asyncio
import contextlib
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from golfer_tui.model.errors import StoreError
from golfer_tui.store import migrations
from golfer_tui.store.layout import HINT

BUSY_TIMEOUT = 30.0
"""Seconds that a statement waits for another process before it gives up."""

WAL_LIMIT = 64 * 1024 * 1024
"""Bytes to which the write-ahead log is cut back after a checkpoint."""

ROOM = 128 * 1024
"""Bytes without which SQLite cannot even read: what its processes share takes a quarter of it."""

T = TypeVar("T")
Row = tuple[Any, ...]
Connection = sqlite3.Connection


async def settle(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end even if the caller is cancelled meanwhile; the cancellation is raised afterwards."""
    task = asyncio.ensure_future(work)
    interruption: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as cancelled:
            interruption = cancelled
    if interruption is not None:
        if not task.cancelled():
            task.exception()  # nobody is left to hear of it
        raise interruption
    return task.result()


class _Connection(aiosqlite.Connection):
    """A connection that runs a whole function in its thread, one after the other."""

    def __init__(self, path: Path, busy_timeout: float) -> None:
        super().__init__(lambda: sqlite3.connect(path, isolation_level=None, timeout=busy_timeout), iter_chunk_size=64)
        # A process that dies with the store open must not wait for this thread.
        self._thread.daemon = True

    async def open(self) -> None:
        await self

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        result: T = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]
        return result


class Database:
    """An open SQLite file. `Database.open` is the way to one."""

    def __init__(self, path: Path, connection: _Connection, busy_timeout: float) -> None:
        self.path = path
        self._connection: _Connection | None = connection
        self._busy_timeout = busy_timeout
        self._lock = asyncio.Lock()

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, path: Path, *, busy_timeout: float = BUSY_TIMEOUT) -> AsyncIterator["Database"]:
        """Open the file, or make it, and bring it up to the newest version of the tables.

        Raises:
            StoreError: `store.read_only`, `store.corrupt`, `store.foreign`, `store.newer`, `store.locked`,
                `store.full`, `store.io`. The file is then as it was.
        """
        connection = _Connection(path, busy_timeout)
        database = cls(path, connection, busy_timeout)
        try:
            with database._explained():
                await settle(connection.open())
            await database._run(lambda file: _set_up(file, path, busy_timeout))
            yield database
        finally:
            await database.close()

    async def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of one query.

        Raises:
            StoreError: as `open`, and `store.closed`.
        """
        return await self._run(lambda connection: connection.execute(sql, parameters).fetchall())

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` as a transaction. It is called in another thread and must do nothing but use its connection.

        Raises:
            StoreError: as `open`, and `store.closed`; nothing of the transaction is in the file then.
        """

        def transaction(connection: Connection) -> T:
            # At once for writing: a transaction that reads first could be refused without a wait.
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()  # does nothing if SQLite has done so already
                raise
            return result

        return await self._run(transaction)

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """One writing statement as a transaction; returns the number of rows that it changed.

        Raises:
            StoreError: as `write`.
        """
        return await self.write(lambda connection: connection.execute(sql, parameters).rowcount)

    async def _run(self, work: Callable[[Connection], T]) -> T:
        async with self._lock:
            if self._connection is None:
                raise StoreError("store.closed", f"The store {self.path} is closed.")
            with self._explained():
                return await settle(self._connection.run(work))

    async def close(self) -> None:
        """Wait for what runs, then close the file and end the connection's thread. May be called twice."""
        await settle(self._close())

    async def _close(self) -> None:
        async with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                with self._explained():
                    await connection.close()

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise explain(error, self.path, self._busy_timeout) from error


def _set_up(connection: Connection, path: Path, busy_timeout: float) -> None:
    migrations.check(connection, path)
    _write_ahead(connection, busy_timeout)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}").fetchall()
    migrations.migrate(connection, path)


def _write_ahead(connection: Connection, busy_timeout: float) -> None:
    """Switch to the write-ahead log. SQLite does not wait by itself when two processes do so at once."""
    deadline = time.monotonic() + busy_timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
        except sqlite3.OperationalError as error:
            if _primary(error) != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _primary(error: sqlite3.Error) -> int:
    """SQLite's result code without the details in its upper bits; -1 if the error is not SQLite's own."""
    code: int = getattr(error, "sqlite_errorcode", -1)
    return code & 0xFF if code >= 0 else -1


def explain(error: sqlite3.Error, path: Path, busy_timeout: float = BUSY_TIMEOUT) -> StoreError:
    """An error of SQLite's in plain words."""
    match _primary(error):
        # Where not even its shared memory finds room, SQLite speaks of a failed disk.
        case sqlite3.SQLITE_IOERR if _no_room(path):
            return _full(path)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            message = f"Another process has kept the store {path} locked for more than {busy_timeout:g} seconds."
            hint = "Close what else uses it (a backup, a database browser, a stopped golfer) and try again."
            return StoreError("store.locked", message, hint=hint, retry=True)
        case sqlite3.SQLITE_FULL:
            return _full(path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return StoreError("store.read_only", f"The store {path} cannot be written.", hint=HINT, retry=True)
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            message = f"The store {path} is damaged: {error}."
            hint = "Nothing was changed. golfer store repair brings back what can be read, and keeps the damaged file."
            return StoreError("store.corrupt", message, hint=hint)
        case sqlite3.SQLITE_IOERR:
            message = f"The disk failed to read or write the store {path}: {error}."
            return StoreError("store.io", message, hint="Check the disk and the room on it.", retry=True)
        case _:
            return StoreError("store.failed", f"The store {path} could not be used: {error}.")


def _no_room(path: Path) -> bool:
    with contextlib.suppress(OSError):
        found = os.statvfs(path.parent)
        return found.f_bavail * found.f_frsize < ROOM
    return False


def _full(path: Path) -> StoreError:
    return StoreError(
        "store.full",
        f"There is no room for the store {path}: the disk is full.",
        hint="Free some space (golfer sessions prune deletes old sessions); golfer then goes on by itself.",
        retry=True,
    )
