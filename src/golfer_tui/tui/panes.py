"""All panes of a session, fed within a budget, so that a worker that prints as fast as it can slows nothing down."""

import time
from collections.abc import Callable, Mapping

from golfer_tui.model.session import Worker
from golfer_tui.terminal.tape import Tape
from golfer_tui.tui.pane import Pane

SLICE = 32 * 1024
"""Bytes fed to one pane before the next one has its turn."""

FRAME_SECONDS = 0.002
"""Time after which no more is fed in a frame than a slice of each pane; what is left waits for the next one. Of what is
printed faster than that, the engine sends the end."""


class Panes:
    """Keeps one pane for each worker that has printed something."""

    def __init__(self, workers: Mapping[str, Worker], tape: Callable[[str], Tape | None]) -> None:
        self._workers = workers
        self._tape = tape
        self._panes: dict[str, Pane] = {}
        self._touched: set[str] = set(workers)
        self._fed: set[str] = set()
        """Workers whose panes were fed since the last frame."""

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
        """Feed what waits, for a bounded time. Returns the rows that are dirty now by worker, and if more waits."""
        end = time.perf_counter() + FRAME_SECONDS
        while self._feed_some() and time.perf_counter() < end:
            pass
        fed, self._fed = self._fed, set()
        return {name: pane.dirty() for name in fed if (pane := self._panes.get(name))}, bool(self._touched)

    def _feed_some(self) -> bool:
        """Feed each pane a slice, quiet ones first. Returns whether more is waiting."""
        waiting = [(pane.behind, name, pane) for name in self._touched if (pane := self.get(name))]
        self._touched.clear()
        for _, name, pane in sorted(waiting):
            if taken := pane.feed(SLICE):
                self._fed.add(name)
            if taken >= SLICE:
                self._touched.add(name)
        return bool(self._touched)

    def feed_now(self, worker: str) -> set[int]:
        """Feed one pane a slice. Returns its dirty rows."""
        pane = self.get(worker)
        if pane is None or not pane.feed(SLICE):
            return set()
        if not pane.behind:
            self._touched.discard(worker)
        return pane.dirty()

    def drop(self, worker: str) -> None:
        """Forget the pane of a worker; the next look makes another one."""
        if (pane := self._panes.pop(worker, None)) is not None:
            pane.close()

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
