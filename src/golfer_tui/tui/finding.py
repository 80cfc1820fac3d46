"""The search of one pane: what is looked for, which match the person is at, and how many there are."""

from typing import Final

from golfer_tui.terminal.search import MATCHES, Match, Search, query
from golfer_tui.terminal.transcript import Spot, Transcript

STEP = 0.003
"""Seconds of one step of a search; the loop is free between two."""


class Finding:
    """Nothing is looked for until `begin`."""

    NOTHING: Final = ""
    """What is told while nothing is looked for."""

    def __init__(self, lines: Transcript) -> None:
        self._lines = lines
        self._search: Search | None = None
        self._limit: int | None = None
        """The first match is picked from here upwards; None once it was picked."""
        self._seconds = STEP
        self.at: Spot | None = None
        """Where the match begins that the person is at."""

    @property
    def on(self) -> bool:
        return self._search is not None

    @property
    def text(self) -> str:
        """What is looked for; empty if nothing is."""
        return self._search.query.text if self._search else ""

    @property
    def complaint(self) -> str:
        """Why it is no regular expression; empty if it is one."""
        return self._search.query.complaint if self._search else ""

    @property
    def complete(self) -> bool:
        """Nothing is left to be searched now."""
        return self._search is None or self._search.complete

    @property
    def place(self) -> int:
        """Which match the person is at, from 1; 0 if at none."""
        if self._search is None or self.at is None:
            return 0
        index = self._search.index(*self.at)
        return index + 1 if index < self._search.count and self._begin(index) == self.at else 0

    @property
    def told(self) -> str:
        """The place and the number of matches, such as `3/17`; the number has a `+` if there are more."""
        if self._search is None:
            return self.NOTHING
        count = self._search.count
        more = "+" if self._search.cut else ""
        return f"{self.place or '–'}/{count}{more}" + ("" if self.complete else "…")

    @property
    def count(self) -> int:
        """How many matches there are, as far as it was searched."""
        return self._search.count if self._search else 0

    @property
    def cut(self) -> bool:
        """There are more than are kept."""
        return self._search is not None and self._search.cut

    def begin(self, text: str, below: int | None, *, most: int = MATCHES, seconds: float = STEP) -> None:
        """Look for another text; the first match is the newest one before line `below`, or the oldest of all. With
        None it is not picked. `most` matches of the history are kept, and a step takes so many seconds."""
        if text == self.text:
            return
        self._search = Search(query(text), most) if text else None
        self._limit, self.at, self._seconds = below, None, seconds

    def end(self) -> None:
        """Look for nothing any more."""
        self._search = self._limit = self.at = None

    def again(self) -> None:
        """Search anew: the lines are others, or wrapped in another way."""
        if self._search is not None:
            self._search.restart()

    def step(self, *, changed: bool) -> bool:
        """Search on; `changed` if the screen may have. Returns whether the first match was picked just now."""
        if self._search is None:
            return False
        complete = self._search.step(self._lines, self._seconds, changed=changed)
        if self._limit is None or not complete or not self._search.count:
            return False
        self.at = self._begin(max(0, self._search.index(self._limit, 0) - 1))
        self._limit = None
        return True

    def go(self, by: int, here: Spot) -> Spot | None:
        """To the match after, or with -1 before, the one the person is at, or if at none, after `here`. It goes round
        at the ends. Returns where it begins; None if there is none."""
        if self._search is None or not self._search.count:
            return None
        self._limit = None
        spot = self.at or here
        index = self._search.index(*spot)
        if by > 0 and index < self._search.count and self._begin(index) == spot:
            index += 1
        self.at = self._begin((index if by > 0 else index - 1) % self._search.count)
        return self.at

    def match(self, index: int) -> Match:
        """A match by its place from the oldest, from 0."""
        assert self._search is not None
        return self._search.get(index)

    def index(self, spot: Spot) -> int:
        """How many matches begin before this cell."""
        return self._search.index(*spot) if self._search else 0

    def between(self, first: int, stop: int) -> list[Match]:
        """Matches that touch the lines from `first` to before `stop`."""
        return self._search.between(first, stop) if self._search else []

    def _begin(self, index: int) -> Spot:
        assert self._search is not None
        return Spot(*self._search.get(index)[:2])
