"""All stored sessions, for a front end that chooses one: found, named anew, put away, copied, deleted.

No engine is needed for it, and none of the sessions is opened.
"""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

from golfer_tui.attach.listed import Listed, listed
from golfer_tui.model.events import Draft
from golfer_tui.model.hits import Hit
from golfer_tui.model.session import SessionState
from golfer_tui.model.session_events import SessionRenamed
from golfer_tui.reports.report import Report, report
from golfer_tui.store.files import Size
from golfer_tui.store.store import Store


class Shelf:
    """The sessions of one home folder, named by their ids or by how these begin or end.

    Each call opens the store for its time only.
    """

    def __init__(self, home: Path) -> None:
        self._home = home

    async def list(self, text: str = "", *, archived: bool = False, output: bool = True) -> list[Listed]:
        """The sessions with this text in their title, in what was said, or with `output` in what was printed.

        The newest comes first. The text is a regular expression, or what stands there if it is none.

        Raises:
            StoreError: `store.…`.
        """
        async with self._opened() as store:
            rows = [row for row in await store.sessions.list() if archived or not row.archived]
            if not text:
                return await asyncio.gather(*(listed(store, row) for row in rows))
            found: dict[str, str] = {}
            async for hit in store.searching(text, output=output).hits(rows):
                if not found.get(hit.session):
                    told = f"{hit.who}: {hit.text}" if hit.kind == "output" else hit.text
                    found[hit.session] = "" if hit.kind == "title" else told
            return await asyncio.gather(*(listed(store, row, found[row.id]) for row in rows if row.id in found))

    async def hits(self, text: str) -> AsyncGenerator[Hit | None, None]:
        """The lines in which this text stands, in all sessions that are not put away, the newest first.

        In the end None, if not all that was printed could be searched.

        Raises:
            StoreError: `store.…`.
        """
        async with self._opened() as store:
            searching = store.searching(text)
            rows = [row for row in await store.sessions.list() if not row.archived]
            async with contextlib.aclosing(searching.hits(rows)) as hits:
                async for hit in hits:
                    yield hit
            if searching.cut:
                yield None

    async def rename(self, session: str, title: str) -> None:
        """Give a session that nobody has open another title.

        Raises:
            StoreError: `session.held`, `session.unknown`, `store.…`.
        """
        async with self._opened() as store:
            row = await store.sessions.get(session)
            lease = await store.sessions.claim(row.id)
            try:
                async with store.journal(row.id, lambda events: None) as journal:
                    journal.emit(Draft(SessionRenamed(title=title), by="person"))
            finally:
                lease.release()

    async def archive(self, session: str, *, archived: bool = True) -> None:
        """Put a session away, or take it back.

        Raises:
            StoreError: `session.unknown`, `store.…`.
        """
        async with self._opened() as store:
            await store.sessions.archive((await store.sessions.get(session)).id, archived=archived)

    async def size(self, session: str) -> Size:
        """What its files take: what goes with it when it is deleted.

        Raises:
            StoreError: `store.…`.
        """
        async with self._opened() as store:
            return await store.sessions.size(session)

    async def delete(self, session: str) -> None:
        """Delete a session that nobody has open, with its events, recordings and workspaces.

        Raises:
            StoreError: `session.held`, `session.unknown`, `session.files`, `store.…`.
        """
        async with self._opened() as store:
            lease = await store.sessions.claim(session)
            try:
                await store.sessions.delete(lease)
            finally:
                lease.release()

    async def fork(self, session: str, at: int | None = None) -> str:
        """Copy a session up to an event, and return the id of the copy.

        Raises:
            UsageError: `fork.at`.
            StoreError: `store.…`.
        """
        from golfer_tui.engine.fork import fork

        async with self._opened() as store:
            return (await fork(store, session, at)).id

    async def report(self, session: str) -> Report:
        """What is told of a session to others.

        Raises:
            StoreError: `session.unknown`, `journal.unreadable`, `store.…`.
        """
        return report(*await self.state(session))

    async def state(self, session: str) -> tuple[SessionState, dt.datetime]:
        """The whole session as it is stored, and up to when what goes on in it counts.

        Raises:
            StoreError: `session.unknown`, `journal.unreadable`, `store.…`.
        """
        async with self._opened() as store:
            row = await store.sessions.get(session)
            state = SessionState(session=row.id)
            async for event in store.each_event(row.id):
                state.apply(event)
            # A session that nobody has any more spends nothing after its last event.
            now = dt.datetime.now(dt.UTC) if await store.sessions.held(row.id) else row.updated
        return state, now

    @contextlib.asynccontextmanager
    async def _opened(self) -> AsyncIterator[Store]:
        async with Store.open(self._home) as store:
            yield store
