"""Follows an engine's events, every one and in order, also when their reader is slow."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from golfer_tui.model.events import Event
from golfer_tui.model.signals import Gap

if TYPE_CHECKING:
    from golfer_tui.engine.engine import Engine

Show = Callable[[Event], Awaitable[None]]


class Watch:
    """Shows each event since the session was opened here. Use `watching`."""

    def __init__(self, engine: "Engine", show: Show) -> None:
        self._engine = engine
        self._show = show
        self._subscription = engine.subscribe()
        self._moved = asyncio.Condition()
        self.ended = False
        """True once no more events come."""
        self.seen = engine.before
        """Number of the last event that was shown."""

    async def begin(self) -> None:
        """Show what has happened since the session was opened here."""
        await self._catch_up(await self._engine.events(after=self.seen))

    async def run(self) -> None:
        """Show events until the engine is closed."""
        try:
            async for item in self._subscription:
                if isinstance(item, Gap):
                    await self._catch_up(await self._engine.events(after=self.seen))
                elif isinstance(item, Event):
                    await self._catch_up([item])
        finally:
            self.ended = True
            await self._tell()

    async def _catch_up(self, events: list[Event]) -> None:
        for event in events:
            if event.seq > self.seen:
                await self._show(event)
                self.seen = event.seq
        await self._tell()

    async def _tell(self) -> None:
        async with self._moved:
            self._moved.notify_all()

    async def caught_up(self) -> None:
        """Wait until everything that has happened by now was shown, or nothing more can be."""
        newest = self._engine.state.seq
        await self.until(lambda: self.seen >= newest)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until this is so, as far as events tell, or until no more of them come."""
        async with self._moved:
            await self._moved.wait_for(lambda: self.ended or true())

    def close(self) -> None:
        """Show what is waiting, then end."""
        self._subscription.close()


@contextlib.asynccontextmanager
async def watching(engine: "Engine", show: Show) -> AsyncIterator[Watch]:
    """A watch that runs; leaving it waits until the last event was shown, so close the engine before."""
    watch = Watch(engine, show)
    await watch.begin()
    task = asyncio.create_task(watch.run(), name="watch")
    try:
        yield watch
    finally:
        watch.close()
        await task
