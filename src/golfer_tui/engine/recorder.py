"""The recorder: it follows every worker's tape and writes the recordings; what is on disk is told, with its metrics.

Both are off the path of the screen, and apart: what waits for the journal keeps no bytes from the disk, for what is not
there yet is what a crash would cost.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from golfer_tui.engine.telling import Telling
from golfer_tui.engine.track import Track
from golfer_tui.model import events as ev
from golfer_tui.model.errors import StoreError
from golfer_tui.model.signals import Signal, StoreRefused, TerminalChanged
from golfer_tui.store.database import settle
from golfer_tui.store.recordings import Batch
from golfer_tui.store.store import Store
from golfer_tui.terminal.printed import SIZE, Printed
from golfer_tui.terminal.tape import Tape

INTERVAL = 0.05
"""Seconds from the begin of one batch to that of the next while something is printed. What a crash can cost is this and
the time until the batch is on disk."""

REST = 0.01
"""Seconds between two batches at least, however long one took."""

PATIENCE = 1.0
"""Seconds that what was recorded waits for a full journal."""

RESTORED = 64 * 1024
"""Bytes of a recording that a resumed pane gets back at once; the log reads all of it."""


class Restored(NamedTuple):
    """A recording that was brought back."""

    end: int
    """Offset after its last byte."""
    cut: int
    """Bytes of the file that a crash had left unfinished; they are gone."""


class _Worker(NamedTuple):
    track: Track
    telling: Telling


class Recorder:
    """Owner of all tapes and recordings of a session."""

    def __init__(
        self,
        store: Store,
        session: str,
        emit: Callable[[ev.Draft], None],
        ready: Callable[[], Awaitable[None]],
        signal: Callable[[Signal], None],
    ) -> None:
        """`emit` takes events for the journal, `ready` waits while that is full."""
        self._store = store
        self._session = session
        self._emit = emit
        self._ready = ready
        self._signal = signal
        self._workers: dict[str, _Worker] = {}
        self._printed = asyncio.Event()
        """There may be something to be written."""
        self._recorded = asyncio.Event()
        """There may be something to be told."""
        self._writing = asyncio.Lock()
        self._telling = asyncio.Lock()
        self._closing = False
        self._told: set[str] = set()
        """Refusals of the disk that were told; each kind once."""

    def tape(self, worker: str) -> Tape | None:
        """The tape of a worker that was started or restored, over all its attempts."""
        found = self._workers.get(worker)
        return None if found is None else found.track.tape

    async def printed(self, worker: str, offset: int, size: int) -> list[Printed]:
        """Up to `size` bytes from this offset on: what is recorded as it was recorded, the rest as it is on the tape.

        Raises:
            StoreError: `recording.failed`.
        """
        if worker not in self._workers:
            return []
        track = self._workers[worker].track
        found: list[Printed] = []
        if track.recording is not None and offset < track.recording.end:
            found = await track.recording.printed(offset, size)
        at = found[-1].end if found else offset
        if track.tape.start <= at and (data := track.tape.peek(at, offset + size - at)):
            found.append(Printed(at, data, time.time(), *(track.size if all(track.size) else SIZE)))
        return found

    def tape_of(self, worker: str) -> Tape:
        """The tape of a worker whose sandbox is about to be made; a new one for a new worker."""
        if worker not in self._workers:
            self._follow(worker, Tape())
        self.resize(worker, *SIZE)
        return self._workers[worker].track.tape

    def resize(self, worker: str, columns: int, rows: int) -> None:
        """The worker's terminal has this size from now on, in cells. It is recorded before what is printed next."""
        if (found := self._workers.get(worker)) is not None:
            found.track.resize((columns, rows))
            self._printed.set()

    async def restore(self, worker: str) -> Restored:
        """Bring a stored worker's tape back, with the end of what was recorded."""
        recording = await self._store.recording(self._session, worker)
        start, tail = await recording.tail(RESTORED)
        tape = Tape(start)
        tape.append(tail)
        track = self._follow(worker, tape)
        track.recording, track.size = recording, (0, 0)  # The size that was recorded last is not known.
        return Restored(recording.end, recording.cut)

    async def tell_rest(self, worker: str, told: int) -> None:
        """Tell of what a restored worker printed after the offset `told`, up to which events tell of it."""
        track, telling = self._workers[worker]
        if track.recording is not None:
            await telling.tell_restored(track.recording, told)

    def _follow(self, worker: str, tape: Tape) -> Track:
        track = Track(tape)
        self._workers[worker] = _Worker(track, Telling(worker, tape, self._emit, self._journal_ready))
        tape.listen(lambda: self._dirty(worker))
        return track

    def _dirty(self, worker: str) -> None:
        self._signal(TerminalChanged(worker))
        self._printed.set()

    async def run(self) -> None:
        """Record and tell for ever; cancel to end, then `close`."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._keep_writing(), name="recorder")
            both.create_task(self._keep_telling(), name="recorder's telling")

    async def flush(self) -> None:
        """Record and tell all that is on the tapes now.

        Raises:
            StoreError: of the first worker whose bytes were refused; those of the others are recorded.
        """
        try:
            await settle(self._write())
        finally:
            await settle(self._tell(everything=True))

    # To the disk

    async def _keep_writing(self) -> None:
        while True:
            await self._printed.wait()
            self._printed.clear()
            begun = time.monotonic()
            try:
                await settle(self._write())
            except StoreError as error:
                # The journal will be refused as well and tells it; the tapes hold the bytes until the disk takes them.
                if error.code not in self._told:
                    self._told.add(error.code)
                    self._signal(StoreRefused(error.message, error.hint))
                self._printed.set()
            await asyncio.sleep(max(REST, begun + INTERVAL - time.monotonic()))

    async def _write(self) -> None:
        async with self._writing:
            targets = {worker: track.tape.end for worker, (track, _) in self._workers.items()}
            refusal: StoreError | None = None
            # One batch of each in turn, so that a worker that prints without end keeps nobody waiting.
            while due := [worker for worker in targets if self._workers[worker].track.due(targets[worker])]:
                batches, refused = await self._prepare(due)
                if batches:
                    refused |= await self._record(batches)
                self._recorded.set()
                for worker, error in refused.items():
                    refusal = refusal or error
                    del targets[worker]
            if refusal is not None:
                raise refusal

    async def _prepare(self, workers: list[str]) -> tuple[dict[str, Batch], dict[str, StoreError]]:
        """The next batch of each, after the changes of its size that come before it; and whose recording is refused."""
        batches: dict[str, Batch] = {}
        refused: dict[str, StoreError] = {}
        for worker in workers:
            try:
                batch = await self._workers[worker].track.next(self._store, self._session, worker)
            except StoreError as error:
                refused[worker] = error
            else:
                if batch is not None:
                    batches[worker] = batch
        return batches, refused

    async def _record(self, batches: dict[str, Batch]) -> dict[str, StoreError]:
        """Returns what was refused, by worker."""
        refused: dict[str, StoreError] = {}
        errors = await self._store.record(list(batches.values()))
        for (worker, batch), error in zip(batches.items(), errors, strict=True):
            if error is None:
                self._workers[worker].track.written.read(len(batch.data))
            else:
                refused[worker] = error
        return refused

    # To the journal

    async def _keep_telling(self) -> None:
        while True:
            await self._recorded.wait()
            self._recorded.clear()
            if not await settle(self._tell(everything=False)):
                self._recorded.set()
            await asyncio.sleep(INTERVAL)

    async def _tell(self, *, everything: bool) -> bool:
        """Tell of what is on disk. Returns whether it was all."""
        async with self._telling:
            done = True
            for track, telling in list(self._workers.values()):
                done &= await telling.tell(track.written.offset, everything=everything)
                if track.recording is not None:
                    await track.recording.save_marks()
            return done

    async def _journal_ready(self) -> None:
        """Wait while the journal is full. Not for ever: what was recorded is to be told, also if the disk refuses."""
        if not self._closing:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._ready()

    async def close(self) -> None:
        """Record and tell the rest, and close the files."""
        self._closing = True
        try:
            await self.flush()
        finally:
            for track, telling in self._workers.values():
                track.written.close()
                telling.told.close()
                if track.recording is not None:
                    with contextlib.suppress(StoreError):
                        await track.recording.close()
