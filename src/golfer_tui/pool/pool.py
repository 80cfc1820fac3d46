"""The pool: all that may be asked of the workers of a session. The crew behind it moves them.

Commands return at once, except those that end something: they return once the end is confirmed. What happened is told
by events: each attempt has one `worker.queued`, at most one `worker.started`, and one `worker.finished` (or a
`worker.suspended`); in between it may be paused and go on. Attempts are counted on by every restart and every
continuation, so that reports stay apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from golfer_tui.model.agent_events import Message
from golfer_tui.model.errors import CommandError
from golfer_tui.model.events import By, Draft
from golfer_tui.model.session import SessionState
from golfer_tui.model.snapshots import Kept
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.pool.checks import check_fits, check_new, check_sandbox, check_snapshot, find
from golfer_tui.pool.crew import Crew
from golfer_tui.pool.keeping import keep
from golfer_tui.pool.leases import Limits
from golfer_tui.pool.ledger import Left
from golfer_tui.pool.mailbox import MAILBOX, Mail, Mailbox
from golfer_tui.pool.pausing import go_on, pause
from golfer_tui.pool.queue import Gate
from golfer_tui.pool.roster import Roster
from golfer_tui.pool.wiring import Wiring
from golfer_tui.pool.worker import Again, Worker

_BY_WHOM: dict[By, str] = {
    "person": "the person",
    "orchestrator": "the orchestrator",
    "worker": "itself",
    "engine": "golfer",
}


class Pool(Roster):
    """All workers of one session. Use it as a context manager, or call `close`."""

    def __init__(self, wiring: Wiring, limits: Limits, *, max_workers: int = 64) -> None:
        super().__init__(Crew(limits, wiring))
        self._wiring = wiring
        self._max_workers = max_workers

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def spawn(self, spec: WorkerSpec, by: By) -> None:
        """Start a worker, or queue it.

        Raises:
            CommandError: `worker.name`, `worker.exists`, `pool.full`, `gpu.never_fits`, `sandbox.adopt`,
                `sandbox.taken`, `snapshot.unknown` or `pool.closed`.
        """
        self.check(spec)
        worker = self._crew.workers[spec.name] = Worker(spec, Mailbox(spec.name))
        self._crew.enqueue(worker, fresh=True, by=by)

    def check(self, spec: WorkerSpec) -> None:
        """See whether this worker could be started or queued now.

        Raises:
            CommandError: as `spawn`.
        """
        self._check_open()
        check_new(spec, self._crew.workers, self._crew.leases, self._max_workers)
        check_sandbox(spec, self._crew.workers, self._wiring.backend)
        check_snapshot(spec, self._wiring.backend, self._wiring.place_of)

    async def keep(self, name: str, folder: Path) -> tuple[int, Kept]:
        """Keep a worker's files as they are now; returns its attempt, and where they are. `folder` may be made for it.

        Raises:
            CommandError: `worker.unknown`, `snapshot.not_here`.
            SandboxError: see `sandboxes.offers.Keeps`.
        """
        return await keep(find(name, self._crew.workers), self._wiring.backend, folder)

    async def kill(self, name: str, by: By, *, adopted: bool = False) -> None:
        """End a worker. What was said to it and not read waits for a continuation.

        Returns once its sandbox has ended. If a try to end it fails, or takes long (`Timing.answer`), it returns with
        that told by `worker.stopping`, and it is tried on; after `Timing.patience` the attempt is over all the same,
        with its row and its lease still there.

        Args:
            name: Of the worker.
            by: Who asks for it.
            adopted: End its sandbox even if somebody else made that.

        Raises:
            CommandError: `worker.unknown`, or `worker.ended` if it neither waits, runs nor is suspended.
        """
        worker = find(name, self._crew.workers)
        if worker.state.final:
            raise CommandError("worker.ended", f"{name} is {worker.state} already.")
        worker.again = None
        if worker.life is not None:
            worker.life.ends_adopted = adopted
        await self._crew.end(worker, "killed", _killed(by), by, patient=False)

    async def restart(self, name: str, by: By, task: str = "") -> None:
        """Begin again from the same spec with a fresh memory and workspace, after a kill if it waits or runs.

        What was said to it and not read is dropped, as all that it knew. A `task` takes the place of its own.

        Raises:
            CommandError: `worker.unknown`, `gpu.never_fits` or `pool.closed`.
        """
        self._check_open()
        worker = find(name, self._crew.workers)
        check_fits(worker.spec, self._crew.leases)
        worker.mail = Mailbox(name)
        if worker.settled:
            worker.spec = _with_task(worker.spec, task)
            self._crew.enqueue(worker, fresh=True, by=by)
        else:
            worker.again = Again(fresh=True, by=by, spec=_with_task(worker.spec, task))
            await self._crew.end(worker, "killed", _killed(by) + " It begins again.", by, patient=False)

    def continue_(self, name: str, by: By, message: str = "") -> None:
        """Let a worker go on with its memory and workspace: a paused one where it is, another as the next attempt.

        A worker whose agent never ran has neither, and begins afresh. One that is about to end goes on right after.

        Raises:
            CommandError: `worker.unknown`, `worker.active`, `mailbox.full`, `gpu.never_fits` or `pool.closed`.
        """
        self._check_open()
        worker = find(name, self._crew.workers)
        if worker.listens and worker.state is not WorkerState.PAUSED:
            raise CommandError("worker.active", f"{name} is {worker.state}: it goes on already.")
        if go_on(worker, self._wiring.emit, by):
            return
        check_fits(worker.spec, self._crew.leases)
        if message:
            worker.mail.check()
        if worker.settled:
            self._crew.enqueue(worker, fresh=False, by=by)
        else:
            worker.again = worker.again or Again(fresh=False, by=by, spec=worker.spec)
        if message:
            self._post(worker, message, by)

    def message(self, name: str, text: str, by: By) -> None:
        """Say something to a worker. One that waits or runs finds it in its mailbox, a paused one once it goes on; any
        other goes on with it.

        Raises:
            CommandError: `worker.unknown`, `mailbox.full`, `gpu.never_fits` or `pool.closed`.
        """
        self._check_open()
        worker = find(name, self._crew.workers)
        if worker.listens:
            worker.mail.check()
            self._post(worker, text, by)
        else:
            self.continue_(name, by, text)

    def tell(self, name: str, text: str) -> None:
        """Let the engine say something to a worker that waits or runs. One that does not, or has no room, is not told.

        Raises:
            CommandError: `worker.unknown`.
        """
        worker = find(name, self._crew.workers)
        if worker.listens and len(worker.mail) < MAILBOX:
            self._post(worker, text, "engine")

    def _post(self, worker: Worker, text: str, by: By) -> None:
        mail = worker.mail.post(text)
        self._wiring.emit(Draft(Message(role="user", text=text, id=mail.id), worker=worker.name, by=by))

    def limit(self, name: str, timeout: float | None) -> None:
        """Let the commands of a worker run for so many seconds at most, from now on and over restarts; None: any time.

        Raises:
            CommandError: `worker.unknown`.
        """
        worker = find(name, self._crew.workers)
        worker.timeout = timeout
        if worker.life is not None and worker.life.sandbox is not None:
            worker.life.sandbox.limit(timeout)

    def set_limits(self, limits: Limits) -> None:
        """Change how much may run at once. Lower limits end nothing; they only hold back what waits."""
        self._crew.leases.limits = limits
        self.admit()

    def set_gate(self, gate: Gate) -> None:
        """Ask `gate`, too, before anything begins; call `admit` when its answer may have changed."""
        self._crew.queue.gate = gate

    def admit(self) -> None:
        """Start all that may start now."""
        if not self._crew.closing:
            self._crew.admit()

    async def pause(self, name: str, by: By, *, release: bool = False) -> None:
        """Let the worker do nothing more until `continue_`; see `pool.pausing`.

        Args:
            name: Of the worker.
            by: Who asks for it.
            release: Give up its sandbox and its lease, too; its workspace and its memory are kept.

        Raises:
            CommandError: `worker.unknown`, `worker.ended`, or `worker.paused` if it is paused already.
        """
        await pause(self._crew, find(name, self._crew.workers), self._wiring.emit, by, release=release)

    def restore(
        self,
        state: SessionState,
        sandboxes: Mapping[str, bytes] | None = None,
        mail: Mapping[str, Sequence[Mail]] | None = None,
        outlived: Mapping[str, Left] | None = None,
    ) -> None:
        """Take over the workers of a stored session, so that they can be restarted, continued and messaged.

        Args:
            state: Its workers are finished, suspended or paused: who resumes has ended all others.
            sandboxes: By worker, what the ledger has to find its newest sandbox again.
            mail: By worker, what it was told and has not taken up.
            outlived: By worker, a sandbox that may live on, in which it goes on or which is ended with it.

        Raises:
            ValueError: a worker waits or runs, or is known already.
        """
        for name, stored in state.workers.items():
            stands = stored.state in {WorkerState.SUSPENDED, WorkerState.PAUSED}
            if name in self._crew.workers or not (stored.state.final or stands):
                raise ValueError(f"{name} cannot be restored: it is {stored.state}")
            self._crew.workers[name] = Worker(
                stored.spec,
                Mailbox(name, (mail or {}).get(name, ())),
                state=stored.state,
                attempt=stored.attempt,
                origin=stored.origin,
                begun=stored.begun,
                paused_by=stored.paused_by,
                timeout=stored.timeout,
                sandbox_state=(sandboxes or {}).get(name, b""),
            )
        for name, left in (outlived or {}).items():
            self._crew.keep(self._crew.workers[name], left)

    def sweep(self, left: Iterable[Left]) -> None:
        """End what an earlier process left, in the background; it counts against the limits until it has ended."""
        self._crew.sweeper.take_left(left)

    async def suspend(self) -> None:
        """Close and keep the workers: those that wait or run are suspended, with memory and workspace."""
        await self._crew.close("suspended", "The session was closed.")

    async def close(self) -> None:
        """Close and end the workers. Returns once every sandbox has ended, or was given up after several tries.

        A sandbox that was given up keeps its row in the ledger, and a notice told of it. May be called twice.
        """
        await self._crew.close("killed", "Killed: the session was closed.")

    def _check_open(self) -> None:
        if self._crew.closing:
            raise CommandError("pool.closed", "The session is closing and takes no more commands.")


def _with_task(spec: WorkerSpec, task: str) -> WorkerSpec:
    return msgspec.structs.replace(spec, task=task.strip() or spec.task)


def _killed(by: By) -> str:
    return f"Killed by {_BY_WHOM[by]}."
