"""The recorder: it follows every worker's tape with cursors of its own, writes the recordings and reads the metrics.

Bytes go to disk in batches, off the path of the screen: first the recording, then the events that point into it.
"""

import asyncio
import codecs
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from golfer_tui.experiments.metrics import LINE, Metric, MetricReader
from golfer_tui.experiments.thinning import Thinner
from golfer_tui.model import events as ev
from golfer_tui.model.errors import StoreError
from golfer_tui.model.signals import Signal, StoreRefused, TerminalChanged
from golfer_tui.store.database import settle
from golfer_tui.store.recordings import Batch, Recording, record
from golfer_tui.store.store import Store
from golfer_tui.terminal.printed import SIZE, Printed
from golfer_tui.terminal.tape import Cursor, Tape

INTERVAL = 0.05
"""Seconds from the begin of one batch to that of the next while something is printed. What a crash can cost is this and
the time until the batch is on disk."""

REST = 0.01
"""Seconds between two batches at least, however long one took."""

TELL = 0.2
"""Seconds between two `worker.output` events of one worker, unless a whole one is there or all is asked for."""

BATCH = 256 * 1024
"""Bytes of one `worker.output` event at most."""

SLICE = 32 * 1024
"""Bytes that are searched for metrics at once. In a thread this would cost the loop more, for it would have to wait for
the interpreter at each read of a terminal."""

TURN = 0.001
"""Seconds that the search may take before other work of the loop gets its turn."""

PATIENCE = 1.0
"""Seconds that a batch waits for a full journal."""

RESTORED = 64 * 1024
"""Bytes of a recording that a resumed pane gets back at once; the log reads all of it."""


class Restored(NamedTuple):
    """A recording that was brought back."""

    end: int
    """Offset after its last byte."""
    cut: int
    """Bytes of the file that a crash had left unfinished; they are gone."""


