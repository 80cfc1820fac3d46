"""A session that this process holds: its lock, its journal and its tapes, and the state that its events make.

This is all that can be shown without an engine, and it needs no Agents SDK: a resumed session is on the screen before
that is loaded.
"""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec

from golfer_tui.engine.bus import Bus
from golfer_tui.engine.recorder import Recorder, Restored
from golfer_tui.model import events as ev
from golfer_tui.model import signals as sg
from golfer_tui.model.errors import CommandError, StoreError
from golfer_tui.model.look import SavedLook
from golfer_tui.model.packing import pack_state, unpack_state
from golfer_tui.model.session import SessionState
from golfer_tui.model.settings import Settings
from golfer_tui.store.folds import Fold
from golfer_tui.store.sessions import SessionRow, new_id
from golfer_tui.store.store import Store

FOLDED = 20_000
"""Events after which the fold is kept again: at most so many are read by a resume."""

WORTH = 1000
"""Events that are read as quickly as a fold."""


class Held:
    """Made by `hold`; the engine and front ends share its parts."""

    def __init__(self, store: Store, row: SessionRow, state: SessionState, folded: int) -> None:
        self.store = store
        self.row = row
        self.state = state
        """The live fold of all events."""
        self.before = state.seq
        """Number of the last event from before it was held; 0 in a new session."""
        self.bus = Bus()
        self.journal = store.journal(row.id, self._committed, self._refused)
        self.recorder = Recorder(store, row.id, self.journal.emit, self.journal.ready, self.bus.publish)
        self.restored: dict[str, Restored] = {}
        """What came back of each recording."""
        self.hear: Callable[[ev.Event], None] = lambda event: None
        """Hears of each event once it is on disk and in `state`."""
        self._folded = folded
        self._folding: asyncio.Task[None] | None = None

    @property
    def session(self) -> str:
        """Id of the session."""
        return self.row.id

    def _committed(self, events: list[ev.Event]) -> None:
        for event in events:
            self.state.apply(event)
            self.bus.publish(event)
            self.hear(event)
        if self.state.seq - self._folded >= FOLDED and (self._folding is None or self._folding.done()):
            self._folding = asyncio.create_task(self._fold(), name="fold")

    def _refused(self, error: StoreError) -> None:
        self.bus.publish(sg.StoreRefused(error.message, error.hint))

    async def recording(self, worker: str) -> str:
        """See `Engine.recording`."""
        await self.recorder.flush()
        path = self.store.layout.recording(self.session, worker)
        if not await asyncio.to_thread(path.is_file):
            raise CommandError("recording.none", f"{worker} has printed nothing yet.")
        return str(path)

    async def look(self) -> SavedLook:
        """See `Engine.look`."""
        return await self.store.looks.get(self.session)

    async def set_look(self, look: SavedLook) -> None:
        """See `Engine.set_look`."""
        await self.store.looks.keep(self.session, look)

    async def restore(self) -> None:
        """Bring the tapes back."""
        for worker in self.state.workers:
            self.restored[worker] = await self.recorder.restore(worker)

    async def _fold(self) -> None:
        """Keep the state as it is now; it is a hint only, and the journal tells what the disk refuses."""
        fold = Fold(self.state.seq, pack_state(self.state))
        with contextlib.suppress(StoreError):
            await self.store.folds.keep(self.session, fold)
            self._folded = fold.seq

    async def close(self) -> None:
        """Keep the state for the next resume, if reading the events would take longer."""
        if self._folding is not None:
            await asyncio.gather(self._folding, return_exceptions=True)
        if self.state.seq - self._folded >= WORTH:
            await self._fold()


@contextlib.asynccontextmanager
async def hold(store: Store, row: SessionRow) -> AsyncIterator[Held]:
    """Take a session for this process, and read what is stored of it.

    Raises:
        StoreError: `session.held`, `session.unknown`, `journal.unreadable`, `recording.…`, `store.…`.
    """
    async with contextlib.AsyncExitStack() as stack:
        lease = await store.sessions.claim(row.id)
        stack.callback(lease.release)
        state, folded = await _read(store, row.id)
        held = Held(store, row, state, folded)
        stack.push_async_callback(held.close)
        await stack.enter_async_context(held.journal)
        stack.push_async_callback(held.recorder.close)
        await held.restore()
        yield held


async def fresh(store: Store, directory: Path, settings: Settings, *, model: str, scripted: bool) -> SessionRow:
    """A new session, in the store and not held yet.

    Raises:
        StoreError: `store.…`.
    """
    now = dt.datetime.now(dt.UTC)
    row = SessionRow(
        id=new_id(now),
        directory=str(directory),
        backend=settings.backend,
        model=model,
        scripted=scripted,
        created=now,
        updated=now,
    )
    await store.sessions.create(row)
    return row


async def meant(store: Store, resume: str, directory: Path) -> SessionRow:
    """The stored session of this id or beginning of one; "" is the newest, of this folder if there is one.

    Raises:
        StoreError: `session.none`, `session.unknown`, `session.ambiguous`.
    """
    if resume:
        return await store.sessions.get(resume)
    latest = await store.sessions.latest(directory) or await store.sessions.latest()
    if latest is None:
        raise StoreError("session.none", "There is no session to resume.", hint="Start one with `golfer`.")
    return latest


async def _read(store: Store, session: str) -> tuple[SessionState, int]:
    """The state, and the number of the event up to which it was kept."""
    state = SessionState(session=session)
    folded = 0
    if (fold := await store.folds.get(session)) is not None:
        with contextlib.suppress(msgspec.DecodeError):
            state, folded = unpack_state(fold.state), fold.seq
    async for event in store.each_event(session, folded):
        state.apply(event)
    return state, folded
