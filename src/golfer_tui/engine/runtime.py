"""All that runs while a session is awake: wired together once, started, and stopped in the right order."""

import asyncio
import contextlib
import datetime as dt
from typing import Literal

from golfer_tui.agents.approval_rules import Rules
from golfer_tui.agents.approvals import Approvals
from golfer_tui.agents.orchestrator import Orchestrator
from golfer_tui.agents.services import Services
from golfer_tui.agents.worker import run_worker
from golfer_tui.costs.quotes import Quotes
from golfer_tui.engine.budget import BudgetKeeper
from golfer_tui.engine.equipment import Equipment
from golfer_tui.engine.files import Files
from golfer_tui.engine.gauging import Gauging
from golfer_tui.engine.held import Held
from golfer_tui.engine.leftovers import Look
from golfer_tui.engine.limits import applied
from golfer_tui.engine.resume import bring_back
from golfer_tui.engine.steering import Steering
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import signals as sg
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import CommandError, GolferError, StoreError
from golfer_tui.model.settings import Settings
from golfer_tui.model.workers import WorkerState
from golfer_tui.pool.leases import Limits
from golfer_tui.pool.pool import Pool
from golfer_tui.pool.wiring import Wiring
from golfer_tui.pool.worker import LiveWorker
from golfer_tui.sandboxes.contract import Backend
from golfer_tui.store.database import settle


