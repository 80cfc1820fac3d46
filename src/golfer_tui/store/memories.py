"""What agents remember: conversations over the store's one connection.

`Memory` has the methods of the Agents SDK's `Session` protocol, so that a runner takes it as it is; the SDK itself is
not needed here. Items are kept as the JSON that the SDK gives.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from golfer_tui.store.database import Connection, Database
from golfer_tui.store.sessions import unknown


def insert(connection: Connection, session: str, agent: str, texts: Iterable[str]) -> None:
    """Add items, each as JSON, at the end of a conversation, inside the caller's transaction."""
    rows = [(session, agent, text) for text in texts]
    connection.executemany("INSERT INTO items (session, agent, item) VALUES (?, ?, ?)", rows)


class Memory:
    """The conversation of one agent of one session, oldest item first. Made by `Store.memory`."""

    session_settings: Any = None
    """The SDK's `SessionSettings`, or None; its `limit` bounds `get_items` where no other limit is given."""

    def __init__(self, database: Database, session: str, agent: str) -> None:
        self.session_id = f"{session}/{agent}"
        """For the SDK: names the conversation."""
        self._database = database
        self._session = session
        self._agent = agent

    async def get_items(self, limit: int | None = None) -> list[Any]:
        """The items, or the newest `limit` of them, oldest first.

        Raises:
            StoreError: `store.…`.
        """
        bound = getattr(self.session_settings, "limit", None) if limit is None else limit
        rows = await self._database.read(
            "SELECT item FROM items WHERE session = ? AND agent = ? ORDER BY id DESC LIMIT ?",
            (self._session, self._agent, -1 if bound is None else bound),
        )
        return [json.loads(item) for (item,) in reversed(rows)]

    async def count(self) -> int:
        """How many items there are.

        Raises:
            StoreError: `store.…`.
        """
        rows = await self._database.read(
            "SELECT count(*) FROM items WHERE session = ? AND agent = ?", (self._session, self._agent)
        )
        return int(rows[0][0])

    async def add_items(self, items: list[Any]) -> None:
        """Add items at the end, all or none.

        Raises:
            StoreError: `session.unknown`, `store.…`.
        """
        if not items:
            return
        session, agent, path = self._session, self._agent, self._database.path
        texts = [json.dumps(item) for item in items]

        def work(connection: Connection) -> None:
            try:
                insert(connection, session, agent, texts)
            except sqlite3.IntegrityError as error:
                raise unknown(session, path) from error

        await self._database.write(work)

    async def pop_item(self) -> Any | None:
        """Take the newest item away and return it; None if there is none.

        Raises:
            StoreError: `store.…`.
        """

        def work(connection: Connection) -> str | None:
            found = connection.execute(
                "SELECT id, item FROM items WHERE session = ? AND agent = ? ORDER BY id DESC LIMIT 1",
                (self._session, self._agent),
            ).fetchone()
            if found is None:
                return None
            connection.execute("DELETE FROM items WHERE id = ?", (found[0],))
            return str(found[1])

        item = await self._database.write(work)
        return None if item is None else json.loads(item)

    async def clear_session(self) -> None:
        """Forget everything.

        Raises:
            StoreError: `store.…`.
        """
        await self._database.execute("DELETE FROM items WHERE session = ? AND agent = ?", (self._session, self._agent))
