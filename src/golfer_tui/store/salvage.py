"""Brings back what can be read of a damaged database, into a new one. The damaged file is never written to.

A damaged page hides what lies on it and, to a reader that goes through a table in order, what lies behind it. So each
table is read from both of its ends, until the damage.
"""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import msgspec

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model.errors import StoreError
from golfer_tui.store import migrations
from golfer_tui.store.counters import count
from golfer_tui.store.database import explain
from golfer_tui.store.events import read_body
from golfer_tui.store.inspection import inspect
from golfer_tui.store.layout import Layout
from golfer_tui.store.locks import Lease

TABLES = {
    "sessions": "rowid",
    "events": "session, seq",
    "items": "id",
    "marks": "session, worker, offset",
    "sandboxes": "id",
    "identity": "only",
}
"""The tables, with the order in which each lies in the file."""

LOST = "This event could not be read any more when the store was repaired."


def repair(layout: Layout) -> Iterator[str]:
    """Put a new store in the place of a damaged one, with all that can be read; says what it does, line by line.

    The damaged file is kept beside it. Recordings stay as they are: each is mended when its worker prints again.
    Blocks.

    Raises:
        StoreError: `store.in_use` if a session is open; `store.none`, `store.newer`, `store.foreign`,
            `store.full`, `store.io`. What was there is as it was.
    """
    _nobody_at_work(layout)
    problems = _problems(layout)
    if not problems:
        yield "nothing is damaged: the store is left as it is"
        return
    try:
        aside = yield from _replace(layout)
    except sqlite3.Error as error:
        raise explain(error, layout.database) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        message = f"The store {layout.database} could not be repaired: {reason}."
        raise StoreError("store.io", message, hint="Check the room on the disk and the permissions.") from error
    yield f"the damaged file is kept as {aside}"


def _replace(layout: Layout) -> Generator[str, None, Path]:
    """Make the new file and put it in the place of the damaged one; returns where that is now."""
    with tempfile.TemporaryDirectory(prefix=".repair-", dir=layout.home) as folder:
        copy, new = Path(folder) / "damaged.db", Path(folder) / "new.db"
        for suffix in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(f"{layout.database}{suffix}", f"{copy}{suffix}")
        with contextlib.closing(sqlite3.connect(new, isolation_level=None)) as target:
            migrations.migrate(target, new)
            yield from _fill(target, copy)
        new.chmod(0o600)
        aside = _free(layout.database)
        for suffix in ("-wal", "-shm", ""):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{layout.database}{suffix}").rename(f"{aside}{suffix}")
        new.rename(layout.database)
    return aside


def _nobody_at_work(layout: Layout) -> None:
    folder = layout.home / "sessions"
    for path in folder.iterdir() if folder.is_dir() else ():
        if Lease(path.name, path / "lock").taken():
            message = f"Session {path.name} is open in a golfer: the store cannot be repaired now."
            raise StoreError("store.in_use", message, hint="Close it first.", retry=True)


def _problems(layout: Layout) -> list[str]:
    try:
        # What is wrong with a recording only is not mended here.
        found = [each.text for each in inspect(layout) if each.level == "problem" and "recording" not in each.text]
    except StoreError as error:
        if error.code != "store.corrupt":
            raise
        return [error.message]
    return found


def _fill(target: sqlite3.Connection, damaged: Path) -> Iterator[str]:
    with contextlib.closing(sqlite3.connect(damaged, isolation_level=None)) as source:
        source.text_factory = lambda data: data.decode("utf-8", "replace")
        target.execute("BEGIN")
        target.execute("DELETE FROM identity")
        for table, order in TABLES.items():
            columns = [row[1] for row in target.execute(f"PRAGMA table_info({table})")]
            rows, whole = _rows(source, table, columns, order)
            marks = ", ".join("?" * len(columns))
            target.executemany(f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608
            yield f"{table}: {len(rows):,} rows read" + ("" if whole else "; some could not be read")
        target.execute("INSERT OR IGNORE INTO identity VALUES (1, lower(hex(randomblob(8))))")
        yield from _complete(target)
        target.execute("COMMIT")


def _rows(source: sqlite3.Connection, table: str, columns: list[str], order: str) -> tuple[list[tuple[Any, ...]], bool]:
    """Rows from both ends, and whether that is all of them."""
    try:
        there = {row[1] for row in source.execute(f"PRAGMA table_info({table})")}
    except sqlite3.Error:
        return [], False
    # An older version lacks a column: it gets what the migration would give it.
    names = ", ".join(name if name in there else "0" for name in columns)
    found: list[tuple[Any, ...]] = []
    for direction in ("", " DESC"):
        keys = ", ".join(f"{key}{direction}" for key in order.split(", "))
        part: list[tuple[Any, ...]] = []
        whole = False
        with contextlib.suppress(sqlite3.Error):
            # `extend` keeps what came before the damage.
            part.extend(source.execute(f"SELECT {names} FROM {table} NOT INDEXED ORDER BY {keys}"))  # noqa: S608
            whole = True
        found += part
        if whole:
            return part, True
    return found, False


def _complete(target: sqlite3.Connection) -> Iterator[str]:
    """Make every journal whole again: sessions for all events, a number for every event, counters that are right."""
    target.execute(
        "INSERT OR IGNORE INTO sessions (id, title, directory, backend, model, scripted, created, updated, events,"
        " workers, state, answer) SELECT session, '', '', 'local', '', 0, min(time), max(time), 0, 0, 'running', ''"
        " FROM events GROUP BY session"
    )
    target.execute(
        "UPDATE sessions SET state = 'running' WHERE state NOT IN ('running', 'done', 'failed', 'interrupted')"
    )
    for table in ("items", "marks"):
        target.execute(f"DELETE FROM {table} WHERE session NOT IN (SELECT id FROM sessions)")  # noqa: S608
    notice = ev.encode_body(ae.Notice(level="error", code="event.lost", text=LOST))
    lost = 0
    sessions = [row[0] for row in target.execute("SELECT id FROM sessions")]
    for session in sessions:
        expected, moment = 1, 0
        holes: list[tuple[int, int]] = []
        rows = target.execute("SELECT seq, time, body FROM events WHERE session = ? ORDER BY seq", (session,))
        for seq, time, body in rows.fetchall():
            holes += [(number, moment or time) for number in range(expected, seq)]
            moment, expected = time, seq + 1
            try:
                read_body(body)
            except (msgspec.DecodeError, TypeError):
                holes.append((seq, time))
        target.executemany(
            "INSERT OR REPLACE INTO events (session, seq, time, v, type, worker, by, body)"
            " VALUES (?, ?, ?, 1, 'notice', NULL, 'engine', ?)",
            [(session, seq, time, notice) for seq, time in holes],
        )
        lost += len(holes)
        target.execute("UPDATE sessions SET events = ? WHERE id = ?", (expected - 1, session))
        count(target, session)
    yield f"{len(sessions):,} sessions brought back"
    if lost:
        yield f"{lost:,} events are lost; a notice stands in the place of each"


def _free(path: Path) -> Path:
    number = 1
    while (name := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return name
