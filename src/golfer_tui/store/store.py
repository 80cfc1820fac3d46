"""The door to everything that is stored. `Store.open(home)` is the only way in."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from golfer_tui.model.errors import StoreError
from golfer_tui.model.events import AnyBody, Event
from golfer_tui.store import events as rows
from golfer_tui.store.admission import Admission
from golfer_tui.store.castfile import whole_lines
from golfer_tui.store.database import BUSY_TIMEOUT, Database
from golfer_tui.store.folds import Folds
from golfer_tui.store.journal import Journal, OnError, OnEvents
from golfer_tui.store.layout import Layout
from golfer_tui.store.looks import Looks
from golfer_tui.store.memories import Memory
from golfer_tui.store.recordings import Batch, OutputFiller, Recording, record
from golfer_tui.store.sandboxes import Sandboxes
from golfer_tui.store.searching import Searching
from golfer_tui.store.sessions import Sessions
from golfer_tui.store.snapshots import StoredSnapshot, snapshots
from golfer_tui.store.starts import Starts


class Store:
    """One process's view of the store. Journals and recordings are closed by those who opened them, before it."""

    def __init__(self, layout: Layout, database: Database) -> None:
        self.layout = layout
        self.sessions = Sessions(database, layout)
        self.sandboxes = Sandboxes(database)
        self.folds = Folds(database)
        self.starts = Starts(layout)
        self.looks = Looks(layout)
        self._database = database
        # Recordings are not to wait until a long copy or search elsewhere leaves them a thread.
        self._disk = ThreadPoolExecutor(1, "recordings")

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, home: Path, *, busy_timeout: float = BUSY_TIMEOUT) -> AsyncIterator["Store"]:
        """Open the store under `home`, or make it. `busy_timeout`: seconds to wait for another process's transaction.

        Raises:
            StoreError: `store.read_only`, `store.corrupt`, `store.foreign`, `store.newer`, `store.locked`,
                `store.full`, `store.io`. What is there is left as it is.
        """
        layout = Layout(home)
        await asyncio.to_thread(layout.prepare)
        async with Database.open(layout.database, busy_timeout=busy_timeout) as database:
            store = cls(layout, database)
            try:
                yield store
            finally:
                store._disk.shutdown()

    def journal(self, session: str, on_events: OnEvents, on_error: OnError | None = None) -> Journal:
        """The journal of a session that this process has claimed, to be entered with `async with`.

        `on_events` gets each batch on the event loop once it is on disk; `on_error` hears once when the disk begins
        to refuse. Entering it raises `session.unknown` if there is no such session.
        """
        return Journal(self._database, session, on_events, on_error)

    async def events(
        self, session: str, after: int = 0, limit: int | None = None, *, with_output: bool = False
    ) -> list[Event]:
        """Events of a session with numbers above `after`, in order, at most `limit`.

        `worker.output` has its text only `with_output`: then it is read from the recordings.

        Raises:
            StoreError: `journal.unreadable`, `recording.…`, `store.…`.
        """
        return [event async for event in self.each_event(session, after, limit, with_output=with_output)]

    async def each_event(
        self,
        session: str,
        after: int = 0,
        limit: int | None = None,
        *,
        with_output: bool = False,
        without: Collection[type[AnyBody]] = (),
    ) -> AsyncIterator[Event]:
        """The same one by one, in bounded memory; `without` these kinds."""
        filler = OutputFiller(self._database, self.layout, session) if with_output else None
        async for page in rows.pages(self._database, session, after, limit, without):
            for event in page if filler is None else await filler.fill(page):
                yield event

    async def snapshots(self, session: str | None = None) -> list[StoredSnapshot]:
        """Snapshots of workers, of one session or of all, oldest first.

        Raises:
            StoreError: `store.…`.
        """
        return await snapshots(self._database, session)

    def searching(self, text: str, *, output: bool = True) -> Searching:
        """A search for a regular expression in titles and messages, and in what was printed, if `output` is wanted."""
        return Searching(self._database, self.layout, text, output=output)

    def admission(self, session: str) -> contextlib.AbstractAsyncContextManager[Admission]:
        """The way in for a whole session from elsewhere, which gets this id.

        Raises:
            StoreError: `session.exists`, `store.name`, when it is entered.
        """
        return Admission(self._database, self.layout, session).opened()

    def memory(self, session: str, agent: str = "orchestrator") -> Memory:
        """What an agent of a session remembers: the orchestrator, or a worker by its name."""
        return Memory(self._database, session, agent)

    async def recording(self, session: str, worker: str, *, columns: int = 80, rows: int = 24) -> Recording:
        """The recording of a worker, for writing; `columns` and `rows` are the size in cells if it is a new one.

        A crash may have left it a little shorter than what was printed: `Recording.end` tells how long it is.

        Raises:
            StoreError: `recording.failed`, `recording.foreign`, `store.…`.
        """
        return await Recording.open(self._database, self.layout, self._disk, session, worker, columns, rows)

    async def record(self, batches: Sequence[Batch]) -> list[StoreError | None]:
        """Record output of several workers at once. What was refused, for each batch: see `Recording.append`."""
        return await record(self._disk, batches)

    def recorded_lines(self, session: str, worker: str) -> Iterator[bytes]:
        """The asciicast of a worker as it is on disk, line by line; also while it grows. Blocks.

        Raises:
            StoreError: `recording.none`, `recording.failed`, `recording.foreign`.
        """
        path = self.layout.recording(session, worker)
        if not path.is_file():
            there = sorted(each.stem for each in path.parent.glob("*.cast"))
            raise StoreError(
                "recording.none",
                f'There is no recording of a worker "{worker}" in session {session}.',
                hint=f"There is one of {', '.join(there)}." if there else "None of its workers has printed anything.",
            )
        return whole_lines(path)
