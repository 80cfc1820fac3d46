"""The engine: it opens or resumes a session, takes commands, publishes events, and owns everything that runs.

Nothing lives in a front end. The way of an event: emitted by a room, written by the journal, folded into `state`,
published on the bus. The way of a command: `dispatch`, and what it causes comes back as events.
"""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal, Self

from golfer_tui.agents.approval_rules import Rules
from golfer_tui.agents.approvals import Approvals
from golfer_tui.agents.orchestrator import Orchestrator
from golfer_tui.agents.providers import Provider
from golfer_tui.agents.services import Services
from golfer_tui.agents.worker import run_worker
from golfer_tui.costs.quotes import Quotes
from golfer_tui.engine.backends import limits_for, make_backend
from golfer_tui.engine.budget import BudgetKeeper
from golfer_tui.engine.bus import Subscription
from golfer_tui.engine.equipment import Equipment, equip
from golfer_tui.engine.files import Files
from golfer_tui.engine.gauging import Gauging
from golfer_tui.engine.held import Held, hold, meant
from golfer_tui.engine.known import known
from golfer_tui.engine.leftovers import Look, divide
from golfer_tui.engine.limits import applied
from golfer_tui.engine.receipt import receipt, sandbox_states, settle_sandboxes, unfinished_workers
from golfer_tui.engine.resume import BULK, revive, unfinished
from golfer_tui.engine.steering import Steering
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import signals as sg
from golfer_tui.model.errors import CommandError, StoreError
from golfer_tui.model.files import Contents, Difference, Listing
from golfer_tui.model.known import KnownKind
from golfer_tui.model.look import SavedLook
from golfer_tui.model.secret import Secret
from golfer_tui.model.settings import Settings
from golfer_tui.model.workers import WorkerState
from golfer_tui.pool.leases import Limits, Used
from golfer_tui.pool.pool import Pool
from golfer_tui.pool.worker import LiveWorker
from golfer_tui.sandboxes.contract import Backend
from golfer_tui.skills.library import Library
from golfer_tui.store.database import settle
from golfer_tui.store.sessions import SessionRow, new_id
from golfer_tui.store.store import Store
from golfer_tui.terminal.printed import Printed
from golfer_tui.terminal.tape import Tape


