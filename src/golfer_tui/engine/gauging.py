"""What becomes of each sample: a signal at once, an event in ten seconds, and an alarm for GPUs that idle."""

import asyncio
from collections.abc import Callable

from golfer_tui.costs.idling import Idling
from golfer_tui.model import events as ev
from golfer_tui.model import signals as sg
from golfer_tui.model import worker_events as we
from golfer_tui.model.gauges import Sample
from golfer_tui.model.settings import PoolSettings

GAUGE_SECONDS = 10.0
"""One sample in so many seconds is kept as an event; all are published as signals."""


class Gauging:
    """Takes the samples of all workers of a session."""

    def __init__(
        self,
        settings: PoolSettings,
        *,
        publish: Callable[[sg.Signal], None],
        emit: Callable[[ev.Draft], None],
        note: Callable[[str], None],
        paused: Callable[[str], bool] = lambda worker: False,
    ) -> None:
        """
        Args:
            settings: When a GPU idles.
            publish: Takes what is not stored.
            emit: Writes to the journal.
            note: Tells the orchestrator.
            paused: Whether a worker is paused: that its GPUs do nothing then is what was asked for.
        """
        self._publish = publish
        self._emit = emit
        self._note = note
        self._paused = paused
        self._idling = Idling(settings.idle_gpu_minutes, settings.idle_gpu_percent)
        self._kept: dict[str, float] = {}

    def take(self, worker: str, sample: Sample) -> None:
        """One sample, about one a second of each worker."""
        self._publish(sg.Gauged(worker, sample))
        now = asyncio.get_running_loop().time()
        if now - self._kept.get(worker, -GAUGE_SECONDS) >= GAUGE_SECONDS:
            self._kept[worker] = now
            self._emit(ev.Draft(we.WorkerGauge(sample=sample), worker))
        if self._paused(worker):
            self._idling.forget(worker)
            return
        idle = self._idling.take(worker, sample, now)
        if idle is not None:
            minutes, percent = self._idling.minutes, self._idling.percent
            self._emit(ev.Draft(we.WorkerIdle(gpus=idle, minutes=minutes, percent=percent), worker))
            if idle:
                which = f"GPU {idle[0]}" if len(idle) == 1 else f"GPUs {', '.join(map(str, idle))}"
                self._note(
                    f"{which} of worker {worker} did next to nothing for {minutes:g} minutes. "
                    "Look at what it does, and end it if it does not need them."
                )

    def forget(self, worker: str) -> None:
        """Its sandbox has ended."""
        self._idling.forget(worker)
        self._kept.pop(worker, None)
