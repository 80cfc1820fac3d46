"""The journal: the durable, ordered list of what happened in one session.

`emit` takes events at once and in order; a writer task brings them to the disk, the first at once and then as many in
one transaction as came together meanwhile, and only then are they shown to `on_events`. What the disk refuses stays in
memory, in order, and is tried again until it is written: no event is dropped while the process lives.

The caller holds the session's lease, so that one journal writes it at a time.
"""

import asyncio
import collections
import contextlib
import itertools
from collections.abc import Callable
from types import TracebackType
from typing import Self

from golfer_tui.model.errors import StoreError
from golfer_tui.model.events import Draft, Event
from golfer_tui.store import events as rows
from golfer_tui.store.counters import count, counted
from golfer_tui.store.database import Connection, Database, settle
from golfer_tui.store.moments import now, to_micros
from golfer_tui.store.sessions import unknown

BOUND_EVENTS = 4096
"""Events that may wait for the disk before `ready` holds producers back."""

BOUND_BYTES = 16 * 1024 * 1024
"""Bytes of such events."""

BATCH = 1000
"""Events in one transaction."""

PACE = 0.01
"""Seconds between two transactions, so that several processes find their turns; `flush` does not wait for it."""

RETRY = 0.5
"""Seconds between two attempts after the disk refused; `flush` tries at once."""

OnEvents = Callable[[list[Event]], None]
OnError = Callable[[StoreError], None]


