"""Marking workers, so that what is done next is done with all of them."""

import dataclasses as dc

from textual.message import Message

from golfer_tui.tui.tiles import Tiles


class Marking(Tiles):
    """The tiles, with marks that stay until they are taken away."""

    @dc.dataclass
    class Marked(Message):
        """Other workers are marked than before."""

        count: int

    def mark(self, *names: str) -> None:
        """Mark these workers, or take the marks away that they have."""
        self.marked = self.marked.symmetric_difference(names)

    def mark_all(self) -> None:
        """Mark all workers that are shown."""
        self.marked = self.marked.union(self._names)

    def unmark(self) -> None:
        """Take all marks away."""
        self.marked = frozenset()

    def watch_marked(self, before: frozenset[str], now: frozenset[str]) -> None:
        self.draw(before ^ now)
        self.post_message(self.Marked(len(now)))
