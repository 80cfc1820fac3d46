"""The engine: it opens or resumes a session, takes commands, publishes events, and owns everything that runs.

Nothing lives in a front end. The way of an event: emitted by a room, written by the journal, folded into `state`,
published on the bus. The way of a command: `dispatch`, and what it causes comes back as events.
"""

import asyncio
import contextlib
import datetime as dt
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal, Self

from golfer_tui.agents.orchestrator import Orchestrator
from golfer_tui.agents.prewarm import prewarm
from golfer_tui.agents.providers import Provider, resolve
from golfer_tui.agents.services import Services
from golfer_tui.agents.worker import run_worker
from golfer_tui.engine.backends import limits_for, make_backend
from golfer_tui.engine.bus import Bus, Subscription
from golfer_tui.engine.receipt import receipt, sandbox_states, settle_sandboxes, unfinished_workers
from golfer_tui.engine.recorder import Recorder
from golfer_tui.engine.resume import revive
from golfer_tui.engine.steering import Steering
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import signals as sg
from golfer_tui.model.errors import CommandError, StoreError
from golfer_tui.model.gauges import Sample
from golfer_tui.model.session import SessionState
from golfer_tui.model.settings import Settings
from golfer_tui.model.workers import WorkerState
from golfer_tui.pool.leases import Limits, Used
from golfer_tui.pool.pool import Pool
from golfer_tui.sandboxes.contract import Backend
from golfer_tui.skills.library import Library
from golfer_tui.store.database import settle
from golfer_tui.store.sessions import SessionRow, new_id
from golfer_tui.store.store import Store
from golfer_tui.terminal.tape import Tape

GAUGE_SECONDS = 10.0
"""One sample in so many seconds is kept as an event; all are published as signals."""


