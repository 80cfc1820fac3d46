"""All panes of a session, fed within a budget, so that a worker that prints as fast as it can slows nothing down."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from golfer_tui.model.worker_fold import Worker
from golfer_tui.terminal.tape import Tape
from golfer_tui.tui.memory import give_back
from golfer_tui.tui.pane import Pane

SLICE = 32 * 1024
"""Bytes fed to one pane before the next one has its turn."""

PIECE = 64 * 1024
"""Bytes of what was printed before the tape that are fetched and fed at once."""

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
        self._loud: set[str] = set()
        """Workers whose panes were fed since the last `rest`."""
        self._loose: set[str] = set()
        """Workers whose panes were fed before that, and take more memory than they need."""

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
                self._loud.add(name)
            if taken >= SLICE:
                self._touched.add(name)
        return bool(self._touched)

    def feed_now(self, worker: str) -> set[int]:
        """Feed one pane a slice. Returns its dirty rows."""
        pane = self.get(worker)
        if pane is None or not pane.feed(SLICE):
            return set()
        self._loud.add(worker)
        if not pane.behind:
            self._touched.discard(worker)
        return pane.dirty()

    def rest(self) -> bool:
        """Let the panes that were fed nothing since the last call take less memory. Returns whether others wait."""
        quiet = [pane for name in self._loose - self._loud if (pane := self._panes.get(name))]
        for pane in quiet:
            pane.rest()
        if quiet:
            give_back()
        self._loose, self._loud = self._loud, set()
        return bool(self._loose)

    async def lengthen(self, worker: str, offset: int, fetch: Callable[[int, int], Awaitable[bytes]]) -> bool:
        """Let a pane begin at `offset`, with what `fetch(offset, size)` gives of the bytes before the tape.

        False if it cannot be done now: somebody reads or types there, or the bytes do not reach up to the tape.
        """
        old, tape = self._panes.get(worker), self._tape(worker)
        if old is None or tape is None or not _free(old) or offset >= tape.start:
            return False
        pane = Pane(self._workers[worker], tape, before=tape.start - offset)
        try:
            pane.resize(old.columns, old.rows)
            while missing := pane.missing:
                if not (data := await fetch(pane.offset, min(PIECE, missing))):
                    return False
                pane.give(data)
                pane.feed(len(data))
            while pane.feed(SLICE):  # noqa: ASYNC110 - a turn for others, and no waiting
                await asyncio.sleep(0)
            pane.compact()
            if self._panes.get(worker) is old and _free(old) and (pane.columns, pane.rows) == (old.columns, old.rows):
                self._panes[worker], pane = pane, old
                self._fed.add(worker)
                self._loud.add(worker)
                return True
            return False
        finally:
            pane.close()

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


def _free(pane: Pane) -> bool:
    return not (pane.reading.busy or pane.held)