class Runtime:
    """Belongs to one engine, which starts it once and closes it."""

    def __init__(self, settings: Settings, held: Held, backend: Backend, equipment: Equipment, limits: Limits) -> None:
        """Wire everything together; nothing runs yet. `limits` are those of the settings."""
        self._held = held
        self._backend = backend
        emit = self._emit = held.journal.emit
        provider = equipment.provider
        stored = held.state.limits
        quotes = Quotes(settings, scripted=provider.scripted)
        layout, session = held.store.layout, held.session
        wiring = Wiring(
            session,
            backend,
            run=self._run,
            emit=emit,
            tape_of=held.recorder.tape_of,
            workspace_of=lambda worker, attempt: layout.workspace(session, worker) / str(attempt),
            ledger=held.store.sandboxes,
            on_sample=lambda worker, sample: self._gauging.take(worker, sample),
            on_queue=lambda waiting: held.bus.publish(sg.QueueMoved(waiting)),
            place_of=self._place_of,
            rate_of=lambda lease, profile: quotes.lease(lease.types, profile),
        )
        limits = limits if stored is None else applied(limits, stored)
        self.pool = Pool(wiring, limits, max_workers=settings.pool.max_workers)
        self._approvals = Approvals(Rules(settings.approvals, quotes), held.state, emit)
        self.services = Services(
            settings=settings,
            provider=provider,
            library=equipment.library,
            pool=self.pool,
            approvals=self._approvals,
            state=held.state,
            emit=emit,
            flush=held.journal.flush,
            signal=held.bus.publish,
            memory=lambda worker: held.store.memory(session, worker or "orchestrator"),
            tape=held.recorder.tape,
            snapshot_folder=lambda id_: layout.snapshot(session, id_),
            quotes=quotes,
            max_dollars=lambda: self.budget.max_dollars,
        )
        self.files = Files(backend, self.services, held.store.starts)
        self.orchestrator = Orchestrator(self.services)
        note = self.orchestrator.note
        self._gauging = Gauging(
            settings.pool,
            publish=held.bus.publish,
            emit=emit,
            note=note,
            paused=lambda worker: self.pool.states[worker] is WorkerState.PAUSED,
        )
        self.budget = BudgetKeeper(self.pool, held.state, quotes, settings.pool.on_max_dollars, emit=emit, note=note)
        self.budget.max_dollars = settings.pool.max_dollars if stored is None else stored.max_dollars
        self.steering = Steering(self.services, self.orchestrator, held.recorder, self.budget)
        self._look = Look(held.store, session, backend, emit)
        self._tasks: list[asyncio.Task[None]] = []
        """The orchestrator, and who watches the budget."""
        self._recording: asyncio.Task[None]
        self.closed = True
        """Until it has started, and after it was closed."""

    @property
    def active(self) -> bool:
        """True while a worker has a sandbox, if only paused, or waits for its place and not for a larger budget."""
        return bool(self.pool.holding) or not self.pool.quiet

    async def start(self, limits: cm.SetLimits | None) -> None:
        """Begin a new session, or go on with a stored one.

        Args:
            limits: Set before anything runs, also over what a stored session remembers.

        Raises:
            UsageError: the limits are wrong.
            StoreError: the store cannot be used.
        """
        backend, provider = self._backend, self.services.provider
        self._held.hear = self._heard
        if self._held.before:
            resumed = se.SessionResumed(backend=backend.name, model=provider.name, scripted=provider.scripted)
            self._emit(ev.Draft(resumed))
            await bring_back(self._held, self.services, self.orchestrator, backend)
        else:
            started = se.SessionStarted(
                title="",
                backend=backend.name,
                model=provider.name,
                scripted=provider.scripted,
                directory=self._held.row.directory,
            )
            self._emit(ev.Draft(started))
            for text in backend.notices:
                self._emit(ev.Draft(ae.Notice(level="warning", code="backend.notice", text=text)))
        for problem in self.services.library.problems:
            self._warn(problem)
        await self._held.journal.flush()
        self._recording = asyncio.create_task(self._held.recorder.run(), name="recorder")
        self._tasks.append(asyncio.create_task(self.orchestrator.run(), name="orchestrator"))
        self.closed = False
        if limits is not None:
            await self.steering.carry(limits)
        self._tasks.append(asyncio.create_task(self.budget.run(), name="budget"))
        for worker in self._held.state.workers.values():
            if worker.state is WorkerState.SUSPENDED:
                self._go_on(worker.name)
        self._look.start()

    async def idle(self) -> None:
        """Wait until no turn runs, no worker goes on without a word, and every report was read."""
        while True:
            await self.orchestrator.quiet()
            await self.pool.wait(None)
            await self._held.recorder.flush()
            await self._held.journal.flush()
            if not self.orchestrator.busy and self.pool.quiet:
                return

    async def close(self, workers: Literal["end", "keep"]) -> None:
        """Stop everything. A second call does nothing; a cancellation waits until it is done."""
        if not self.closed:
            self.closed = True
            await settle(self._close(workers))

    async def _close(self, workers: Literal["end", "keep"]) -> None:
        unfinished = self.orchestrator.busy or self.active
        self._approvals.stays = workers == "keep"
        await _cancelled(*self._tasks)
        await self._look.close()
        await (self.pool.suspend() if workers == "keep" else self.pool.close())
        if workers == "end":
            self._approvals.withdraw_all()
        await _cancelled(self._recording)
        try:
            await self._held.recorder.close()
            # Whatever the disk says now, the session is closed.
            with contextlib.suppress(StoreError):
                await self._held.journal.flush()
            self._emit(ev.Draft(self._finished(unfinished=unfinished)))
        finally:
            await self._held.journal.close()
            self._held.bus.close()

    def _finished(self, *, unfinished: bool) -> se.SessionFinished:
        error = self.orchestrator.error
        bill = self._held.state.bill(dt.datetime.now(dt.UTC))
        return se.SessionFinished(
            state="interrupted" if unfinished else "failed" if error else "done",
            answer=self.orchestrator.answer,
            error=str(error or ""),
            dollars=round(bill.dollars, 6),
            gpu_hours=round(bill.gpu_hours, 6),
            tokens=bill.tokens,
            unpriced=bill.unpriced,
        )

    async def _run(self, live: LiveWorker) -> str:
        await self.files.begin(live)
        return await run_worker(self.services, live)

    def _place_of(self, snapshot: str) -> str:
        """Where a snapshot of this session is. An image at Modal can be named by its own id, too."""
        known = self._held.state.snapshots.get(snapshot)
        return known.kept.place if known is not None else snapshot if snapshot.startswith("im-") else ""

    def _go_on(self, worker: str) -> None:
        try:
            self.pool.continue_(worker, "engine")
        except CommandError as error:  # such as other limits than before
            self._warn(error, worker)

    def _warn(self, error: GolferError, worker: str | None = None) -> None:
        notice = ae.Notice(level="warning", code=error.code, text=error.message, hint=error.hint)
        self._emit(ev.Draft(notice, worker))

    def _heard(self, event: ev.Event) -> None:
        if event.worker is None:
            return
        match event.body:
            case we.WorkerFinished() as body:
                self.orchestrator.report(event.worker, body.attempt, body.state, body.summary)
                self._ended(event.worker)
            case we.WorkerQueued(fresh=True):
                self._ended(event.worker)
            case we.LeaseReturned():
                self._gauging.forget(event.worker)
            case _:
                pass

    def _ended(self, worker: str) -> None:
        """What the worker's agent asked a person for waits no longer; a session that closes sees to that itself."""
        if not self.closed:
            self._approvals.ended(worker)


async def _cancelled(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
