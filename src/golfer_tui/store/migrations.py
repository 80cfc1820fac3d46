"""The tables, as numbered steps. A step that was released is never changed: a new one follows it.

Version n of the store is what the first n steps make of an empty file; the number stands in the file's `user_version`.
"""

import sqlite3
from pathlib import Path

from golfer_tui.model.errors import StoreError

APPLICATION = 0x474F4C46
"""Marks the file as ours ("GOLF"), in SQLite's `application_id`."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # The counters and the state are kept by the journal's transactions, so that a list needs no other table.
        """CREATE TABLE sessions (
            id TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            directory TEXT NOT NULL,
            backend TEXT NOT NULL,
            model TEXT NOT NULL,
            scripted INTEGER NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            events INTEGER NOT NULL,
            workers INTEGER NOT NULL,
            state TEXT NOT NULL,
            answer TEXT NOT NULL
        )""",
        """CREATE TABLE events (
            session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
            seq INTEGER NOT NULL,
            time INTEGER NOT NULL,
            v INTEGER NOT NULL,
            type TEXT NOT NULL,
            worker TEXT,
            by TEXT NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (session, seq)
        ) WITHOUT ROWID""",
        "CREATE INDEX events_queued ON events (session, worker) WHERE type = 'worker.queued'",
        """CREATE TABLE items (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
            agent TEXT NOT NULL,
            item TEXT NOT NULL
        )""",
        "CREATE INDEX items_by_agent ON items (session, agent, id)",
        """CREATE TABLE marks (
            session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
            worker TEXT NOT NULL,
            offset INTEGER NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (session, worker, offset)
        ) WITHOUT ROWID""",
        # Without a reference to the session: a sandbox that lives on must stay known when its session is deleted.
        """CREATE TABLE sandboxes (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            session TEXT NOT NULL,
            worker TEXT NOT NULL,
            backend TEXT NOT NULL,
            sandbox TEXT NOT NULL,
            state BLOB NOT NULL,
            intended INTEGER NOT NULL,
            confirmed INTEGER,
            ended INTEGER
        )""",
        "CREATE INDEX sandboxes_open ON sandboxes (session) WHERE ended IS NULL",
    ),
    ("ALTER TABLE sessions ADD COLUMN archived INTEGER NOT NULL DEFAULT 0",),
    (
        "ALTER TABLE sandboxes ADD COLUMN request TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE sandboxes ADD COLUMN gpu TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE sandboxes ADD COLUMN adopted INTEGER NOT NULL DEFAULT 0",
        "CREATE TABLE identity (only INTEGER PRIMARY KEY CHECK (only = 1), id TEXT NOT NULL)",
        "INSERT INTO identity VALUES (1, lower(hex(randomblob(8))))",
        "ALTER TABLE sessions ADD COLUMN parent TEXT NOT NULL DEFAULT ''",
    ),
    (
        "CREATE INDEX events_snapshots ON events (session) WHERE type = 'worker.snapshot'",
        "CREATE INDEX events_messages ON events (session) WHERE type = 'message'",
    ),
    (
        """CREATE TABLE folds (
            session TEXT PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
            seq INTEGER NOT NULL,
            golfer TEXT NOT NULL,
            state BLOB NOT NULL
        )""",
    ),
    (
        "CREATE INDEX events_approvals ON events (session, type) WHERE type IN ('approval.asked', 'approval.answered')",
        "ALTER TABLE sessions ADD COLUMN approvals INTEGER NOT NULL DEFAULT 0",
        """UPDATE sessions SET approvals = (
            SELECT count(*) FROM (
                SELECT json_extract(CAST(body AS TEXT), '$.id') AS approval, type, max(seq) FROM events
                WHERE session = sessions.id AND type IN ('approval.asked', 'approval.answered')
                AND json_valid(CAST(body AS TEXT)) GROUP BY approval
            ) WHERE type = 'approval.asked'
        )""",
    ),
)


def check(connection: sqlite3.Connection, path: Path) -> None:
    """See that the file is ours and not too new, and change nothing.

    Raises:
        StoreError: `store.foreign`, `store.newer`.
        sqlite3.Error: the file cannot be read.
    """
    # In one statement, for another process may be making the file.
    version, application, tables = connection.execute(
        "SELECT user_version, application_id, (SELECT count(*) FROM sqlite_master)"
        " FROM pragma_user_version, pragma_application_id"
    ).fetchone()
    if application != APPLICATION and (application or version or tables):
        message = f"{path} is the database of another program."
        raise StoreError("store.foreign", message, hint="Move it away, or set GOLFER_HOME to another folder.")
    if version > len(MIGRATIONS):
        message = f"The store {path} has version {version}; this golfer knows versions up to {len(MIGRATIONS)}."
        raise StoreError(
            "store.newer",
            message,
            hint="Update golfer, or set GOLFER_HOME to another folder. golfer store backup copies it as it is.",
        )


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Take the steps that are missing, each in a transaction of its own.

    Raises:
        StoreError: as `check`; another process may have been here meanwhile.
        sqlite3.Error: the file cannot be written; it has the version that the last whole step gave it.
    """
    while _number(connection, "PRAGMA user_version") < len(MIGRATIONS):
        connection.execute("BEGIN IMMEDIATE")
        try:
            check(connection, path)
            version = _number(connection, "PRAGMA user_version")
            if version < len(MIGRATIONS):
                for statement in MIGRATIONS[version]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION}")
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])