class Journal:
    """An async context manager; leaving it writes what is left. Made by `Store.journal`."""

    def __init__(self, database: Database, session: str, on_events: OnEvents, on_error: OnError | None = None) -> None:
        self.session = session
        self.failure: StoreError | None = None
        """Why the disk refuses at the moment; None while all is well."""
        self._database = database
        self._on_events = on_events
        self._on_error = on_error
        self._buffer: collections.deque[rows.Entry] = collections.deque()
        self._weight = 0
        """Bytes in the buffer."""
        self._emitted = 0
        self._written = 0
        self._seq = 0
        """Number of the last event that is known to be on disk."""
        self._doubt = False
        """True after an attempt whose end was not seen: it may be on disk all the same."""
        self._wake = asyncio.Event()
        self._again = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._waiters: list[tuple[int, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def pending(self) -> int:
        """Events that are not on disk yet."""
        return len(self._buffer)

    async def __aenter__(self) -> Self:
        found = await self._database.read("SELECT events FROM sessions WHERE id = ?", (self.session,))
        if not found:
            raise unknown(self.session, self._database.path)
        self._seq = found[0][0]
        self._start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.close()
        except StoreError:
            if error is None:  # `on_error` was told; what went wrong first must not be hidden
                raise

    def emit(self, draft: Draft) -> None:
        """Take an event. Never refuses for want of room: producers of much output await `ready` before.

        Raises:
            ValueError: the event could not be read back: it has a value of a wrong type.
            StoreError: `journal.closed`.
        """
        if self._closing:
            raise StoreError("journal.closed", f"The journal of session {self.session} is closed.")
        entry = rows.entry(draft, now())
        self._buffer.append(entry)
        self._emitted += 1
        self._weight += entry.weight
        if self._full:
            self._room.clear()
        self._wake.set()

    async def ready(self) -> None:
        """Wait until less than the bound waits for the disk."""
        await self._room.wait()

    async def flush(self) -> None:
        """Return once all events emitted so far are on disk and were given to `on_events`.

        Raises:
            StoreError: the disk refused; the events are kept and tried again.
        """
        if self._written >= self._emitted:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append((self._emitted, waiter))
        self._start()
        self._again.set()
        await waiter

    async def close(self) -> None:
        """Write what is left and end the writer. May be called twice.

        Raises:
            StoreError: the disk refused, and the events that are left will be lost with the process.
        """
        self._closing = True
        self._wake.set()
        self._again.set()
        await settle(self._finish())

    async def _finish(self) -> None:
        if self._buffer:
            self._start()
        if self._writer is not None:
            await asyncio.wait({self._writer})
            self._writer = None
        if self._buffer:
            reason = self.failure or StoreError("store.failed", f"The store {self._database.path} could not be used.")
            message = f"{len(self._buffer)} events of session {self.session} could not be stored. {reason.message}"
            raise StoreError(reason.code, message, hint=reason.hint) from reason

    @property
    def _full(self) -> bool:
        return len(self._buffer) >= BOUND_EVENTS or self._weight >= BOUND_BYTES

    def _start(self) -> None:
        """Start the writer, also again if it was cancelled from outside."""
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write(), name=f"journal {self.session}")
            self._writer.add_done_callback(self._ended)

    def _ended(self, writer: asyncio.Task[None]) -> None:
        if not writer.cancelled() and (error := writer.exception()) is not None:
            self._tell(error)
        elif self._buffer:
            self._tell(StoreError("journal.closed", f"The journal of session {self.session} was stopped."))

    async def _write(self) -> None:
        while True:
            while not self._buffer:
                if self._closing:
                    return
                self._wake.clear()
                await self._wake.wait()
            self._again.clear()
            try:
                await self._commit(list(itertools.islice(self._buffer, BATCH)))
            except StoreError as error:
                self._refused(error)
                if self._closing:
                    return
                await self._pause(RETRY)
            else:
                if not self._closing:
                    await self._pause(PACE)

    async def _pause(self, seconds: float) -> None:
        """Wait, unless somebody asks for the next attempt."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._again.wait()

    async def _commit(self, batch: list[rows.Entry]) -> None:
        doubt, self._doubt = self._doubt, True

        first = await self._database.write(lambda connection: self._append(connection, batch, doubt=doubt))
        self._doubt, self.failure = False, None
        for entry in batch:
            self._buffer.popleft()
            self._weight -= entry.weight
        if not self._full:
            self._room.set()
        self._seq = first + len(batch) - 1
        events = [entry.event(self.session, seq) for seq, entry in enumerate(batch, first)]
        try:
            self._on_events(events)
        except Exception as error:  # noqa: BLE001 - a listener's mistake must not stop the journal
            context = {"message": "A listener of the journal failed.", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
        self._written += len(batch)
        self._tell(None)

    def _append(self, connection: Connection, batch: list[rows.Entry], *, doubt: bool) -> int:
        """Number and insert the batch; returns the first number."""
        found = connection.execute("SELECT events FROM sessions WHERE id = ?", (self.session,)).fetchone()
        if not found:
            raise unknown(self.session, self._database.path)
        last: int = found[0]
        # An earlier attempt began with the same events: as many as went through are there already.
        there = last - self._seq if doubt else 0
        fresh = batch[there:]
        if fresh:
            rows.insert(connection, self.session, last + 1, fresh)
            columns = {"events": last + len(fresh), "updated": to_micros(fresh[-1].time), **rows.summary(fresh)}
            changes = ", ".join(f"{column} = ?" for column in columns)
            values = (*columns.values(), self.session)
            connection.execute(f"UPDATE sessions SET {changes} WHERE id = ?", values)  # noqa: S608 - our names
        if any(counted(entry.draft.body) for entry in fresh):
            count(connection, self.session)
        return last - there + 1

    def _refused(self, error: StoreError) -> None:
        first, self.failure = self.failure is None, error
        if first and self._on_error is not None:
            self._on_error(error)
        self._tell(error)

    def _tell(self, error: BaseException | None) -> None:
        """Answer those who wait in `flush`: all of them after an error, else those whose events are written."""
        waiting, self._waiters = self._waiters, []
        for target, waiter in waiting:
            if waiter.done():
                continue
            if error is not None:
                waiter.set_exception(error)
            elif target <= self._written:
                waiter.set_result(None)
            else:
                self._waiters.append((target, waiter))
