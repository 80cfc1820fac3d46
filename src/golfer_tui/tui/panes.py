"""All panes of a session, fed within a budget, so that a worker that prints as fast as it can slows nothing down."""

import time
from collections.abc import Callable, Mapping

from golfer_tui.model.session import Worker
from golfer_tui.terminal.tape import Tape
from golfer_tui.tui.pane import Pane

SLICE = 32 * 1024
"""Bytes fed to one pane before the next one has its turn."""

PANE_BYTES = 256 * 1024
"""Bytes fed to one pane in one frame; at 30 frames a second some 8 MB/s."""

FRAME_SECONDS = 0.008
"""Time that feeding may take of one frame."""


class Panes:
    """Keeps one pane for each worker that has printed something."""

    def __init__(self, workers: Mapping[str, Worker], tape: Callable[[str], Tape | None]) -> None:
        self._workers = workers
        self._tape = tape
        self._panes: dict[str, Pane] = {}
        self._touched: set[str] = set(workers)

    def touch(self, worker: str) -> None:
        """There may be something to feed: bytes, or a command that began or ended."""
        self._touched.add(worker)

    def get(self, worker: str) -> Pane | None:
        """The pane of a worker; None as long as it has no tape."""
        pane = self._panes.get(worker)
        if pane is None and (known := self._workers.get(worker)) and (tape := self._tape(worker)):
            pane = self._panes[worker] = Pane(known, tape)
            self._touched.add(worker)
        return pane

    def feed(self) -> tuple[dict[str, set[int]], bool]:
        """Feed one frame's worth, quiet panes first. Returns the dirty rows by worker, and whether more is waiting."""
        waiting = {name: pane for name in self._touched if (pane := self.get(name))}
        self._touched.clear()
        left = dict.fromkeys(sorted(waiting, key=lambda name: waiting[name].behind), PANE_BYTES)
        fed: set[str] = set()
        end = time.perf_counter() + FRAME_SECONDS
        while left and time.perf_counter() < end:
            for name in tuple(left):
                taken = waiting[name].feed(min(SLICE, left[name]))
                if taken:
                    fed.add(name)
                left[name] -= taken
                if not taken:
                    del left[name]
                elif left[name] <= 0:
                    del left[name]
                    self._touched.add(name)
        self._touched |= left.keys()
        return {name: waiting[name].dirty() for name in fed}, bool(self._touched)

    def restyle(self) -> None:
        """The colours of the cockpit changed."""
        for pane in self._panes.values():
            pane.restyle()

    def close(self) -> None:
        """Let go of all tapes."""
        for pane in self._panes.values():
            pane.close()
        self._panes.clear()
        self._touched.clear()
