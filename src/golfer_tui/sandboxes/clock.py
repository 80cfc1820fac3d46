"""A clock that can stand still: limits on waiting that do not count the time in which a sandbox is paused."""

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Clock:
    """The time of one sandbox."""

    def __init__(self) -> None:
        self._limits: dict[asyncio.Timeout, float] = {}
        """Limits that run, to the seconds that are left of each while the clock stands still."""
        self._stopped = False
        self._stood = self._since = 0.0
        """Seconds that it stood still in all, and when it began to do so last."""

    @property
    def now(self) -> float:
        """Seconds since some moment, without those in which it stood still."""
        return (self._since if self._stopped else asyncio.get_running_loop().time()) - self._stood

    @property
    def stopped(self) -> bool:
        """True while it stands still."""
        return self._stopped

    @contextlib.asynccontextmanager
    async def timeout(self, seconds: float | None) -> AsyncIterator[None]:
        """As `asyncio.timeout`, by this clock.

        Raises:
            TimeoutError: the time is over.
        """
        async with asyncio.timeout(None if self._stopped else seconds) as limit:
            if seconds is not None:
                self._limits[limit] = seconds
            try:
                yield
            finally:
                self._limits.pop(limit, None)

    def stop(self) -> None:
        """Stand still. Doing so twice is doing so once."""
        if self._stopped:
            return
        now = self._since = asyncio.get_running_loop().time()
        self._stopped = True
        for limit in self._limits:
            if not limit.expired() and (when := limit.when()) is not None:
                self._limits[limit] = max(when - now, 0.0)
                limit.reschedule(None)

    def go_on(self) -> None:
        """Go on from where it stands."""
        if not self._stopped:
            return
        self._stopped = False
        now = asyncio.get_running_loop().time()
        self._stood += now - self._since
        for limit, left in self._limits.items():
            if not limit.expired():
                limit.reschedule(now + left)
