"""Sessions as they were folded last, so that a resume need not read a whole journal again.

A fold is a hint: it holds for the version of golfer that wrote it, and the journal is read from its start without it.
"""

from typing import NamedTuple

from golfer_tui.store.database import Database
from golfer_tui.version import __version__


class Fold(NamedTuple):
    """The state of a session after one of its events."""

    seq: int
    """Number of that event."""
    state: bytes


class Folds:
    """The folds of all sessions, at most one of each. Deleting a session deletes its fold."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, session: str) -> Fold | None:
        """The newest fold that this version wrote.

        Raises:
            StoreError: `store.…`.
        """
        rows = await self._database.read(
            "SELECT folds.seq, folds.state FROM folds JOIN sessions ON id = session"
            " WHERE session = ? AND golfer = ? AND folds.seq <= events",
            (session, __version__),
        )
        return Fold(*rows[0]) if rows else None

    async def keep(self, session: str, fold: Fold) -> None:
        """Put this one in the place of an earlier one.

        Raises:
            StoreError: `store.…`.
        """
        await self._database.execute(
            "INSERT OR REPLACE INTO folds (session, seq, golfer, state) VALUES (?, ?, ?, ?)",
            (session, fold.seq, __version__, fold.state),
        )
