"""The crew: all workers with their places. It moves them from the queue into a life, and from a life to its end.

Everything here but `end` and `close` happens within one step of the event loop, so that the books, the states and the
events never disagree.
"""

import asyncio
import functools
from collections.abc import Callable

from golfer_tui.model.events import By, Draft, WorkerFinished, WorkerQueued, WorkerSuspended
from golfer_tui.model.workers import WorkerState
from golfer_tui.pool.leases import Lease, Leases, Limits
from golfer_tui.pool.life import Life
from golfer_tui.pool.queue import Queue
from golfer_tui.pool.wiring import Wiring
from golfer_tui.pool.worker import Ending, Outcome, Worker


class Crew:
    """The owner of the workers, their leases and the tasks of their lives."""

    def __init__(self, limits: Limits, wiring: Wiring, on_queue: Callable[[tuple[tuple[str, str], ...]], None]) -> None:
        self._wiring = wiring
        self._on_queue = on_queue
        self._shown: tuple[tuple[str, str], ...] = ()
        self._lives: set[asyncio.Task[Ending]] = set()
        self.workers: dict[str, Worker] = {}
        """By name, in the order in which they were asked for."""
        self.leases = Leases(limits)
        self.queue = Queue(self.leases)
        self.moved = asyncio.Event()
        """Set, and replaced, whenever an attempt has ended."""
        self.closing = False
        """True once nothing new begins."""

    def enqueue(self, worker: Worker, *, fresh: bool, by: By) -> None:
        """Begin the next attempt: at once if there is a place, else as the last of the queue."""
        worker.begin(fresh=fresh, by=by)
        self.queue.join(worker.name, worker.spec.gpu)
        self._start(self.queue.admit())
        position, reason = self.queue.place(worker.name)
        body = WorkerQueued(
            spec=worker.spec, attempt=worker.attempt, position=position, reason=reason, fresh=worker.fresh
        )
        # A life that was just started takes its first step later: this event stays before all of its own.
        self._wiring.emit(Draft(body, worker=worker.name, by=by))
        self._show()

    def admit(self) -> None:
        """Start all that fit now."""
        self._start(self.queue.admit())
        self._show()

    async def end(self, worker: Worker, outcome: Outcome, summary: str, by: By) -> None:
        """End the present attempt of a worker that is not final; returns once it has ended."""
        ended = worker.ended
        if worker.life is not None:
            worker.life.end(outcome, summary, by)
        else:
            self.queue.leave(worker.name)
            self._settle(worker, Ending(outcome, summary, by))
        await ended.wait()

    async def close(self, outcome: Outcome, summary: str) -> None:
        """Begin nothing new, end all that waits or lives, and wait for it."""
        self.closing = True
        for worker in list(self.workers.values()):
            if worker.life is not None:
                worker.life.end(outcome, summary, "engine")
                worker.life.hurry()
            elif worker.state is WorkerState.QUEUED:
                self.queue.leave(worker.name)
                self._settle(worker, Ending(outcome, summary, "engine"))
        self._show()
        while self._lives:
            await asyncio.wait(self._lives)

    def _start(self, admitted: list[Lease]) -> None:
        for lease in admitted:
            worker = self.workers[lease.worker]
            worker.state = WorkerState.STARTING
            life = worker.life = Life(worker, lease, self._wiring)
            task = asyncio.create_task(life.live(), name=f"life of {worker.name}")
            self._lives.add(task)
            # Not the task's own last lines: it may be cancelled before its first step.
            task.add_done_callback(functools.partial(self._lived, worker, life))

    def _lived(self, worker: Worker, life: Life, task: asyncio.Task[Ending]) -> None:
        self._lives.discard(task)
        worker.life = None
        ending = Ending("killed", "Killed: the program was ended.", "engine") if task.cancelled() else task.result()
        if life.unconfirmed:
            summary = f"{ending.summary}\n(The end of its sandbox could not be confirmed: {life.unconfirmed})"
            ending = Ending(ending.outcome, summary, ending.by)
        else:
            self.leases.release(worker.name)
        self._settle(worker, ending)

    def _settle(self, worker: Worker, ending: Ending) -> None:
        """The attempt is over: tell it, then let the next ones in, its own next attempt included."""
        worker.state = WorkerState(ending.outcome)
        body = (
            WorkerSuspended(attempt=worker.attempt)
            if ending.outcome == "suspended"
            else WorkerFinished(attempt=worker.attempt, state=ending.outcome, summary=ending.summary)
        )
        try:
            self._wiring.emit(Draft(body, worker=worker.name, by=ending.by))
        finally:
            worker.ended.set()
            if worker.again is not None and not self.closing:
                self.enqueue(worker, fresh=worker.again.fresh, by=worker.again.by)
            elif not self.closing:
                self.admit()
            self.moved.set()
            self.moved = asyncio.Event()

    def _show(self) -> None:
        if self._shown != self.queue.waiting:
            self._shown = self.queue.waiting
            self._on_queue(self._shown)
