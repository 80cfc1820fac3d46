"""A whole session that comes from elsewhere, a file or another session: all of it is stored, or nothing."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from golfer_tui.model.errors import StoreError
from golfer_tui.model.events import Draft, Event
from golfer_tui.store import events as rows
from golfer_tui.store import memories, sessions
from golfer_tui.store.database import Connection, Database
from golfer_tui.store.files import remove
from golfer_tui.store.layout import Layout
from golfer_tui.store.sessions import SessionRow

BATCH = 1000
"""Rows that are made ready at once."""


class Admission:
    """Made by `Store.admission`. Put the session's files into its folder, then `admit` it: nobody sees it before."""

    def __init__(self, database: Database, layout: Layout, session: str) -> None:
        self.session = session
        self.layout = layout
        self._database = database
        self._admitted = False

    async def admit(
        self, row: SessionRow, events: Iterable[Event], remembered: Mapping[str, Sequence[Any]] | None = None
    ) -> None:
        """Store the session in one transaction.

        Args:
            row: The line of the list, with its counters; its id is this session's.
            events: All events, numbered from 1 on without gaps; read in another thread, so that they may come from a
                file. An error that reading them raises leaves nothing behind.
            remembered: The conversation of each agent, in the format of the Agents SDK.

        Raises:
            StoreError: `session.exists`, `store.…`.
        """
        texts = {agent: [json.dumps(item) for item in items] for agent, items in (remembered or {}).items()}

        def work(connection: Connection) -> None:
            sessions.insert(connection, row)
            numbered, first = iter(events), 1
            while batch := list(itertools.islice(numbered, BATCH)):
                entries = [rows.entry(Draft(event.body, event.worker, event.by), event.time) for event in batch]
                rows.insert(connection, row.id, first, entries)
                first += len(entries)
            for agent, items in texts.items():
                memories.insert(connection, row.id, agent, items)

        await self._database.write(work)
        self._admitted = True

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator["Admission"]:
        """Removes the session's folder again unless it was admitted.

        Raises:
            StoreError: `session.exists`.
        """
        folder = self.layout.session(self.session)
        if await asyncio.to_thread(folder.exists):
            raise StoreError("session.exists", f"There already is a session {self.session}.", retry=True)
        try:
            yield self
        finally:
            if not self._admitted:
                await asyncio.to_thread(remove, folder)
