"""One attempt of one worker, from its lease to the confirmed end of its sandbox.

The life is a task of its own. Who wants it to end calls `end`; whatever its parts raise, and whenever, the sandbox is
ended before the life returns, and tried again until that is confirmed.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from golfer_tui.model.errors import GolferError, SandboxError
from golfer_tui.model.events import By, Draft, Notice, WorkerCommand, WorkerStarted
from golfer_tui.model.workers import WorkerState
from golfer_tui.pool.leases import Lease
from golfer_tui.pool.stopping import Stopper
from golfer_tui.pool.tasks import Caught, first, start, value
from golfer_tui.pool.wiring import Wiring
from golfer_tui.pool.worker import Ending, LiveWorker, Outcome, Worker
from golfer_tui.sandboxes.contract import CommandEnded, CommandStarted, Sandbox, SandboxSpec

T = TypeVar("T")

SUMMARY = 4000
"""Characters of an error that a summary keeps."""


class Life:
    """Makes the sandbox, runs the agent, samples, and ends it all."""

    def __init__(self, worker: Worker, lease: Lease, wiring: Wiring) -> None:
        self._worker = worker
        self._lease = lease
        self._wiring = wiring
        self._asked: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._stopper = Stopper(worker.name, wiring)
        self._run: asyncio.Task[str | Caught] | None = None
        self._sampler: asyncio.Task[Caught | None] | None = None
        self.sandbox: Sandbox | None = None
        """There from its creation to its end."""
        self.listens = True
        """False once the agent will take no more mail."""
        self.unconfirmed = ""
        """Why the sandbox's end could not be confirmed; empty if nothing is left of it."""

    def end(self, outcome: Outcome, summary: str, by: By) -> None:
        """Ask the life to end; the first to ask decides how. One whose agent has reported already ends as it did."""
        self.listens = False
        if not self._asked.done():
            self._asked.set_result(Ending(outcome, summary, by))

    def hurry(self) -> None:
        """The pool closes: give up sooner."""
        self._stopper.hurry()

    async def live(self) -> Ending:
        """Live from the lease to the end. Never raises."""
        row = ""
        try:
            name, backend = self._worker.name, self._wiring.backend
            row = await self._step(lambda: self._wiring.ledger.intend(self._wiring.session, name, backend.name))
            sandbox = self.sandbox = await self._step(self._create, cancel=True)
            self._worker.sandbox_state = sandbox.state()
            await self._step(lambda: self._wiring.ledger.confirm(row, sandbox.id, self._worker.sandbox_state))
            ending = Ending("done", await self._work(sandbox), "worker")
        except BaseException as error:  # noqa: BLE001 - nothing may leave before the sandbox has ended
            ending = Ending("failed", _why(error), "engine")
            if isinstance(error, SandboxError) and error.code == "sandbox.not_ended":
                self.unconfirmed = str(error)
        self.listens = False
        if self._asked.done():
            ending = self._asked.result()
        await self._wind_up(row)
        return ending

    def _create(self) -> Awaitable[Sandbox]:
        worker = self._worker
        spec = SandboxSpec(
            session=self._wiring.session,
            worker=worker.name,
            workspace=str(self._wiring.workspace_of(worker.name, worker.origin)),
            gpu=worker.spec.gpu,
            devices=self._lease.ids,
            state=worker.sandbox_state,
        )
        return self._wiring.backend.create(spec, self._wiring.tape_of(worker.name), self._on_command)

    async def _work(self, sandbox: Sandbox) -> str:
        worker = self._worker
        if self._asked.done():
            raise asyncio.CancelledError
        started = WorkerStarted(
            attempt=worker.attempt, sandbox=sandbox.id, workspace=sandbox.workspace, devices=self._lease.names
        )
        self._wiring.emit(Draft(started, worker=worker.name))
        worker.state, worker.begun = WorkerState.RUNNING, True
        live = LiveWorker(worker.spec, worker.attempt, worker.fresh, worker.by, sandbox, self._lease.names, worker.mail)

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
        while True:
            # A gauge that fails is no reason to end a run.
            with contextlib.suppress(Exception):
                if (sample := await sandbox.sample()) is not None:
                    self._wiring.on_sample(self._worker.name, sample)
            await asyncio.sleep(self._wiring.timing.sample)

    async def _wind_up(self, row: str) -> None:
        """End all that this life started, the sandbox first among what may not stay."""
        if self._sampler is not None:
            self._sampler.cancel()
            await first(self._sampler, timeout=self._wiring.timing.grace)
        if self.sandbox is not None:
            self.unconfirmed = await self._stopper.stop(self.sandbox)
            with contextlib.suppress(Exception):
                # What it left behind to be found again, such as a snapshot, is known only now.
                before, id_ = self._worker.sandbox_state, self.sandbox.id
                state = self._worker.sandbox_state = self.sandbox.state()
                if row and state != before:
                    await self._step(lambda: self._wiring.ledger.confirm(row, id_, state))
            self.sandbox = None
        await self._finish(self._sampler)
        await self._finish(self._run)
        if row and not self.unconfirmed:
            try:
                await self._step(lambda: self._wiring.ledger.ended(row))
            except BaseException as error:  # noqa: BLE001 - the sandbox is gone: the next sweep clears the row
                text = f"The end of {self._worker.name}'s sandbox could not be written down: {error}"
                with contextlib.suppress(Exception):
                    notice = Notice(level="warning", code="ledger.failed", text=text)
                    self._wiring.emit(Draft(notice, worker=self._worker.name))

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
