"""One attempt of one worker, from its lease to the confirmed end of its sandbox.

The life is a task of its own. Who wants it to end calls `end`; whatever its parts raise, and whenever, the sandbox is
ended before the life returns, and tried again until that is confirmed.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from golfer_tui.model.errors import GolferError, SandboxError
from golfer_tui.model.events import By, Draft
from golfer_tui.model.worker_events import WorkerCommand, WorkerStarted, WorkerStopping
from golfer_tui.model.workers import WorkerState
from golfer_tui.pool.booking import Booking
from golfer_tui.pool.leases import Lease
from golfer_tui.pool.sampling import sample_for_ever
from golfer_tui.pool.stopping import Stopper
from golfer_tui.pool.tasks import Caught, first, start, value
from golfer_tui.pool.wiring import Wiring
from golfer_tui.pool.worker import Ending, LiveWorker, Outcome, Worker
from golfer_tui.sandboxes.contract import CommandEnded, CommandStarted, Sandbox
from golfer_tui.sandboxes.offers import Exposes, Outlives

T = TypeVar("T")

SUMMARY = 4000
"""Characters of an error that a summary keeps."""


class Life:
    """Makes the sandbox, runs the agent, samples, and ends it all."""

    def __init__(
        self,
        worker: Worker,
        lease: Lease,
        wiring: Wiring,
        ready: Callable[[], Awaitable[None]],
        freed: Callable[[], None],
    ) -> None:
        """Wire it up.

        Args:
            worker: Whose life.
            lease: What it may use.
            wiring: The doors to the other rooms.
            ready: Returns once no earlier sandbox of the worker is being ended any more.
            freed: Called as soon as nothing of the sandbox is left: what remains of the life needs no lease.
        """
        self._freed = freed
        self._worker = worker
        self._lease = lease
        self._wiring = wiring
        self._asked: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._closing = False
        self._keeper: asyncio.Task[Caught | None] | None = None
        self._run: asyncio.Task[str | Caught] | None = None
        self._sampler: asyncio.Task[Caught | None] | None = None
        self.sandbox: Sandbox | None = None
        """There from its creation to its end."""
        self.listens = True
        """False once the agent will take no more mail."""
        self.stage = WorkerState.STARTING
        """What the worker's state is unless it is paused."""
        self.unconfirmed = ""
        """Why the sandbox's end could not be confirmed; empty if nothing is left of it."""
        self.booking = Booking(worker, lease, wiring, ready)
        """Its row in the ledger."""
        self._slow: asyncio.TimerHandle | None = None
        """Tells that the end takes long."""
        self.stopper: Stopper | None = None
        """What ends the sandbox, once that has begun."""
        self.ends_adopted = False
        """True: a sandbox that somebody else made is ended, too."""

    def end(self, outcome: Outcome, summary: str, by: By) -> None:
        """Ask the life to end; the first to ask decides how. One whose agent has reported already ends as it did."""
        self.listens = False
        if not self._asked.done():
            self._asked.set_result(Ending(outcome, summary, by))
            seconds = self._wiring.timing.answer
            told = f"It has not ended after {seconds:g} seconds."
            self._slow = asyncio.get_running_loop().call_later(seconds, self._stopping, told)

    def _stopping(self, reason: str) -> None:
        """Answer those who wait for the end without patience: it is tried on."""
        # A journal that refuses must not keep a sandbox alive.
        with contextlib.suppress(Exception):
            body = WorkerStopping(attempt=self._worker.attempt, reason=reason)
            self._wiring.emit(Draft(body, worker=self._worker.name))
        self._worker.answered.set()

    def hurry(self) -> None:
        """The pool closes: give up sooner."""
        self._closing = True
        if self.stopper is not None:
            self.stopper.hurry()

    async def live(self) -> Ending:
        """Live from the lease to the end. Never raises."""
        try:
            sandbox = await self._make()
            ending = Ending("done", await self._work(sandbox), "worker")
        except BaseException as error:  # noqa: BLE001 - nothing may leave before the sandbox has ended
            ending = Ending("failed", _why(error), "engine")
            if self.sandbox is None and self.booking.row:
                self._left_by(error)
        self.listens = False
        if self._asked.done():
            ending = self._asked.result()
        await self._wind_up()
        if self._slow is not None:
            self._slow.cancel()
        return ending

    async def _make(self) -> Sandbox:
        """The sandbox, in the books before it is asked for and as soon as it is there."""
        await self._step(self.booking.intend)
        sandbox = await self._step(lambda: self.booking.create(self._on_command), cancel=True)
        self.sandbox = sandbox  # Whatever happens next, it is there to be ended.
        sandbox.limit(self._worker.timeout)
        await self._step(lambda: self.booking.confirm(sandbox))
        self._keeper = start(lambda: self.booking.keep(sandbox), f"ledger of {self._worker.name}")
        return sandbox

    def _left_by(self, error: BaseException) -> None:
        """A sandbox was asked for and is not there: see to it that none is left."""
        uncertain = isinstance(error, SandboxError) and error.code == "sandbox.not_ended"
        if uncertain:
            self.unconfirmed = str(error)
        kept = self._asked.done() and self._asked.result().outcome == "suspended"
        self.stopper = self.booking.ending(uncertain=uncertain, kept=kept)

    async def _work(self, sandbox: Sandbox) -> str:
        worker = self._worker
        if self._asked.done():
            raise asyncio.CancelledError
        started = WorkerStarted(
            attempt=worker.attempt,
            sandbox=sandbox.id,
            workspace=sandbox.workspace,
            devices=self._lease.names,
            tunnels=sandbox.tunnels if isinstance(sandbox, Exposes) else (),
        )
        self._wiring.emit(Draft(started, worker=worker.name))
        self.stage, worker.begun = WorkerState.RUNNING, True
        if worker.state is not WorkerState.PAUSED:
            worker.state = self.stage
        live = LiveWorker(
            worker.spec,
            worker.attempt,
            worker.fresh,
            worker.by,
            sandbox,
            self._lease.names,
            worker.mail,
            worker.going,
        )

        async def run() -> str:
            try:
                return await self._wiring.run(live)
            finally:
                # In the same step as the return, so that no message falls between the agent and the next attempt.
                self.listens = False

        self._sampler = start(lambda: self._sample(sandbox), f"sample {worker.name}")
        self._run = start(run, f"run {worker.name}")
        await self._until(self._run)
        if not self._run.done():
            self._run.cancel()
            await self._until(self._run, timeout=self._wiring.timing.grace)
        if not self._run.done():
            raise asyncio.CancelledError
        return value(self._run)

    async def _sample(self, sandbox: Sandbox) -> None:
        name = self._worker.name
        await sample_for_ever(sandbox, lambda sample: self._wiring.on_sample(name, sample), self._wiring.timing.sample)

    async def _wind_up(self) -> None:
        """End all that this life started, the sandbox first among what may not stay."""
        for task in (self._sampler, self._keeper):
            if task is not None:
                task.cancel()
                await first(task, timeout=self._wiring.timing.grace)
        left, adopted = self.sandbox, False
        if left is not None:
            self.booking.look(left)
            if self.ends_adopted and isinstance(left, Outlives):
                left.own()
            what = f"The sandbox {left.id} of {self._worker.name}"
            self.stopper = Stopper(self._worker.name, self._wiring, what, left.stop)
        if self.stopper is not None:
            self.stopper.failed = self._stopping
            if self._closing:
                self.stopper.hurry()
            self.unconfirmed = await self.stopper.stop()
            if not self.unconfirmed:
                self._freed()
        if left is not None:
            self.booking.look(left)  # It may have been found out only now.
            await self._step(lambda: self.booking.settle(left))
            self.sandbox = None
            if isinstance(left, Outlives) and self.stopper is not None:
                self._tell_left(left, left.id, self.stopper)
                adopted = left.adopted
        await self._finish(self._sampler)
        await self._finish(self._keeper)
        await self._finish(self._run)
        if self.booking.row and not self.unconfirmed and not adopted:  # What was adopted keeps its row while it lives.
            await self._step(self.booking.close)

    def _tell_left(self, sandbox: Outlives, id_: str, stopper: Stopper) -> None:
        if sandbox.unkept:
            text = f"The workspace of {self._worker.name} could not be kept: {sandbox.unkept}"
            hint = "Its sandbox has ended all the same. What it printed is there; restart it to begin anew."
            stopper.tell("error", "sandbox.not_kept", text, hint)
        if sandbox.adopted:
            text = f"The sandbox {id_} that {self._worker.name} was given lives on: somebody else made it."
            stopper.tell("info", "sandbox.left", text, f"golfer sandboxes reap {id_} ends it.")

    async def _finish(self, task: asyncio.Task[Any] | None) -> None:
        # It may swallow a cancellation; without a sandbox, and asked again and again, it comes to its end.
        while task is not None and not task.done():
            task.cancel()
            await first(task, timeout=self._wiring.timing.grace)

    async def _step(self, work: Callable[[], Awaitable[T]], *, cancel: bool = False) -> T:
        """Do a part of the life in a task of its own and wait until it has really ended.

        With `cancel` it is cancelled, once, when the life is asked to end: a second time might hit it cleaning up.
        """
        if cancel and self._asked.done():
            raise asyncio.CancelledError
        task = start(work, f"{self._worker.name}: part of its life")
        if cancel:
            await self._until(task)
            task.cancel()
        while not task.done():
            if not await first(task):
                self._torn()
        return value(task)

    async def _until(self, task: asyncio.Task[Any], timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Wait until the task is done, or (without a timeout) the life is asked to end."""
        others = () if self._asked.done() else (self._asked,)
        if not await first(task, *others, timeout=timeout):
            self._torn()

    def _torn(self) -> None:
        """Somebody cancels all tasks of the loop: end like a kill, and do not try for ever."""
        self.end("killed", "Killed: the program was ended.", "engine")
        self.hurry()

    def _on_command(self, command: CommandStarted | CommandEnded) -> None:
        body = WorkerCommand(command=command.command, id=command.id, offset=command.offset)
        if isinstance(command, CommandEnded):
            body = WorkerCommand(
                command=command.command,
                id=command.id,
                offset=command.offset,
                exit_code=command.exit_code,
                ended=True,
                seconds=command.seconds,
            )
        self._wiring.emit(Draft(body, worker=self._worker.name, by="worker"))


def _why(error: BaseException) -> str:
    """A sentence for the summary of an attempt that failed."""
    if isinstance(error, GolferError):
        text = str(error)
    elif isinstance(error, asyncio.CancelledError):
        text = "Its run was cancelled from within, not by a kill."
    else:
        text = f"Its run ended with an error: {type(error).__name__}: {error}".removesuffix(": ")
    return text if len(text) <= SUMMARY else text[: SUMMARY - 1] + "…"
