"""The part of a worker's conversation that is only in the journal, read backwards, page by page."""

from collections.abc import Awaitable, Callable

from golfer_tui.model.conversation import Entry, retold
from golfer_tui.model.events import Event

PAGE = 1000
"""Events that are read from the journal at once."""

ROUNDS = 10
"""Pages after which it is not read on for one entry until the person asks again."""

Read = Callable[[int, int], Awaitable[list[Event]]]
"""Events after this number, at most so many."""


class Past:
    """What was before one entry of a conversation, over all attempts of the worker."""

    def __init__(self, worker: str, before: int, read: Read) -> None:
        """`before` is the number of the first event that is known already."""
        self._worker = worker
        self._before = before
        self._read = read
        self._later: list[Event] = []
        """Events of the page that was read last: the answers of calls may be there."""

    @property
    def over(self) -> bool:
        """All of it was read."""
        return self._before <= 1

    async def older(self) -> list[Entry]:
        """The next older entries, oldest first; none if there were none in many events.

        Raises:
            StoreError: the journal cannot be read.
        """
        for _ in range(ROUNDS):
            if self.over:
                break
            if found := await self._page():
                return found
        return []

    async def _page(self) -> list[Entry]:
        begin = max(0, self._before - 1 - PAGE)
        read = await self._read(begin, self._before - 1 - begin)
        events = [event for event in read if event.worker == self._worker and event.seq < self._before]
        entries = [entry for entry in retold([*events, *self._later]) if entry.seq < self._before]
        for entry in entries:
            if entry.kind == "tool" and entry.output is None:
                entry.output = ""  # Its answer is not among what was read: it does not run any more.
        self._before, self._later = begin + 1, events
        return entries
