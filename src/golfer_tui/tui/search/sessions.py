"""Finding in the stored sessions: what was said and printed in any of them; a result opens its session."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.dom import DOMNode

from golfer_tui.model.errors import GolferError
from golfer_tui.model.hits import Hit
from golfer_tui.terminal.clean import one_line
from golfer_tui.terminal.search import Query, query
from golfer_tui.tui.results import Result
from golfer_tui.tui.search.scope import LISTED

if TYPE_CHECKING:
    from golfer_tui.attach.shelf import Shelf

    OpenShelf = Callable[[], Shelf]

PAUSE = 0.2
"""Seconds without a key after which it is searched."""

MOST = 1000
"""Lines that are found at most."""

AROUND = 300
"""Characters of a line on each side of the match."""


class SessionsScope:
    """All sessions that are not put away, the newest first."""

    name = "all sessions"
    placeholder = "a regular expression, or plain text"
    hints = LISTED

    def __init__(self, owner: DOMNode, shelf: "OpenShelf | None", go: Callable[[Hit, str], None]) -> None:
        """`owner` runs the search; `go` leads to a line with the text that was looked for."""
        self._owner = owner
        self._shelf = shelf
        self._go = go
        self._query: Query | None = None
        self._hits: list[Hit] = []
        self._working = False
        self._cut = False
        self._failure = ""
        self.cursor = 0

    # What was found

    @property
    def results(self) -> "SessionsScope":
        return self

    @property
    def empty(self) -> str:
        return self._failure or ("Searching …" if self._working else "Nothing was found in the stored sessions.")

    @property
    def count(self) -> int:
        return len(self._hits)

    def row(self, index: int) -> Result:
        hit = self._hits[index]
        who = f"{one_line(hit.who)}: " if hit.who else ""
        found = self._query.pattern.search(hit.text) if self._query and hit.kind != "title" else None
        begin, stop = found.span() if found else (len(hit.text), len(hit.text))
        # A blank beside the match is kept: the three are one line.
        before = one_line(f"{hit.text[max(0, begin - AROUND) : begin]}|")[:-1]
        after = one_line(f"|{hit.text[stop : stop + AROUND]}")[1:]
        title = one_line(hit.title) or hit.session
        return Result(title, hit.session[-4:], who + before, one_line(hit.text[begin:stop]), after)

    @property
    def told(self) -> str:
        if self._query is None:
            return ""
        more = "…" if self._working else "+" if self._cut or self.count >= MOST else ""
        return f"{self.cursor + 1 if self._hits else '–'}/{self.count}{more}"

    @property
    def complaint(self) -> str:
        return self._query.complaint if self._query else ""

    # Looking for it

    def begin(self) -> str:
        return "" if self._shelf is not None else "There is no store of sessions to search."

    def want(self, text: str) -> None:
        if self._query is not None and text == self._query.text:
            return
        self._query = query(text) if text else None
        self._hits, self.cursor, self._cut, self._failure = [], 0, False, ""
        self._working = bool(text)
        if text:
            self._owner.run_worker(self._search(text), name="search sessions", group="search sessions", exclusive=True)
        else:
            self._owner.workers.cancel_group(self._owner, "search sessions")

    async def _search(self, text: str) -> None:
        await asyncio.sleep(PAUSE)
        if self._shelf is None:
            return
        try:
            shelf = await asyncio.to_thread(self._shelf)
            async with contextlib.aclosing(shelf.hits(text)) as hits:
                async for hit in hits:
                    if hit is None or self.count >= MOST:
                        self._cut = True
                        break
                    self._hits.append(hit)
        except GolferError as error:
            self._failure = str(error)
        self._working = False

    def step(self, by: int) -> None:
        self.cursor = (self.cursor + by) % max(1, self.count)

    def choose(self, index: int) -> None:
        self.cursor = index

    def work(self) -> float | None:
        return None

    def keep(self) -> None:
        """Go to the session of the line."""
        if 0 <= self.cursor < self.count and self._query is not None:
            hit, text = self._hits[self.cursor], self._query.text
            self.want("")
            self._go(hit, text)

    def cancel(self) -> None:
        self.want("")