class _Track:
    """One worker's tape and what follows it."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.cursor: Cursor = tape.cursor(tape.end)
        self.metrics = MetricReader(tape.end)
        # Carries a character that a batch cuts in two over to the next.
        self.decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.recording: Recording | None = None
        """Opened with the first bytes."""
        self.size = SIZE
        """Columns and rows of the terminal, as far as we were told."""
        self.sizes: deque[tuple[int, tuple[int, int]]] = deque()
        """Offsets on the tape at which the terminal had another size, and the sizes, until they are recorded."""
        self.thinner = Thinner()
        self.untold = bytearray()
        """What is on disk, and not told yet: the bytes before the cursor."""
        self.told = 0.0
        """When the last event told of output, by the monotonic clock."""

    def resize(self, size: tuple[int, int]) -> None:
        """The terminal has this size from now on."""
        if size == self.size:
            return
        self.size = size
        if self.sizes and self.sizes[-1][0] == self.tape.end:
            self.sizes.pop()
        self.sizes.append((self.tape.end, size))

    def due(self, target: int) -> bool:
        """True while something up to this offset is not recorded."""
        return self.cursor.offset < target or bool(self.recording and self.sizes and self.sizes[0][0] <= target)


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
        self._tracks: dict[str, _Track] = {}
        self._printed = asyncio.Event()
        self._flushing = asyncio.Lock()
        self._closing = False
        self._told: set[str] = set()
        """Refusals of the disk that were told; each kind once."""

    def tape(self, worker: str) -> Tape | None:
        """The tape of a worker that was started or restored, over all its attempts."""
        track = self._tracks.get(worker)
        return None if track is None else track.tape

    async def printed(self, worker: str, offset: int, size: int) -> list[Printed]:
        """Up to `size` bytes from this offset on: what is recorded as it was recorded, the rest as it is on the tape.

        Raises:
            StoreError: `recording.failed`.
        """
        track = self._tracks.get(worker)
        if track is None:
            return []
        found: list[Printed] = []
        if track.recording is not None and offset < track.recording.end:
            found = await track.recording.printed(offset, size)
        at = found[-1].end if found else offset
        if track.tape.start <= at and (data := track.tape.peek(at, offset + size - at)):
            found.append(Printed(at, data, time.time(), *(track.size if all(track.size) else SIZE)))
        return found

    def tape_of(self, worker: str) -> Tape:
        """The tape of a worker whose sandbox is about to be made; a new one for a new worker."""
        if worker not in self._tracks:
            self._follow(worker, Tape())
        self.resize(worker, *SIZE)
        return self._tracks[worker].tape

    def resize(self, worker: str, columns: int, rows: int) -> None:
        """The worker's terminal has this size from now on, in cells. It is recorded before what is printed next."""
        if (track := self._tracks.get(worker)) is not None:
            track.resize((columns, rows))
            self._printed.set()

    async def restore(self, worker: str) -> Restored:
        """Bring a stored worker's tape back, with the end of what was recorded."""
        recording = await self._store.recording(self._session, worker)
        start, tail = await recording.tail(RESTORED)
        tape = Tape(start)
        tape.append(tail)
        self._follow(worker, tape)
        track = self._tracks[worker]
        track.recording, track.size = recording, (0, 0)  # The size that was recorded last is not known.
        return Restored(recording.end, recording.cut)

    async def tell_rest(self, worker: str, told: int) -> None:
        """Tell of what a restored worker printed after the offset `told`, up to which events tell of it.

        A crash may have come between the recording and the event.
        """
        track = self._tracks[worker]
        if (recording := track.recording) is not None and told < recording.end:
            begun = await recording.read(max(told - LINE, 0), min(told, LINE))
            line = max(begun.rfind(b"\n"), begun.rfind(b"\r")) + 1
            track.metrics = MetricReader(told - len(begun) + line)
            track.metrics.feed(begun[line:])
            for offset in range(told, recording.end, BATCH):
                data = await recording.read(offset, min(BATCH, recording.end - offset))
                self._tell(worker, track, offset, data, track.metrics.feed(data))
            # What comes next is another command's: it does not complete the last line.
            track.metrics = MetricReader(recording.end)
            track.decoder.reset()

    def _follow(self, worker: str, tape: Tape) -> None:
        self._tracks[worker] = _Track(tape)
        tape.listen(lambda: self._dirty(worker))

    def _dirty(self, worker: str) -> None:
        self._signal(TerminalChanged(worker))
        self._printed.set()

    async def run(self) -> None:
        """Record for ever; cancel to end, then `close`."""
        while True:
            await self._printed.wait()
            self._printed.clear()
            begun = time.monotonic()
            try:
                await settle(self._flush(told=False))
            except StoreError as error:
                # The journal will be refused as well and tells it; the tapes hold the bytes until the disk takes them.
                if error.code not in self._told:
                    self._told.add(error.code)
                    self._signal(StoreRefused(error.message, error.hint))
                self._printed.set()
            if any(track.untold for track in self._tracks.values()):
                self._printed.set()
            await asyncio.sleep(max(REST, begun + INTERVAL - time.monotonic()))

    async def flush(self) -> None:
        """Record and tell all that is on the tapes now.

        Raises:
            StoreError: of the first worker whose bytes were refused; those of the others are recorded.
        """
        await settle(self._flush(told=True))

    async def _flush(self, *, told: bool) -> None:
        async with self._flushing:
            targets = {worker: track.tape.end for worker, track in self._tracks.items()}
            refusal: StoreError | None = None
            # One batch of each in turn, so that a worker that prints without end keeps nobody waiting. To the disk with
            # all of them before anything is read in them: what is not there yet is what a crash would cost.
            while due := [worker for worker in targets if self._tracks[worker].due(targets[worker])]:
                batches, refused = await self._prepare(due)
                if batches:
                    refused |= await self._write(batches)
                for worker, error in refused.items():
                    refusal = refusal or error
                    del targets[worker]
                await self._tell_full()
            for worker, track in self._tracks.items():
                if track.untold and (told or time.monotonic() >= track.told + TELL):
                    await self._read(worker, track)
            if refusal is not None:
                raise refusal

    async def _prepare(self, workers: list[str]) -> tuple[dict[str, Batch], dict[str, StoreError]]:
        """The next batch of each, after the changes of its size that come before it; and whose recording is refused."""
        batches: dict[str, Batch] = {}
        refused: dict[str, StoreError] = {}
        for worker in workers:
            try:
                if (batch := await self._next(worker, self._tracks[worker])) is not None:
                    batches[worker] = batch
            except StoreError as error:
                refused[worker] = error
        return batches, refused

    async def _next(self, worker: str, track: _Track) -> Batch | None:
        offset, limit = track.cursor.offset, BATCH - len(track.untold)
        if track.recording is None:
            while track.sizes and track.sizes[0][0] <= offset:
                track.sizes.popleft()
            columns, rows = track.size if not track.sizes else SIZE
            track.recording = await self._store.recording(self._session, worker, columns=columns, rows=rows)
        if track.sizes:
            at, size = track.sizes[0]
            if at <= offset:
                await track.recording.resize(*size)
                track.sizes.popleft()
                return None
            limit = min(limit, at - offset)
        return Batch(track.recording, offset, track.tape.peek(offset, limit))

    async def _write(self, batches: dict[str, Batch]) -> dict[str, StoreError]:
        """Record them; returns what was refused, by worker."""
        errors = await record(list(batches.values()))
        refused: dict[str, StoreError] = {}
        for (worker, batch), error in zip(batches.items(), errors, strict=True):
            if error is not None:
                refused[worker] = error
                continue
            # The cursor moves only now: until the bytes are on disk, the tape keeps them.
            track = self._tracks[worker]
            track.cursor.read(len(batch.data))
            track.untold += batch.data
        return refused

    async def _tell_full(self) -> None:
        for worker, track in self._tracks.items():
            if len(track.untold) == BATCH:
                await self._read(worker, track)

    async def _read(self, worker: str, track: _Track) -> None:
        """Tell of what was recorded, with the metrics in it."""
        data, track.untold, track.told = bytes(track.untold), bytearray(), time.monotonic()
        offset = track.cursor.offset - len(data)
        found: list[Metric] = []
        turn = time.perf_counter()
        for start in range(0, len(data), SLICE):
            found += track.metrics.feed(data[start : start + SLICE])
            if time.perf_counter() - turn > TURN:
                await asyncio.sleep(0)
                turn = time.perf_counter()
        await self._journal_ready()
        self._tell(worker, track, offset, data, found)

    async def _journal_ready(self) -> None:
        """Wait while the journal is full. Not for ever: what was recorded is to be told, also if the disk refuses."""
        if not self._closing:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._ready()

    def _tell(self, worker: str, track: _Track, offset: int, data: bytes, found: list[Metric]) -> None:
        output = ev.WorkerOutput.of(track.decoder.decode(data), offset, data)
        self._emit(ev.Draft(output, worker, "worker"))
        for each in track.thinner.pick(found, time.monotonic()):
            metric = ev.WorkerMetric(name=each.name, value=each.value, step=each.step, offset=each.offset)
            self._emit(ev.Draft(metric, worker, "worker"))

    async def close(self) -> None:
        """Record the rest and close the files."""
        self._closing = True
        try:
            await self.flush()
        finally:
            for track in self._tracks.values():
                track.cursor.close()
                if track.recording is not None:
                    with contextlib.suppress(StoreError):
                        await track.recording.close()