class Engine:
    """One session, open. Made by `Engine.open`; front ends use nothing else of the house."""

    attendance = sg.Attendance()
    """There is one front end, in this process."""

    def __init__(self, settings: Settings, held: Held) -> None:
        self.settings = settings
        self.session = held.session
        """Id of the session."""
        self.state = held.state
        """The live fold of all events; to be read only."""
        self.before = held.before
        """Number of the last event from before it was opened here; 0 in a new session."""
        self._held = held
        self._store = held.store
        self._bus = held.bus
        self._journal = held.journal
        self._recorder = held.recorder
        self._pool: Pool
        self._files: Files
        self._services: Services
        self._orchestrator: Orchestrator
        self._approvals: Approvals
        self._steering: Steering
        self._recording: asyncio.Task[None]
        self._answering: asyncio.Task[None]
        self._gauging: Gauging
        self._budget: BudgetKeeper
        self._watching: asyncio.Task[None]
        self._look: Look
        self._closed = True
        """Until it has started, and after it was closed."""

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls,
        settings: Settings,
        *,
        home: Path,
        directory: Path,
        resume: str | None = None,
        provider: Provider | None = None,
        limits: cm.SetLimits | None = None,
        key: Secret | None = None,
    ) -> AsyncIterator[Self]:
        """Open a new session, or a stored one.

        Args:
            settings: What was asked for.
            home: Where everything is stored.
            directory: Where the person works: project skills are found here.
            resume: Id of a session or the beginning of one; "" for the newest; None for a new session.
            provider: Where the models come from; by default what the settings and the environment name.
            limits: Set before anything runs, also over what a stored session remembers.
            key: Of the models' server, where the environment has none.

        Raises:
            UsageError: a setting, a skill or the session's id is wrong.
            StoreError: the store cannot be used, or another cockpit holds the session.
        """
        async with equip(settings, directory, provider, key=key) as equipment, Store.open(home) as store:
            if resume is None:
                row = await _new(store, directory, settings, equipment.provider)
            else:
                row = await meant(store, resume, directory)
            async with hold(store, row) as held, cls.wake(settings, held, equipment, limits) as engine:
                yield engine

    @classmethod
    @contextlib.asynccontextmanager
    async def wake(
        cls, settings: Settings, held: Held, equipment: Equipment, limits: cm.SetLimits | None = None
    ) -> AsyncIterator[Self]:
        """The engine of a session that this process holds. Arguments and errors as those of `open`."""
        identity = await held.store.sandboxes.identity()
        backend = await asyncio.to_thread(make_backend, settings, held.store.layout.home, identity)
        try:
            engine = cls(settings, held)
            try:
                await engine._start(backend, equipment.provider, equipment.library, limits)
                yield engine
            finally:
                await engine.close()
        finally:
            await backend.close()

    async def _start(
        self,
        backend: Backend,
        provider: Provider,
        library: Library,
        set_limits: cm.SetLimits | None,
    ) -> None:
        limits = await asyncio.to_thread(limits_for, self.settings)
        stored = self.state.limits
        quotes = Quotes(self.settings, scripted=provider.scripted)
        emit = self._journal.emit
        self._pool = Pool(
            session=self.session,
            limits=limits if stored is None else applied(limits, stored),
            backend=backend,
            run=lambda live: self._run(services, live),
            emit=emit,
            tape_of=self._recorder.tape_of,
            workspace_of=lambda worker, attempt: self._store.layout.workspace(self.session, worker) / str(attempt),
            ledger=self._store.sandboxes,
            on_sample=lambda worker, sample: self._gauging.take(worker, sample),
            on_queue=lambda waiting: self._bus.publish(sg.QueueMoved(waiting)),
            max_workers=self.settings.pool.max_workers,
            place_of=self._place_of,
            rate_of=lambda lease, profile: quotes.lease(lease.types, profile),
        )
        self._approvals = Approvals(Rules(self.settings.approvals, quotes), self.state, emit)
        services = Services(
            settings=self.settings,
            provider=provider,
            library=library,
            pool=self._pool,
            approvals=self._approvals,
            state=self.state,
            emit=emit,
            flush=self._journal.flush,
            signal=self._bus.publish,
            memory=lambda worker: self._store.memory(self.session, worker or "orchestrator"),
            tape=self._recorder.tape,
            snapshot_folder=lambda id_: self._store.layout.snapshot(self.session, id_),
            quotes=quotes,
            max_dollars=lambda: self.max_dollars,
        )
        self._services = services
        self._files = Files(backend, services, self._store.starts)
        self._orchestrator = Orchestrator(services)
        note = self._orchestrator.note
        self._gauging = Gauging(
            self.settings.pool,
            publish=self._bus.publish,
            emit=emit,
            note=note,
            paused=lambda worker: self._pool.states[worker] is WorkerState.PAUSED,
        )
        action = self.settings.pool.on_max_dollars
        self._budget = BudgetKeeper(self._pool, self.state, quotes, action, emit=emit, note=note)
        self._budget.max_dollars = self.settings.pool.max_dollars if stored is None else stored.max_dollars
        self._steering = Steering(services, self._orchestrator, self._recorder, self._budget)
        self._held.hear = self._heard
        if self.before:
            emit(ev.Draft(ev.SessionResumed(backend=backend.name, model=provider.name, scripted=provider.scripted)))
            await self._bring_back(services, backend)
        else:
            started = ev.SessionStarted(
                title="",
                backend=backend.name,
                model=provider.name,
                scripted=provider.scripted,
                directory=self._held.row.directory,
            )
            emit(ev.Draft(started))
            for text in backend.notices:
                emit(ev.Draft(ev.Notice(level="warning", code="backend.notice", text=text)))
        for problem in library.problems:
            emit(ev.Draft(ev.Notice(level="warning", code=problem.code, text=problem.message, hint=problem.hint)))
        await self._journal.flush()
        self._recording = asyncio.create_task(self._recorder.run(), name="recorder")
        self._answering = asyncio.create_task(self._orchestrator.run(), name="orchestrator")
        self._closed = False
        if set_limits is not None:
            await self._steering.carry(set_limits)
        self._watching = asyncio.create_task(self._budget.run(), name="budget")
        for worker in self.state.workers.values():
            if worker.state is WorkerState.SUSPENDED:
                self._go_on(worker.name)
        self._look = Look(self._store, self.session, backend, emit)
        self._look.start()

    async def _run(self, services: Services, live: LiveWorker) -> str:
        await self._files.begin(live)
        return await run_worker(services, live)

    def _place_of(self, snapshot: str) -> str:
        """Where a snapshot of this session is. An image at Modal can be named by its own id, too."""
        known = self.state.snapshots.get(snapshot)
        return known.kept.place if known is not None else snapshot if snapshot.startswith("im-") else ""

    def _go_on(self, worker: str) -> None:
        try:
            self._pool.continue_(worker, "engine")
        except CommandError as error:  # such as other limits than before
            self._journal.emit(
                ev.Draft(ev.Notice(level="warning", code=error.code, text=error.message, hint=error.hint), worker)
            )

    async def _bring_back(self, services: Services, backend: Backend) -> None:
        """Make a stored session whole again, and hand over the receipt."""
        ledger, workers = self._store.sandboxes, list(self.state.workers.values())
        lost = unfinished_workers(self.state)
        for worker in workers:
            await self._recorder.tell_rest(worker.name, worker.tape_end)
        sandboxes = await settle_sandboxes(ledger, self.session)
        states = await sandbox_states(ledger, self.session, backend.name)
        divided = divide(await ledger.open(self.session), states, self.state, backend)
        told = self._store.each_event(self.session, without=BULK)
        left = unfinished([event async for event in told if event.seq <= self.before])
        mended = await revive(left, self._held.row.updated, services, self._orchestrator, states, divided.alive)
        self._pool.sweep(divided.left)
        restored = self._held.restored
        body = await receipt(self._store, self.state, restored=restored, lost=lost, mended=mended, sandboxes=sandboxes)
        self._journal.emit(ev.Draft(body))

    def _heard(self, event: ev.Event) -> None:
        if isinstance(event.body, ev.WorkerFinished) and event.worker is not None:
            body = event.body
            self._orchestrator.report(event.worker, body.attempt, body.state, body.summary)
        if isinstance(event.body, ev.LeaseReturned) and event.worker is not None:
            self._gauging.forget(event.worker)
        if event.worker is not None and not self._closed:
            match event.body:
                case ev.WorkerFinished() | ev.WorkerQueued(fresh=True):
                    self._approvals.ended(event.worker)
                case _:
                    pass

    def subscribe(self) -> Subscription:
        """All events and signals from now on; close it when it is no longer read."""
        return self._bus.subscribe()

    async def events(self, after: int = 0, limit: int | None = None, *, output: bool = True) -> list[ev.Event]:
        """Events with numbers above `after`, in order, from the journal: what came before a subscription, or its gap.

        At most `limit`; without `output` the text of `worker.output` is left out, which is much faster.

        Raises:
            StoreError: the journal cannot be read.
        """
        return await self._store.events(self.session, after, limit, with_output=output)

    async def known(self, kind: KnownKind) -> list[tuple[str, str]]:
        """What a person can name: skills, models, or other sessions, each with a word about it.

        Raises:
            StoreError: the sessions cannot be read.
        """
        return await known(kind, self._services, self._store)

    def tape(self, worker: str) -> Tape | None:
        """What a worker printed, over all its attempts; after a resume, the end of what was recorded."""
        return self._recorder.tape(worker)

    async def printed(self, worker: str, offset: int, size: int) -> list[Printed]:
        """What a worker printed from an offset of its tape on, at most `size` bytes, with times; also of long ago.

        Empty if there is nothing there. A piece may hold less than a line, and cut a character.

        Raises:
            StoreError: the recording cannot be read.
        """
        return await self._recorder.printed(worker, offset, size)

    async def recording(self, worker: str) -> str:
        """Path of the asciicast of what a worker has printed up to now; it grows while the worker prints.

        Raises:
            CommandError: `recording.none` if it has printed nothing.
            StoreError: it cannot be written.
        """
        return await self._held.recording(worker)

    async def files(self, worker: str, folder: str = "") -> Listing:
        """What a folder of a worker's workspace holds, by its path below that.

        Raises:
            CommandError: `worker.unknown`, `files.outside`, `files.not_here`.
            SandboxError: `files.…`, see `sandboxes.browsing.Browses`.
        """
        return await self._files.list_folder(worker, folder)

    async def read_file(self, worker: str, path: str) -> Contents:
        """The beginning of a file in a worker's workspace; errors as those of `files`."""
        return await self._files.read(worker, path)

    async def diff(self, worker: str) -> Difference:
        """What is different in a worker's workspace since it began; errors as those of `files`.

        Raises:
            CommandError: `files.no_start` if it is not known what it began with.
        """
        return await self._files.diff(worker)

    async def look(self) -> SavedLook:
        """How the session looked on the screen when `set_look` was called last."""
        return await self._held.look()

    async def set_look(self, look: SavedLook) -> None:
        """Remember how the session looks.

        Raises:
            StoreError: `look.failed`.
        """
        await self._held.set_look(look)

    @property
    def limits(self) -> Limits:
        """How many GPUs and workers may be leased at once."""
        return self._pool.limits

    @property
    def used(self) -> Used:
        """What is leased now."""
        return self._pool.used

    @property
    def max_dollars(self) -> float | None:
        """What may be spent; None without a limit. What is spent tells `state.bill`."""
        return self._budget.max_dollars

    @property
    def waiting(self) -> tuple[tuple[str, str], ...]:
        """The queue, front first: worker, and what it waits for."""
        return self._pool.waiting

    async def dispatch(self, command: cm.Command) -> None:
        """Take a command.

        Raises:
            CommandError: it does not fit the state of the session; nothing was changed.
            SandboxError: a snapshot could not be taken.
        """
        if self._closed:
            raise CommandError("session.closed", "The session is closed.")
        if isinstance(command, cm.CloseSession):
            await self.close(command.workers)
            return
        await self._steering.carry(command)
        if not isinstance(command, cm.TakeKeyboard | cm.GiveKeyboard | cm.TypeInto | cm.ResizeTerminal):
            # What the command caused is on disk and in `state` when it returns; keys tell of nothing, and do not wait.
            await self._journal.flush()

    def shell_tape(self, worker: str) -> Tape | None:
        """What the person's own shell in the worker's sandbox printed; None if none was opened. It is not recorded."""
        return self._steering.shells.tape(worker)

    @property
    def shells(self) -> tuple[str, ...]:
        """Workers in whose sandboxes a shell of the person's is open."""
        return self._steering.shells.names

    @property
    def active(self) -> bool:
        """True while a worker has a sandbox, if only paused, or waits for its place and not for a larger budget."""
        return bool(self._pool.holding) or not self._pool.quiet

    async def idle(self) -> None:
        """Wait until no turn runs, no worker goes on without a word, and every report was read."""
        while True:
            await self._orchestrator.quiet()
            await self._pool.wait(None)
            await self._recorder.flush()
            await self._journal.flush()
            if not self._orchestrator.busy and self._pool.quiet:
                return

    async def take_over(self) -> None:
        """Nothing to do: an engine in the front end's own process has no other one."""

    async def detach(self) -> None:
        """The front end goes, and this process with it: the workers are kept."""
        await self.close("keep")

    async def close(self, workers: Literal["end", "keep"] = "end") -> None:
        """Let the session go. A second call does nothing; a cancellation waits until it is done.

        Args:
            workers: `end` kills those that still run; `keep` suspends them, and they go on with the next resume.
        """
        if not self._closed:
            self._closed = True
            await settle(self._close(workers))

    async def _close(self, workers: Literal["end", "keep"]) -> None:
        unfinished = self._orchestrator.busy or self.active
        self._approvals.stays = workers == "keep"
        for task in (self._watching, self._answering):
            task.cancel()
        await asyncio.gather(self._watching, self._answering, return_exceptions=True)
        await self._look.close()
        await (self._pool.suspend() if workers == "keep" else self._pool.close())
        if workers == "end":
            self._approvals.withdraw_all()
        self._recording.cancel()
        await asyncio.gather(self._recording, return_exceptions=True)
        try:
            await self._recorder.close()
            error = self._orchestrator.error
            state: Literal["done", "failed", "interrupted"] = "failed" if error else "done"
            # Whatever the disk says now, the session is closed.
            with contextlib.suppress(StoreError):
                await self._journal.flush()
            bill = self.state.bill(dt.datetime.now(dt.UTC))
            self._journal.emit(
                ev.Draft(
                    ev.SessionFinished(
                        state="interrupted" if unfinished else state,
                        answer=self._orchestrator.answer,
                        error=str(error or ""),
                        dollars=round(bill.dollars, 6),
                        gpu_hours=round(bill.gpu_hours, 6),
                        tokens=bill.tokens,
                        unpriced=bill.unpriced,
                    )
                )
            )
        finally:
            await self._journal.close()
            self._bus.close()


async def _new(store: Store, directory: Path, settings: Settings, provider: Provider) -> SessionRow:
    """A new session."""
    now = dt.datetime.now(dt.UTC)
    row = SessionRow(
        id=new_id(now),
        directory=str(directory),
        backend=settings.backend,
        model=provider.name,
        scripted=provider.scripted,
        created=now,
        updated=now,
    )
    await store.sessions.create(row)
    return row
