"""The notices of one run of the cockpit, for whoever looked away: all that was shown in passing, kept for a while.

The session's own record is the journal; this is what this screen told.
"""

import collections
import dataclasses as dc
import datetime as dt

KEPT = 500
"""Notices that are kept: the newest."""


@dc.dataclass(frozen=True)
class Told:
    """One notice."""

    time: dt.datetime
    """UTC."""
    level: str
    """`information`, `warning` or `error`."""
    text: str
    """As it was written: to be cleaned where it is drawn."""
    worker: str = ""
    """Whom it is about; empty if about none."""


class NoticeLog:
    """The newest notices, oldest first."""

    def __init__(self) -> None:
        self._told: collections.deque[Told] = collections.deque(maxlen=KEPT)
        self.total = 0
        """How many there ever were."""

    def add(self, told: Told) -> None:
        self._told.append(told)
        self.total += 1

    def newest_first(self) -> list[Told]:
        return list(reversed(self._told))
