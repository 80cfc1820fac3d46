"""Looks at a whole store and changes nothing: the file, its versions, the journals, and the recordings beside it.

Everything here blocks and needs no event loop.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from golfer_tui.model.errors import StoreError
from golfer_tui.model.worker_events import WorkerOutput
from golfer_tui.store import migrations
from golfer_tui.store.castfile import CastFile
from golfer_tui.store.database import explain
from golfer_tui.store.events import read_body
from golfer_tui.store.layout import Layout
from golfer_tui.store.locks import Lease

SHOWN = 20
"""Complaints of SQLite's own check that are repeated."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    level: Literal["ok", "note", "problem"]
    """`problem`: `golfer store repair` is for it, or for what the text says."""
    text: str


@contextlib.contextmanager
def opened_for_reading(path: Path) -> Iterator[sqlite3.Connection]:
    """The database, as it is and unchanged; also on a disk that cannot be written.

    Raises:
        StoreError: `store.none`, and as `Database.open`.
    """
    if not path.exists():
        raise StoreError("store.none", f"There is no store {path}.", hint="The first session makes one.")
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            # Where nothing can be written, the write-ahead log cannot be shared either: nobody else writes then.
            connection.close()
            connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        with contextlib.closing(connection):
            yield connection
    except sqlite3.Error as error:
        raise explain(error, path) from error


def inspect(layout: Layout) -> Iterator[Finding]:
    """Look at everything; one finding after the other.

    Raises:
        StoreError: `store.none`, `store.foreign`, `store.newer`; also `store.corrupt` if nothing at all can be read.
    """
    with opened_for_reading(layout.database) as connection:
        migrations.check(connection, layout.database)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        yield Finding("ok", f"{layout.database} is a store of version {version} of {len(migrations.MIGRATIONS)}")
        wrong = _complaints(connection)
        yield from (Finding("problem", f"the database is damaged: {text}") for text in wrong)
        if not wrong:
            yield Finding("ok", "the database is whole")
        sessions: list[tuple[str, int]] = []
        try:
            if version:
                sessions = connection.execute("SELECT id, events FROM sessions ORDER BY id").fetchall()
            for session, events in sessions:
                yield from _session(connection, layout, session, events)
            yield Finding("ok", f"{len(sessions)} sessions looked at")
            if orphans := len(connection.execute("PRAGMA foreign_key_check").fetchall()):
                yield Finding("problem", f"{orphans} rows belong to no session")
        except sqlite3.DatabaseError as error:
            yield Finding("problem", f"not all can be looked at: {error}")
    known = {session for session, _ in sessions}
    folder = layout.home / "sessions"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in known:
            yield Finding("note", f"the folder {path} belongs to no session")


def _complaints(connection: sqlite3.Connection) -> list[str]:
    """What SQLite's own check finds; it may itself stumble over the damage."""
    found: list[str] = []
    try:
        found.extend(str(text) for (text,) in connection.execute(f"PRAGMA integrity_check({SHOWN})") if text != "ok")
    except sqlite3.DatabaseError as error:
        found.append(str(error))
    return found


def _session(connection: sqlite3.Connection, layout: Layout, session: str, said: int) -> Iterator[Finding]:
    held = Lease(session, layout.lock(session)).taken()
    count, last, unreadable = 0, 0, 0
    ends: dict[str, int] = {}
    rows = connection.execute("SELECT seq, worker, body FROM events WHERE session = ? ORDER BY seq", (session,))
    for seq, worker, data in rows:
        count, last = count + 1, seq
        try:
            body = read_body(data)
        except msgspec.DecodeError:
            unreadable += 1
            continue
        if isinstance(body, WorkerOutput):
            ends[worker] = max(ends.get(worker, 0), body.offset + body.size)
    if count != last:
        yield Finding("problem", f"session {session}: {last - count} of {last} events are missing")
    if last != said and not held:
        yield Finding("problem", f"session {session} says that it has {said} events; the last one is {last}")
    if unreadable:
        yield Finding("problem", f"session {session}: {unreadable} events cannot be read")
    for worker, end in sorted(ends.items()):
        yield from _recording(layout, session, worker, end)


def _recording(layout: Layout, session: str, worker: str, told: int) -> Iterator[Finding]:
    path = layout.recording(session, worker)
    try:
        end = CastFile(path).measure()
    except StoreError as error:
        yield Finding("problem", str(error))
        return
    if end < told:
        yield Finding("problem", f"the recording {path} ends at byte {end}; the events tell of {told}")
