"""The crew: all workers with their places. It moves them from the queue into a life, and from a life to its end.

Everything here but `end` and `close` happens within one step of the event loop, so that the books, the states and the
events never disagree.
"""

import asyncio
import contextlib
import functools

from golfer_tui.model.events import By, Draft
from golfer_tui.model.worker_events import LeaseReturned, LeaseTaken, WorkerFinished, WorkerQueued, WorkerSuspended
from golfer_tui.model.workers import WorkerState
from golfer_tui.pool.leases import Lease, Leases, Limits
from golfer_tui.pool.ledger import Left
from golfer_tui.pool.life import Life
from golfer_tui.pool.queue import Queue
from golfer_tui.pool.sweeping import Sweeper
from golfer_tui.pool.wiring import Wiring
from golfer_tui.pool.worker import Ending, Outcome, Worker


class Crew:
    """The owner of the workers, their leases and the tasks of their lives."""

    def __init__(self, limits: Limits, wiring: Wiring) -> None:
        self._wiring = wiring
        self._shown: tuple[tuple[str, str], ...] = ()
        self._lives: set[asyncio.Task[Ending]] = set()
        self._begun: dict[str, float] = {}
        """By worker, when its lease began, by the clock of the loop."""
        self.workers: dict[str, Worker] = {}
        """By name, in the order in which they were asked for."""
        self.leases = Leases(limits)
        self.queue = Queue(self.leases)
        self.moved = asyncio.Event()
        """Set, and replaced, whenever an attempt has ended or something else may begin."""
        self.sweeper = Sweeper(wiring, self.leases, self._freed)
        self.closing = False
        """True once nothing new begins."""

    def enqueue(self, worker: Worker, *, fresh: bool, by: By) -> None:
        """Begin the next attempt: at once if there is a place, else as the last of the queue."""
        worker.begin(fresh=fresh, by=by)
        request = worker.spec.gpu
        if (left := worker.outlived) is not None:
            if worker.fresh:
                self._give_up(worker)
            else:  # Its own lease takes the place of what was held for it, with the GPUs that it has.
                self.sweeper.release(left)
                worker.outlived, request = None, left.gpu
        self.queue.join(worker.name, request)
        admitted = self.queue.admit()
        position, reason = self.queue.place(worker.name)
        body = WorkerQueued(
            spec=worker.spec, attempt=worker.attempt, position=position, reason=reason, fresh=worker.fresh
        )
        try:
            self._wiring.emit(Draft(body, worker=worker.name, by=by))
        finally:
            self._start(admitted)
        self._show()

    def keep(self, worker: Worker, left: Left) -> None:
        """A sandbox of the worker may live: it counts against the limits until the worker goes on in it, or it ends."""
        worker.outlived = left
        self.sweeper.hold(left)

    def _give_up(self, worker: Worker) -> None:
        """Nobody goes on in the sandbox that outlived an earlier process: end it."""
        left, worker.outlived = worker.outlived, None
        if left is not None:
            self.sweeper.take_left([left])

    def admit(self) -> None:
        """Start all that fit now."""
        self._start(self.queue.admit())
        self._show()
        self.stir()

    async def end(self, worker: Worker, outcome: Outcome, summary: str, by: By, *, patient: bool = True) -> None:
        """End the present attempt of a worker that is not final; returns once it has ended.

        Who is not `patient` waits no longer once it turns out that this takes long; it is tried on.
        """
        ended = worker.ended if patient else worker.answered
        if worker.life is not None:
            worker.life.end(outcome, summary, by)
        else:
            self.queue.leave(worker.name)
            if outcome != "suspended":
                self._give_up(worker)
            self._settle(worker, Ending(outcome, summary, by))
        await ended.wait()

    async def close(self, outcome: Outcome, summary: str) -> None:
        """Begin nothing new, end all that waits or lives, and wait for it."""
        self.closing = True
        for worker in list(self.workers.values()):
            if worker.life is not None:
                worker.life.end(outcome, summary, "engine")
                worker.life.hurry()
            elif worker.state is WorkerState.QUEUED or (worker.state is WorkerState.PAUSED and outcome == "killed"):
                self.queue.leave(worker.name)
                self._give_up(worker)
                self._settle(worker, Ending(outcome, summary, "engine"))
        self._show()
        self.sweeper.hurry()
        while self._lives:
            await asyncio.wait(self._lives)
        await self.sweeper.close()

    def _start(self, admitted: list[Lease]) -> None:
        for lease in admitted:
            self._begun[lease.worker] = asyncio.get_running_loop().time()
            worker = self.workers[lease.worker]
            worker.state = WorkerState.STARTING
            ready = functools.partial(self.sweeper.clear, worker.name)
            freed = functools.partial(self._hand_over, worker)
            life = worker.life = Life(worker, lease, self._wiring, ready, freed)
            task = asyncio.create_task(life.live(), name=f"life of {worker.name}")
            self._lives.add(task)
            # Not the task's own last lines: it may be cancelled before its first step.
            task.add_done_callback(functools.partial(self._lived, worker, life))
        # A life that was just started takes its first step later: these events stay before all of its own.
        for lease in admitted:
            worker = self.workers[lease.worker]
            rate = self._wiring.rate_of(lease, worker.spec.profile)
            body = LeaseTaken(attempt=worker.attempt, gpus=dict(lease.types), rate=rate)
            self._wiring.emit(Draft(body, worker=lease.worker))

    def _lived(self, worker: Worker, life: Life, task: asyncio.Task[Ending]) -> None:
        self._lives.discard(task)
        worker.life = None
        ending = Ending("killed", "Killed: the program was ended.", "engine") if task.cancelled() else task.result()
        attempt, begun = worker.attempt, self._begun.get(worker.name, 0.0)
        if life.unconfirmed:
            summary = f"{ending.summary}\n(The end of its sandbox could not be confirmed: {life.unconfirmed})"
            ending = Ending(ending.outcome, summary, ending.by)
            if life.stopper is not None and not self.closing:

                async def ended() -> None:
                    self._tell_returned(worker.name, attempt, begun)
                    await life.booking.close()

                del self._begun[worker.name]
                self.sweeper.take_over(worker.name, life.booking.row, life.stopper, ended)
        else:
            self._release(worker)
        self._settle(worker, ending)

    def _release(self, worker: Worker) -> None:
        """Nothing of its sandbox is left; may be called again."""
        if worker.name in self._begun:
            self.leases.release(worker.name)
            self._tell_returned(worker.name, worker.attempt, self._begun.pop(worker.name))

    def _tell_returned(self, worker: str, attempt: int, begun: float) -> None:
        seconds = asyncio.get_running_loop().time() - begun
        # A journal that refuses must not keep the attempt from its end.
        with contextlib.suppress(Exception):
            body = LeaseReturned(attempt=attempt, seconds=round(seconds, 3))
            self._wiring.emit(Draft(body, worker=worker))

    def _hand_over(self, worker: Worker) -> None:
        self._release(worker)
        self._freed()

    def _freed(self) -> None:
        if not self.closing:
            self.admit()

    def _settle(self, worker: Worker, ending: Ending) -> None:
        """The attempt is over: tell it, then let the next ones in, its own next attempt included."""
        if ending.outcome != "suspended":
            worker.paused_by = None
        paused = worker.paused_by is not None
        worker.state = WorkerState.PAUSED if paused else WorkerState(ending.outcome)
        body = (
            WorkerSuspended(attempt=worker.attempt, paused=paused)
            if ending.outcome == "suspended"
            else WorkerFinished(attempt=worker.attempt, state=ending.outcome, summary=ending.summary)
        )
        try:
            self._wiring.emit(Draft(body, worker=worker.name, by=ending.by))
        finally:
            worker.ended.set()
            worker.answered.set()
            again = worker.again
            if again is not None and not self.closing:
                worker.spec = again.spec
                self.enqueue(worker, fresh=again.fresh, by=again.by)
            elif not self.closing:
                self.admit()
            self.stir()

    def stir(self) -> None:
        """Let those who wait for workers look again."""
        self.moved.set()
        self.moved = asyncio.Event()

    def _show(self) -> None:
        if self._shown != self.queue.waiting:
            self._shown = self.queue.waiting
            self._wiring.on_queue(self._shown)