class Engine:
    """One session, open. Made by `Engine.open`; front ends use nothing else of the house."""

    def __init__(self, settings: Settings, store: Store, row: SessionRow, state: SessionState) -> None:
        self.settings = settings
        self.session = row.id
        """Id of the session."""
        self.state = state
        """The live fold of all events; to be read only."""
        self.before = state.seq
        """Number of the last event from before it was opened here; 0 in a new session."""
        self._store = store
        self._directory = row.directory
        self._bus = Bus()
        self._journal = store.journal(row.id, self._committed, self._refused)
        self._recorder = Recorder(store, row.id, self._journal.emit, self._journal.ready, self._bus.publish)
        self._pool: Pool
        self._orchestrator: Orchestrator
        self._steering: Steering
        self._recording: asyncio.Task[None]
        self._answering: asyncio.Task[None]
        self._gauged: dict[str, float] = {}
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
    ) -> AsyncIterator[Self]:
        """Open a new session, or a stored one.

        Args:
            settings: What was asked for.
            home: Where everything is stored.
            directory: Where the person works: project skills are found here.
            resume: Id of a session or the beginning of one; "" for the newest; None for a new session.
            provider: Where the models come from; by default what the settings and the environment name.

        Raises:
            UsageError: a setting, a skill or the session's id is wrong.
            StoreError: the store cannot be used, or another cockpit holds the session.
        """
        async with contextlib.AsyncExitStack() as stack:
            if provider is None:
                provider = await asyncio.to_thread(resolve, settings, os.environ)
            stack.push_async_callback(provider.close)
            await asyncio.to_thread(prewarm)
            library = await asyncio.to_thread(Library.open, directory, settings.skills)
            store = await stack.enter_async_context(Store.open(home))
            row = await _session(store, resume, directory, settings, provider)
            lease = await store.sessions.claim(row.id)
            stack.callback(lease.release)
            events = [] if resume is None else await store.events(row.id)
            state = SessionState(session=row.id)
            for event in events:
                state.apply(event)
            backend = await asyncio.to_thread(make_backend, settings, home)
            stack.push_async_callback(backend.close)
            engine = cls(settings, store, row, state)
            await stack.enter_async_context(engine._journal)
            stack.push_async_callback(engine._recorder.close)
            stack.push_async_callback(engine.close)
            await engine._start(backend, provider, library, events)
            yield engine

    async def _start(self, backend: Backend, provider: Provider, library: Library, events: list[ev.Event]) -> None:
        limits = await asyncio.to_thread(limits_for, self.settings)
        emit = self._journal.emit
        self._pool = Pool(
            session=self.session,
            limits=limits,
            backend=backend,
            run=lambda live: run_worker(services, live),
            emit=emit,
            tape_of=self._recorder.tape_of,
            workspace_of=lambda worker, attempt: self._store.layout.workspace(self.session, worker) / str(attempt),
            ledger=self._store.sandboxes,
            on_sample=self._sampled,
            on_queue=lambda waiting: self._bus.publish(sg.QueueMoved(waiting)),
            max_workers=self.settings.pool.max_workers,
        )
        services = Services(
            settings=self.settings,
            provider=provider,
            library=library,
            pool=self._pool,
            state=self.state,
            emit=emit,
            flush=self._journal.flush,
            signal=self._bus.publish,
            memory=lambda worker: self._store.memory(self.session, worker or "orchestrator"),
            tape=self._recorder.tape,
        )
        self._orchestrator = Orchestrator(services)
        self._steering = Steering(services, self._orchestrator, self._recorder)
        if events:
            emit(ev.Draft(ev.SessionResumed(backend=backend.name, model=provider.name, scripted=provider.scripted)))
            await self._bring_back(events, services, backend.name)
        else:
            started = ev.SessionStarted(
                title="",
                backend=backend.name,
                model=provider.name,
                scripted=provider.scripted,
                directory=self._directory,
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
        for worker in self.state.workers.values():
            if worker.state is WorkerState.SUSPENDED:
                self._pool.continue_(worker.name, "engine")

    async def _bring_back(self, events: list[ev.Event], services: Services, backend: str) -> None:
        """Make a stored session whole again, and hand over the receipt."""
        ledger, workers = self._store.sandboxes, list(self.state.workers.values())
        lost = unfinished_workers(self.state)
        restored = {worker.name: await self._recorder.restore(worker.name, worker.tape_end) for worker in workers}
        sandboxes = await settle_sandboxes(ledger, self.session)
        states = await sandbox_states(ledger, self.session, backend)
        mended = await revive(events, services, self._orchestrator, states)
        body = await receipt(self._store, self.state, restored=restored, lost=lost, mended=mended, sandboxes=sandboxes)
        self._journal.emit(ev.Draft(body))

    def _committed(self, events: list[ev.Event]) -> None:
        for event in events:
            self.state.apply(event)
            self._bus.publish(event)
            if isinstance(event.body, ev.WorkerFinished) and event.worker is not None:
                body = event.body
                self._orchestrator.report(event.worker, body.attempt, body.state, body.summary)

    def _refused(self, error: StoreError) -> None:
        self._bus.publish(sg.StoreRefused(error.message, error.hint))

    def _sampled(self, worker: str, sample: Sample) -> None:
        self._bus.publish(sg.Gauged(worker, sample))
        now = asyncio.get_running_loop().time()
        if now - self._gauged.get(worker, -GAUGE_SECONDS) >= GAUGE_SECONDS:
            self._gauged[worker] = now
            self._journal.emit(ev.Draft(ev.WorkerGauge(sample=sample), worker))

    def subscribe(self) -> Subscription:
        """All events and signals from now on; close it when it is no longer read."""
        return self._bus.subscribe()

    async def events(self, after: int = 0) -> list[ev.Event]:
        """Events with numbers above `after`, in order, from the journal: what came before a subscription, or its gap.

        Raises:
            StoreError: the journal cannot be read.
        """
        return await self._store.events(self.session, after, with_output=True)

    def tape(self, worker: str) -> Tape | None:
        """What a worker printed, over all its attempts; after a resume, the end of what was recorded."""
        return self._recorder.tape(worker)

    @property
    def limits(self) -> Limits:
        """How many GPUs and workers may be leased at once."""
        return self._pool.limits

    @property
    def used(self) -> Used:
        """What is leased now."""
        return self._pool.used

    @property
    def waiting(self) -> tuple[tuple[str, str], ...]:
        """The queue, front first: worker, and what it waits for."""
        return self._pool.waiting

    async def dispatch(self, command: cm.Command) -> None:
        """Take a command.

        Raises:
            CommandError: it does not fit the state of the session; nothing was changed.
        """
        if self._closed:
            raise CommandError("session.closed", "The session is closed.")
        if isinstance(command, cm.CloseSession):
            await self.close(command.workers)
            return
        await self._steering.carry(command)
        if not isinstance(command, cm.TypeInto | cm.ResizeTerminal):
            # What the command caused is on disk and in `state` when it returns; keys tell of nothing, and do not wait.
            await self._journal.flush()

    def shell_tape(self, worker: str) -> Tape | None:
        """What the person's own shell in the worker's sandbox printed; None if none was opened. It is not recorded."""
        return self._steering.shells.tape(worker)

    @property
    def active(self) -> bool:
        """True while a worker waits for its place or runs."""
        return not all(state.final or state is WorkerState.SUSPENDED for state in self._pool.states.values())

    async def idle(self) -> None:
        """Wait until no turn runs, no worker is queued or active, and every report was read."""
        while True:
            await self._orchestrator.quiet()
            await self._pool.wait(None)
            await self._recorder.flush()
            await self._journal.flush()
            if not self._orchestrator.busy and not self.active:
                return

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
        self._answering.cancel()
        await asyncio.gather(self._answering, return_exceptions=True)
        await (self._pool.suspend() if workers == "keep" else self._pool.close())
        self._recording.cancel()
        await asyncio.gather(self._recording, return_exceptions=True)
        try:
            await self._recorder.close()
            error = self._orchestrator.error
            state: Literal["done", "failed", "interrupted"] = "failed" if error else "done"
            self._journal.emit(
                ev.Draft(
                    ev.SessionFinished(
                        state="interrupted" if unfinished else state,
                        answer=self._orchestrator.answer,
                        error=str(error or ""),
                    )
                )
            )
        finally:
            await self._journal.close()
            self._bus.close()


async def _session(
    store: Store, resume: str | None, directory: Path, settings: Settings, provider: Provider
) -> SessionRow:
    """The stored session that is meant, or a new one."""
    if resume:
        return await store.sessions.get(resume)
    if resume is not None:
        latest = await store.sessions.latest(directory) or await store.sessions.latest()
        if latest is None:
            raise StoreError("session.none", "There is no session to resume.", hint="Start one with `golfer`.")
        return latest
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
