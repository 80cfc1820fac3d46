"""Searching all that is stored: titles and ids, what was said, and what workers printed.

The newest sessions come first, and of each the newest lines: who stops listening has cost no more than that. Of each
recording only the end is searched, and of all together not more than `BUDGET`.
"""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncGenerator, Iterable, Sequence

from golfer_tui.model import agent_events as ae
from golfer_tui.model.errors import StoreError
from golfer_tui.model.hits import Hit
from golfer_tui.store.castfile import CastFile
from golfer_tui.store.castlines import Mark
from golfer_tui.store.database import Database, Row
from golfer_tui.store.events import read_body
from golfer_tui.store.layout import Layout
from golfer_tui.store.moments import from_micros
from golfer_tui.store.sessionrow import SessionRow
from golfer_tui.terminal.search import query
from golfer_tui.terminal.text import readable

LINES = 20
"""Lines of one session that are found at most, of messages and of output each."""

BATCH = 10
"""Sessions whose messages are read at once."""

END = 8 * 1024 * 1024
"""Bytes at the end of a recording that are searched."""

CHUNK = 512 * 1024
"""Bytes of a recording that are searched at once; the event loop gets its turn in between."""

ENDLESS = 4 * CHUNK
"""Bytes of one line; a longer one is searched in pieces."""

BUDGET = 128 * 1024 * 1024
"""Bytes of recordings that one search reads in all."""

SAID_BY = {"user": "you", "assistant": "orchestrator", "system": "golfer"}


class Searching:
    """One search. `cut` tells in the end whether recordings were left out."""

    def __init__(self, database: Database, layout: Layout, text: str, *, output: bool) -> None:
        """`text`: a regular expression as in a pane. Recordings are searched only with `output`."""
        self._database = database
        self._layout = layout
        self._pattern = query(text).pattern
        self._output = output
        self._budget = BUDGET
        self.cut = False

    async def hits(self, sessions: Sequence[SessionRow]) -> AsyncGenerator[Hit, None]:
        """What is found in these sessions, in their order.

        Raises:
            StoreError: `store.…`. A recording that cannot be read is left out.
        """
        for first in range(0, len(sessions), BATCH):
            batch = sessions[first : first + BATCH]
            said = await self._messages(batch)
            for session in batch:
                if self._pattern.search(session.title) or self._pattern.search(session.id):
                    yield Hit(session.id, session.title, session.updated, "title", "", session.title)
                for hit in said.get(session.id, ()):
                    yield hit
                if self._output:
                    async with contextlib.aclosing(self._printed(session)) as printed:
                        async for hit in printed:
                            yield hit

    async def _messages(self, sessions: Sequence[SessionRow]) -> dict[str, list[Hit]]:
        rows = await self._database.read(
            "SELECT session, time, worker, body FROM events WHERE type = 'message'"  # noqa: S608 - question marks
            f" AND session IN ({', '.join('?' * len(sessions))}) ORDER BY session, seq DESC",
            [session.id for session in sessions],
        )
        titles = {session.id: session.title for session in sessions}
        return await asyncio.to_thread(self._in_messages, rows, titles)

    def _in_messages(self, rows: Iterable[Row], titles: dict[str, str]) -> dict[str, list[Hit]]:
        found: dict[str, list[Hit]] = {}
        for session, time, worker, data in rows:
            hits = found.setdefault(session, [])
            body = read_body(data)
            if len(hits) >= LINES or not isinstance(body, ae.Message):
                continue
            who = worker if worker is not None and body.role == "assistant" else SAID_BY[body.role]
            lines = (line for line in body.text.split("\n") if self._pattern.search(line))
            moment: dt.datetime = from_micros(time)
            hits += [Hit(session, titles[session], moment, "message", who, line) for line in lines][: LINES - len(hits)]
        return found

    async def _printed(self, session: SessionRow) -> AsyncGenerator[Hit, None]:
        left = LINES
        for worker in await asyncio.to_thread(self._recorded, session.id):
            async with contextlib.aclosing(self._lines(session.id, worker)) as lines:
                async for line in lines:
                    yield Hit(session.id, session.title, session.updated, "output", worker, line)
                    left -= 1
                    if not left:
                        return

    def _recorded(self, session: str) -> list[str]:
        """Names of the workers that have a recording."""
        return sorted(path.stem for path in self._layout.recordings(session).glob("*.cast"))

    async def _lines(self, session: str, worker: str) -> AsyncGenerator[str, None]:
        """Lines of a recording in which the pattern stands, from its end on."""
        marks = await self._database.read(
            "SELECT offset, position FROM marks WHERE session = ? AND worker = ? ORDER BY offset", (session, worker)
        )
        try:
            cast = await asyncio.to_thread(CastFile, self._layout.recording(session, worker), map(Mark._make, marks))
            end = stop = await asyncio.to_thread(cast.measure)
            rest = b""
            while stop > max(0, end - END):
                if self._budget < CHUNK:
                    self.cut = True
                    return
                start = max(0, stop - CHUNK)
                self._budget -= stop - start
                found, rest = await asyncio.to_thread(self._in_chunk, cast, start, stop, rest)
                stop = start
                for line in found:
                    yield line
        except StoreError:
            return

    def _in_chunk(self, cast: CastFile, start: int, stop: int, rest: bytes) -> tuple[list[str], bytes]:
        """Lines with a match that end in this chunk, the newest first, and the beginning of the chunk that belongs to a
        line before. `rest` is what the chunk behind it left over."""
        data = cast.read(start, stop - start) + rest
        head, newline, tail = data.partition(b"\n")
        if not start or (not newline and len(data) > ENDLESS):
            head, tail = b"", data
        lines = readable(tail).split("\n")
        return [line for line in reversed(lines) if self._pattern.search(line)], head
