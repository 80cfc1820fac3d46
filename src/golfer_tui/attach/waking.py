"""A stored session whose engine is still being loaded: front ends see all of it meanwhile, and what they ask for waits.

Once the engine is there, this is that engine: both have the same state, events and tapes.
"""

import asyncio
from typing import Literal

from golfer_tui.attach.session import OpenSession, Stream
from golfer_tui.engine.held import Held
from golfer_tui.engine.limits import applied
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import signals as sg
from golfer_tui.model.files import Contents, Difference, Listing
from golfer_tui.model.known import KnownKind
from golfer_tui.model.look import SavedLook
from golfer_tui.model.settings import Settings
from golfer_tui.pool.leases import Limits, Used
from golfer_tui.terminal.printed import Printed
from golfer_tui.terminal.tape import Tape


class Waking:
    """An `OpenSession`."""

    attendance = sg.Attendance()

    def __init__(self, held: Held, settings: Settings) -> None:
        self.session = held.session
        self.settings = settings
        self.before = held.before
        self.state = held.state
        self._held = held
        self._engine: OpenSession | None = None
        self._awake = asyncio.Event()

    def wake(self, engine: OpenSession) -> None:
        """The engine is there. What was asked for meanwhile is done now, in order."""
        self._engine = engine
        self._awake.set()

    async def _woken(self) -> OpenSession:
        await self._awake.wait()
        assert self._engine is not None
        return self._engine

    @property
    def limits(self) -> Limits:
        if self._engine is not None:
            return self._engine.limits
        none = Limits(max_gpus=0)
        return none if self.state.limits is None else applied(none, self.state.limits)

    @property
    def used(self) -> Used:
        return Used(0, 0, {}) if self._engine is None else self._engine.used

    @property
    def waiting(self) -> tuple[tuple[str, str], ...]:
        return () if self._engine is None else self._engine.waiting

    @property
    def active(self) -> bool:
        return self._engine is not None and self._engine.active

    @property
    def max_dollars(self) -> float | None:
        if self._engine is not None:
            return self._engine.max_dollars
        return self.settings.pool.max_dollars if self.state.limits is None else self.state.limits.max_dollars

    @property
    def shells(self) -> tuple[str, ...]:
        return () if self._engine is None else self._engine.shells

    def subscribe(self) -> Stream:
        return self._held.bus.subscribe()

    def tape(self, worker: str) -> Tape | None:
        return self._held.recorder.tape(worker)

    def shell_tape(self, worker: str) -> Tape | None:
        return None if self._engine is None else self._engine.shell_tape(worker)

    async def dispatch(self, command: cm.Command) -> None:
        await (await self._woken()).dispatch(command)

    async def events(self, after: int = 0, limit: int | None = None, *, output: bool = True) -> list[ev.Event]:
        return await self._held.store.events(self.session, after, limit, with_output=output)

    async def printed(self, worker: str, offset: int, size: int) -> list[Printed]:
        return await self._held.recorder.printed(worker, offset, size)

    async def recording(self, worker: str) -> str:
        return await self._held.recording(worker)

    async def look(self) -> SavedLook:
        return await self._held.look()

    async def set_look(self, look: SavedLook) -> None:
        await self._held.set_look(look)

    async def files(self, worker: str, folder: str = "") -> Listing:
        return await (await self._woken()).files(worker, folder)

    async def read_file(self, worker: str, path: str) -> Contents:
        return await (await self._woken()).read_file(worker, path)

    async def diff(self, worker: str) -> Difference:
        return await (await self._woken()).diff(worker)

    async def known(self, kind: KnownKind) -> list[tuple[str, str]]:
        return await (await self._woken()).known(kind)

    async def idle(self) -> None:
        await (await self._woken()).idle()

    async def take_over(self) -> None:
        """Nothing to do: the host knows who writes."""

    async def close(self, workers: Literal["end", "keep"] = "end") -> None:
        await (await self._woken()).close(workers)

    async def detach(self) -> None:
        await self.close("keep")
