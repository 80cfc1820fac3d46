"""Telling what a worker printed, once it is on disk: as events, and as the metrics that are read in it."""

import asyncio
import codecs
import math
import time
from collections.abc import Awaitable, Callable

from golfer_tui.experiments.metrics import LINE, Metric, MetricReader
from golfer_tui.experiments.thinning import Thinner
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.store.recordings import Recording
from golfer_tui.terminal.tape import Tape

INTERVAL = 0.2
"""Seconds between two `worker.output` events of one worker, unless a whole one is there or all is asked for."""

BATCH = 256 * 1024
"""Bytes of one `worker.output` event at most."""

SLICE = 32 * 1024
"""Bytes that are searched for metrics at once. In a thread this would cost the loop more, for it would have to wait for
the interpreter at each read of a terminal."""

TURN = 0.001
"""Seconds that the search may take before other work of the loop gets its turn."""


class Telling:
    """One worker's output on its way to the journal."""

    def __init__(
        self, worker: str, tape: Tape, emit: Callable[[ev.Draft], None], ready: Callable[[], Awaitable[None]]
    ) -> None:
        """`emit` takes events for the journal, `ready` waits while that is full."""
        self.told = tape.cursor(tape.end)
        """Up to here it was told; the tape keeps the rest."""
        self._worker = worker
        self._tape = tape
        self._emit = emit
        self._ready = ready
        self._metrics = MetricReader(tape.end)
        # Carries a character that an event cuts in two over to the next.
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._thinner = Thinner()
        self._last = -math.inf
        """When it told last, by the monotonic clock."""

    async def tell(self, end: int, *, everything: bool) -> bool:
        """Tell of what was printed before the offset `end`. Returns whether it was all of it."""
        while (size := min(BATCH, end - self.told.offset)) > 0:
            if size < BATCH and not everything and time.monotonic() < self._last + INTERVAL:
                return False
            data, offset = self._tape.peek(self.told.offset, size), self.told.offset
            found = await self._read(data)
            await self._ready()
            self._say(offset, data, found)
            self.told.read(size)
            self._last = time.monotonic()
        return True

    async def tell_restored(self, recording: Recording, told: int) -> None:
        """Tell of what was recorded after the offset `told`; a crash may have come between recording and telling."""
        if told >= recording.end:
            return
        begun = await recording.read(max(told - LINE, 0), min(told, LINE))
        line = max(begun.rfind(b"\n"), begun.rfind(b"\r")) + 1
        self._metrics = MetricReader(told - len(begun) + line)
        self._metrics.feed(begun[line:])
        for offset in range(told, recording.end, BATCH):
            data = await recording.read(offset, min(BATCH, recording.end - offset))
            self._say(offset, data, self._metrics.feed(data))
        # What comes next is another command's: it does not complete the last line.
        self._metrics = MetricReader(recording.end)
        self._decoder.reset()

    async def _read(self, data: bytes) -> list[Metric]:
        """The metrics in what comes next."""
        found: list[Metric] = []
        turn = time.perf_counter()
        for start in range(0, len(data), SLICE):
            found += self._metrics.feed(data[start : start + SLICE])
            if time.perf_counter() - turn > TURN:
                await asyncio.sleep(0)
                turn = time.perf_counter()
        return found

    def _say(self, offset: int, data: bytes, found: list[Metric]) -> None:
        output = we.WorkerOutput.of(self._decoder.decode(data), offset, data)
        self._emit(ev.Draft(output, self._worker, "worker"))
        for each in self._thinner.pick(found, time.monotonic()):
            metric = we.WorkerMetric(name=each.name, value=each.value, step=each.step, offset=each.offset)
            self._emit(ev.Draft(metric, self._worker, "worker"))
