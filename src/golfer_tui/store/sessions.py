"""Sessions: the rows of the list, finding one by the beginning of its id, and who holds it."""

import asyncio
import datetime as dt
import secrets
import sqlite3
from pathlib import Path

from golfer_tui.model.errors import StoreError
from golfer_tui.store.database import Connection, Database
from golfer_tui.store.files import Size, measure, remove
from golfer_tui.store.layout import Layout
from golfer_tui.store.locks import Lease
from golfer_tui.store.moments import to_micros
from golfer_tui.store.sessionrow import COLUMNS, SessionRow, session_row

__all__ = ["SessionRow", "Sessions", "new_id", "unknown"]

_ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"
"""Without letters and digits that look alike."""

SHOWN = 5
"""Ids that an error about an ambiguous one names."""


def new_id(moment: dt.datetime) -> str:
    """A new id: the minute in UTC and four random characters, such as `20261123-1730-k3f9`."""
    minute = moment.astimezone(dt.UTC).strftime("%Y%m%d-%H%M")
    return f"{minute}-{''.join(secrets.choice(_ALPHABET) for _ in range(4))}"


def unknown(session: str, path: Path) -> StoreError:
    """The error for an id that no session has."""
    message = f'There is no session "{session}" in {path}.'
    return StoreError("session.unknown", message, hint="`golfer sessions` lists them.")


def insert(connection: Connection, row: SessionRow) -> None:
    """Add a row, inside the caller's transaction.

    Raises:
        StoreError: `session.exists`.
    """
    values = (
        *(row.id, row.title, row.directory, row.backend, row.model, row.scripted),
        *(to_micros(row.created), to_micros(row.updated), row.events, row.workers, row.state, row.answer),
        *(row.archived, row.parent, row.approvals),
    )
    places = ", ".join("?" for _ in values)
    try:
        connection.execute(f"INSERT INTO sessions ({COLUMNS}) VALUES ({places})", values)  # noqa: S608
    except sqlite3.IntegrityError as error:
        raise StoreError("session.exists", f"There already is a session {row.id}.", retry=True) from error


class Sessions:
    """`Store.sessions`."""

    def __init__(self, database: Database, layout: Layout) -> None:
        self._database = database
        self._layout = layout

    async def create(self, row: SessionRow) -> None:
        """Add a session.

        Raises:
            StoreError: `session.exists`, `store.name`, `store.…`.
        """
        self._layout.session(row.id)
        await self._database.write(lambda connection: insert(connection, row))

    async def list(self) -> list[SessionRow]:
        """All sessions, archived ones too, the one with the newest event first."""
        rows = await self._database.read(f"SELECT {COLUMNS} FROM sessions ORDER BY updated DESC, id DESC")  # noqa: S608
        return [session_row(row) for row in rows]

    async def get(self, name: str) -> SessionRow:
        """The session with this id, this beginning of an id, or this last part of one (`k3f9`).

        Raises:
            StoreError: `session.unknown`, `session.ambiguous`.
        """
        rows = await self._database.read(
            f"SELECT {COLUMNS} FROM sessions WHERE ?1 != ''"  # noqa: S608
            " AND (substr(id, 1, length(?1)) = ?1 OR substr(id, -length(?1) - 1) = '-' || ?1)"
            " ORDER BY id = ?1 DESC, id",
            (name,),
        )
        if not rows:
            raise unknown(name, self._database.path)
        if len(rows) > 1 and rows[0][0] != name:
            shown = ", ".join(row[0] for row in rows[:SHOWN]) + (", …" if len(rows) > SHOWN else "")
            message = f'"{name}" could be {len(rows)} sessions: {shown}.'
            raise StoreError("session.ambiguous", message, hint="Give more of the id.")
        return session_row(rows[0])

    async def latest(self, directory: str | Path | None = None) -> SessionRow | None:
        """The session with the newest event, of all or of those started in `directory`; None if there is none."""
        rows = await self._database.read(
            f"SELECT {COLUMNS} FROM sessions WHERE NOT archived AND (?1 IS NULL OR directory = ?1)"  # noqa: S608
            " ORDER BY updated DESC, id DESC LIMIT 1",
            (None if directory is None else str(directory),),
        )
        return session_row(rows[0]) if rows else None

    async def archive(self, session: str, *, archived: bool = True) -> None:
        """Put a session away, or take it back.

        Raises:
            StoreError: `session.unknown`, `store.…`.
        """
        if not await self._database.execute("UPDATE sessions SET archived = ? WHERE id = ?", (archived, session)):
            raise unknown(session, self._database.path)

    async def size(self, session: str) -> Size:
        """What a session takes beside its rows."""
        return await asyncio.to_thread(measure, self._layout.session(session))

    async def delete(self, lease: Lease) -> None:
        """Delete the session of this lease, with its recordings and workspaces, and release the lease.

        The rows go first: what cannot be removed of the files then is a folder that belongs to no session.

        Raises:
            StoreError: `session.files` if some of its files could not be removed; `store.…`, nothing is deleted then.
        """
        await self._database.execute("DELETE FROM sessions WHERE id = ?", (lease.session,))
        await asyncio.to_thread(remove, self._layout.session(lease.session))
        lease.release()

    async def claim(self, session: str) -> Lease:
        """Take the session for this process, until `release` or the end of the process, however it ends.

        Raises:
            StoreError: `session.held` if a living process has it; `session.unknown`; `store.read_only`.
        """
        if not await self._database.read("SELECT 1 FROM sessions WHERE id = ?", (session,)):
            raise unknown(session, self._database.path)
        lease = Lease(session, self._layout.lock(session))
        try:
            await asyncio.to_thread(lease.take)
        except asyncio.CancelledError:
            lease.release()
            raise
        return lease

    async def held(self, session: str) -> bool:
        """True if a living process has the session."""
        return await asyncio.to_thread(Lease(session, self._layout.lock(session)).taken)
