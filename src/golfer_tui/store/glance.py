"""A glance at a store that needs nothing done: its sessions, read at once and without loading the rest of the room."""

import sqlite3
from contextlib import closing

from golfer_tui.store.layout import Layout
from golfer_tui.store.migrations import APPLICATION, MIGRATIONS
from golfer_tui.store.sessionrow import COLUMNS, SessionRow, session_row


def glance(layout: Layout) -> list[SessionRow] | None:
    """All sessions, archived ones too, the one with the newest event first. Blocks.

    None where `Store.open` has something to do first, to wait for or to complain about: it says what.
    """
    try:
        with closing(sqlite3.connect(f"{layout.database.as_uri()}?mode=ro", uri=True, timeout=0)) as file:
            marks = [file.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
            if marks != [APPLICATION, len(MIGRATIONS)]:
                return None
            rows = file.execute(f"SELECT {COLUMNS} FROM sessions ORDER BY updated DESC, id DESC").fetchall()  # noqa: S608
    except sqlite3.Error:
        return None
    return [session_row(row) for row in rows]
