"""What the screen knows beside the session's fold: signals, which nobody stores, kept since they were heard."""

import collections
import dataclasses as dc

from golfer_tui.model.gauges import Sample
from golfer_tui.model.signals import Gauged, QueueMoved

REMEMBERED = 240
"""Samples kept of one worker; about one comes each second while it does anything."""


def _series() -> "collections.deque[float]":
    return collections.deque(maxlen=REMEMBERED)


@dc.dataclass(slots=True)
class Meter:
    """The last minutes of one worker, oldest first."""

    cpu: "collections.deque[float]" = dc.field(default_factory=_series)
    """Percent of one core."""
    memory: "collections.deque[float]" = dc.field(default_factory=_series)
    """Bytes."""
    gpu: "collections.deque[float]" = dc.field(default_factory=_series)
    """Percent, mean over its GPUs that tell it."""
    gpu_memory: "collections.deque[float]" = dc.field(default_factory=_series)
    """Bytes, summed over its GPUs."""
    each: "list[collections.deque[float]]" = dc.field(default_factory=list)
    """Percent, of each GPU by itself."""

    def add(self, sample: Sample) -> None:
        self.cpu.append(sample.cpu)
        self.memory.append(sample.memory)
        if (use := use_of(sample)) is not None:
            self.gpu.append(use)
        if any(gpu.memory_used is not None for gpu in sample.gpus):
            self.gpu_memory.append(sum(gpu.memory_used or 0 for gpu in sample.gpus))
        self.each += [_series() for _ in sample.gpus[len(self.each) :]]
        for series, gpu in zip(self.each, sample.gpus, strict=False):
            if gpu.utilization is not None:
                series.append(gpu.utilization)


def use_of(sample: Sample) -> float | None:
    """Percent, mean over the GPUs that tell it; None if none does."""
    told = [gpu.utilization for gpu in sample.gpus if gpu.utilization is not None]
    return sum(told) / len(told) if told else None


@dc.dataclass(slots=True)
class Live:
    """Meters and places in the queue."""

    meters: dict[str, Meter] = dc.field(default_factory=dict)
    """By worker."""
    waiting: dict[str, tuple[int, str]] = dc.field(default_factory=dict)
    """By worker: its place in the queue, 1 is next, and what it waits for."""
    samples: dict[str, Sample] = dc.field(default_factory=dict)
    """The newest sample by worker."""

    shells: set[str] = dc.field(default_factory=set)
    """Workers in whose sandboxes the person has a shell open."""

    def gauged(self, signal: Gauged) -> None:
        self.samples[signal.worker] = signal.sample
        self.meters.setdefault(signal.worker, Meter()).add(signal.sample)

    def queue_moved(self, signal: QueueMoved) -> set[str]:
        """Take the new queue; returns the workers whose place changed."""
        now = {name: (place, reason) for place, (name, reason) in enumerate(signal.waiting, 1)}
        changed = {name for name in now.keys() | self.waiting.keys() if now.get(name) != self.waiting.get(name)}
        self.waiting = now
        return changed

    def forget(self, worker: str) -> None:
        """The worker begins again: what was measured before is not its own."""
        self.samples.pop(worker, None)
        self.meters.pop(worker, None)
