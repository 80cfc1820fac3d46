"""The recorder: it follows every worker's tape with cursors of its own, writes the recordings and reads the metrics.

Bytes go to disk in batches, off the path of the screen: first the recording, then the events that point into it.
"""

import asyncio
import codecs
import contextlib
from collections.abc import Callable

from golfer_tui.experiments.metrics import MetricReader
from golfer_tui.model import events as ev
from golfer_tui.model.errors import StoreError
from golfer_tui.model.signals import Signal, StoreRefused, TerminalChanged
from golfer_tui.store.recordings import Recording
from golfer_tui.store.store import Store
from golfer_tui.terminal.tape import Cursor, Tape

INTERVAL = 0.1
"""Seconds between two batches while something is printed: how much a crash can cost at most."""

BATCH = 64 * 1024
"""Bytes of one `worker.output` event at most."""

RESTORED = 512 * 1024
"""Bytes of a recording that a resumed pane gets back."""


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


class Recorder:
    """Owner of all tapes and recordings of a session."""

    def __init__(
        self, store: Store, session: str, emit: Callable[[ev.Draft], None], signal: Callable[[Signal], None]
    ) -> None:
        self._store = store
        self._session = session
        self._emit = emit
        self._signal = signal
        self._tracks: dict[str, _Track] = {}
        self._printed = asyncio.Event()
        self._flushing = asyncio.Lock()
        self._told: set[str] = set()
        """Refusals of the disk that were told; each kind once."""

    def tape(self, worker: str) -> Tape | None:
        """The tape of a worker that was started or restored, over all its attempts."""
        track = self._tracks.get(worker)
        return None if track is None else track.tape

    def tape_of(self, worker: str) -> Tape:
        """The tape of a worker; a new one for a new worker."""
        if worker not in self._tracks:
            self._follow(worker, Tape())
        return self._tracks[worker].tape

    async def restore(self, worker: str) -> None:
        """Bring a stored worker's tape back, with the end of what was recorded."""
        recording = await self._store.recording(self._session, worker)
        start, tail = await recording.tail(RESTORED)
        tape = Tape(start)
        tape.append(tail)
        self._follow(worker, tape)
        self._tracks[worker].recording = recording
        if recording.cut:
            text = f"{recording.cut} bytes at the end of {worker}'s recording were unfinished and were cut off."
            self._emit(ev.Draft(ev.Notice(level="info", code="recording.cut", text=text), worker))

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
            try:
                await self.flush()
            except StoreError as error:
                # The journal will be refused as well and tells it; the tapes hold the bytes until the disk takes them.
                if error.code not in self._told:
                    self._told.add(error.code)
                    self._signal(StoreRefused(error.message, error.hint))
                self._printed.set()
            await asyncio.sleep(INTERVAL)

    async def flush(self) -> None:
        """Record all that is on the tapes now."""
        async with self._flushing:
            for worker, track in tuple(self._tracks.items()):
                if track.cursor.behind and track.recording is None:
                    track.recording = await self._store.recording(self._session, worker)
                while track.cursor.behind and track.recording is not None:
                    offset = track.cursor.offset
                    data = track.tape.peek(offset, BATCH)
                    await track.recording.append(data, offset)
                    # The cursor moves only now: until the bytes are on disk, the tape keeps them.
                    track.cursor.read(len(data))
                    self._tell(worker, track, offset, data)

    def _tell(self, worker: str, track: _Track, offset: int, data: bytes) -> None:
        output = ev.WorkerOutput(text=track.decoder.decode(data), offset=offset, size=len(data))
        self._emit(ev.Draft(output, worker, "worker"))
        for found in track.metrics.feed(data):
            metric = ev.WorkerMetric(name=found.name, value=found.value, step=found.step, offset=found.offset)
            self._emit(ev.Draft(metric, worker, "worker"))

    async def close(self) -> None:
        """Record the rest and close the files."""
        try:
            await self.flush()
        finally:
            for track in self._tracks.values():
                track.cursor.close()
                if track.recording is not None:
                    with contextlib.suppress(StoreError):
                        await track.recording.close()
