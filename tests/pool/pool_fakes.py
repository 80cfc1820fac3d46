"""A backend in memory that can be slow, fail, ignore a cancel and refuse to stop, and a house around a pool that
checks the rules at every event."""

import asyncio
import dataclasses as dc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import SandboxError
from golfer_tui.model.gauges import Sample
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.session import SessionState
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.pool.leases import Limits
from golfer_tui.pool.pool import Pool
from golfer_tui.pool.wiring import Timing, Wiring
from golfer_tui.pool.worker import LiveWorker
from golfer_tui.sandboxes.contract import CommandEnded, CommandSink, CommandStarted, SandboxSpec
from golfer_tui.terminal.tape import Tape

ENDS = {"worker.finished", "worker.suspended"}
ORDER = {
    "worker.queued": {""},
    "worker.started": {"worker.queued", "worker.paused", "worker.continued"},
    "worker.paused": {"worker.queued", "worker.started", "worker.continued"},
    "worker.continued": {"worker.paused", "worker.started"},
    "worker.finished": {"worker.queued", "worker.started", "worker.suspended", "worker.paused", "worker.continued"},
    "worker.suspended": {"worker.queued", "worker.started", "worker.paused", "worker.continued"},
}
QUICK = Timing(sample=0.001, grace=0.01, stop=0.05, backoff=(0.0,), last_tries=4)


@dc.dataclass
class Plan:
    """How the next sandboxes of a worker behave."""

    slow: bool = False
    """`create` waits for `FakeBackend.open`."""
    late: bool = False
    """`create` swallows its cancellation and makes the sandbox all the same."""
    broken: bool = False
    """`create` fails."""
    stop_failures: int = 0
    """So many tries to stop fail first."""
    stop_hangs: int = 0
    """So many tries to stop never answer."""


class FakeSandbox:
    def __init__(self, backend: "FakeBackend", number: int, spec: SandboxSpec, plan: Plan, sink: CommandSink) -> None:
        self.backend, self.spec, self.plan, self.sink = backend, spec, dc.replace(plan), sink
        self.id, self.number = f"fake-{number}", number
        self.workspace = spec.workspace
        self.tape = Tape()
        self.samples = 0
        self.stopping = False
        self.paused = False

    @property
    def session(self) -> Any:
        raise NotImplementedError

    def state(self) -> bytes:
        return self.id.encode() + (b"" if self.number in self.backend.alive else b" stopped")

    async def type(self, data: bytes) -> None: ...

    async def resize(self, columns: int, rows: int) -> None: ...

    async def interrupt(self) -> None: ...

    async def pause(self) -> None:
        self.paused = True
        await asyncio.sleep(0)

    def go_on(self) -> None:
        self.paused = False

    def limit(self, seconds: float | None) -> None: ...

    async def sample(self) -> Sample | None:
        self.samples += 1
        self.backend.late_samples += self.stopping
        if self.samples % 3 == 0:
            raise SandboxError("sandbox.sample", "no sample this time")
        return Sample(cpu=float(self.samples), memory=1)

    def command(self) -> None:
        self.sink(CommandStarted(1, "true", 0))
        self.sink(CommandEnded(1, "true", 0, 0, 0.1))

    async def stop(self) -> None:
        self.stopping = True
        await asyncio.sleep(0)
        if self.plan.stop_hangs:
            self.plan.stop_hangs -= 1
            await asyncio.Event().wait()
        if self.plan.stop_failures:
            self.plan.stop_failures -= 1
            raise SandboxError("sandbox.not_ended", "it is still there")
        self.backend.alive.pop(self.number, None)


class FakeBackend:
    """Implements the contract; `alive` has every sandbox from the moment it is asked for to its confirmed end."""

    name = "local"
    notices = ()

    def __init__(self) -> None:
        self.plans: dict[str, Plan] = {}
        self.alive: dict[int, SandboxSpec] = {}
        self.made: list[FakeSandbox] = []
        self.asked = 0
        self.late_samples = 0
        self.doors: dict[str, asyncio.Event] = {}
        self.on_create: Callable[[SandboxSpec], None] = lambda spec: None

    def plan(self, worker: str) -> Plan:
        return self.plans.setdefault(worker, Plan())

    def open(self, worker: str) -> None:
        """Let a slow `create` go on."""
        self.plan(worker).slow = False
        self.doors.setdefault(worker, asyncio.Event()).set()

    async def create(self, spec: SandboxSpec, tape: Tape, on_command: CommandSink) -> FakeSandbox:
        self.asked += 1
        number, plan = self.asked, self.plan(spec.worker)
        self.alive[number] = spec
        self.on_create(spec)
        try:
            await self._wait(spec.worker, plan)
            if plan.broken:
                raise SandboxError("sandbox.create", "No sandbox today.", hint="Try tomorrow.")
        except BaseException:
            del self.alive[number]
            raise
        sandbox = FakeSandbox(self, number, spec, plan, on_command)
        self.made.append(sandbox)
        return sandbox

    async def _wait(self, worker: str, plan: Plan) -> None:
        try:
            await asyncio.sleep(0)
            while plan.slow:
                door = self.doors[worker] = asyncio.Event()
                await door.wait()
        except asyncio.CancelledError:
            if not plan.late:
                raise

    async def close(self) -> None: ...


class FakeLedger:
    def __init__(self) -> None:
        self.rows: dict[str, str] = {}
        self.states: dict[str, bytes] = {}
        self.count = 0
        self.refuses: set[str] = set()

    async def intend(
        self, session: str, worker: str, backend: str, *, request: str = "", gpu: str = "", adopted: bool = False
    ) -> str:
        await self._write("intend")
        self.count += 1
        row = str(self.count)
        self.rows[row] = worker
        return row

    async def confirm(self, row: str, sandbox: str, state: bytes) -> None:
        await self._write("confirm")
        self.states[row] = state

    async def ended(self, row: str) -> None:
        await self._write("ended")
        del self.rows[row]

    async def gone(self, backend: str, sandbox: str) -> None:
        await self._write("gone")

    async def _write(self, verb: str) -> None:
        await asyncio.sleep(0)
        if verb in self.refuses:
            raise OSError("the disk is full")


class House:
    """A pool with everything it is wired to."""

    def __init__(self, limits: Limits | None = None, *, max_workers: int = 64, timing: Timing = QUICK) -> None:
        self.backend, self.ledger = FakeBackend(), FakeLedger()
        self.backend.on_create = self._on_create
        self.events: list[ev.Draft] = []
        self.state = SessionState()
        self.samples: list[tuple[str, Sample]] = []
        self.queues: list[tuple[tuple[str, str], ...]] = []
        self.live: dict[str, LiveWorker] = {}
        self.orders: dict[str, asyncio.Future[Any]] = {}
        self.heard: dict[str, list[str]] = {}
        self.phases: dict[tuple[str, int], str] = {}
        self.violations: list[str] = []
        """Rules that an event or a `create` broke; `check_closed` wants none."""
        self.gives_up = False
        """A sandbox that is given up is still alive when its worker finishes."""
        self.run: Callable[[LiveWorker], Any] = self._obey
        wiring = Wiring(
            "session",
            self.backend,
            run=lambda live: self.run(live),
            emit=self._emit,
            tape_of=lambda name: Tape(),
            workspace_of=lambda name, attempt: Path(f"/w/{name}/{attempt}"),
            ledger=self.ledger,
            on_sample=lambda name, sample: self.samples.append((name, sample)),
            on_queue=self.queues.append,
            timing=timing,
        )
        self.pool = Pool(wiring, limits or Limits(), max_workers=max_workers)

    def spawn(self, name: str, gpu: str = "") -> None:
        self.pool.spawn(WorkerSpec(name, f"task of {name}", gpu=GpuRequest.parse(gpu)), "orchestrator")

    def order(self, name: str, value: object) -> None:
        """What the run of this worker does next: return a text, or raise an exception."""
        if (future := self.orders.get(name)) and not future.done():
            future.set_result(value)

    async def _obey(self, live: LiveWorker) -> str:
        self.live[live.name] = live
        future = self.orders[live.name] = asyncio.get_running_loop().create_future()
        try:
            while True:
                self.heard.setdefault(live.name, []).extend(mail.text for mail in live.take_mail())
                mail = asyncio.ensure_future(live.mail.wait())
                try:
                    await asyncio.wait({mail, future}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    mail.cancel()
                if future.done() and not len(live.mail):
                    break
            await live.going.wait()
        finally:
            del self.live[live.name]
        value = future.result()
        if isinstance(value, BaseException):
            raise value
        return str(value)

    def types(self, worker: str | None = None) -> list[str]:
        """Events of workers' lives, by type; what they were told and the books on leases are not counted."""
        tags = [str(type(draft.body).__struct_config__.tag) for draft in self.events if worker in (None, draft.worker)]
        return [tag for tag in tags if tag != "message" and not tag.startswith("lease.")]

    def bodies(self, kind: type[Any], worker: str | None = None) -> list[Any]:
        return [d.body for d in self.events if isinstance(d.body, kind) and worker in (None, d.worker)]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for a state."""
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0)

    async def reaches(self, name: str, state: str) -> None:
        obeys = state == "running" and self.run == self._obey
        await self.until(lambda: self.pool.states.get(name) == state and (not obeys or name in self.live))

    def check_closed(self) -> None:
        """Nothing is left of anything, and every attempt has its end."""
        self.check_gone()
        assert set(self.phases.values()) <= ENDS

    def check_gone(self) -> None:
        assert self.violations == []
        assert self.pool.leases == ()
        assert self.backend.alive == {}
        assert self.backend.late_samples == 0, "sampled while it was ended"
        assert self.ledger.rows == {}
        assert self.pool.waiting == ()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    def _rule(self, holds: object, text: str) -> None:
        if not holds:
            self.violations.append(text)

    def _on_create(self, spec: SandboxSpec) -> None:
        lease = next((lease for lease in self.pool.leases if lease.worker == spec.worker), None)
        self._rule(lease and lease.request == spec.gpu, f"{spec.worker} has no lease")
        self._rule(spec.worker in self.ledger.rows.values(), f"{spec.worker} has no row")
        asked = [other.worker for other in self.backend.alive.values()]
        self._rule(len(asked) == len(set(asked)), f"two sandboxes of one worker in {asked}")
        devices = [device for other in self.backend.alive.values() for device in other.devices]
        self._rule(len(devices) == len(set(devices)), f"one device leased twice in {devices}")

    def _emit(self, draft: ev.Draft) -> None:
        name, body = draft.worker, draft.body
        if name is not None and isinstance(
            body,
            we.WorkerQueued
            | we.WorkerStarted
            | we.WorkerPaused
            | we.WorkerContinued
            | we.WorkerFinished
            | we.WorkerSuspended,
        ):
            self._check_order(name, body)
        elif name is not None and isinstance(body, we.LeaseTaken | we.LeaseReturned):
            self._check_lease(name, body)
        self.events.append(draft)
        now = ev.dt.datetime.now(ev.dt.UTC)
        event = ev.Event(seq=len(self.events), time=now, session="s", body=body, worker=name, by=draft.by)
        self.state.apply(event)

    def _check_lease(self, name: str, body: we.LeaseTaken | we.LeaseReturned) -> None:
        """Told as taken while it is held and before anything is asked for, and as returned once nothing is left."""
        told = self.phases.get((name, body.attempt), "")
        alive = any(spec.worker == name for spec in self.backend.alive.values())
        held = name in {lease.worker for lease in self.pool.leases}
        self._rule(told not in ENDS, f"a lease of {name} after its end")
        self._rule(not alive, f"a lease of {name} is told with a sandbox there")
        self._rule(held == isinstance(body, we.LeaseTaken), f"a lease of {name} is told that the books do not have")

    def _check_order(self, name: str, body: Any) -> None:
        """Queued, started, finished; each attempt once; nothing of a worker is left when it finishes."""
        kind = str(type(body).__struct_config__.tag)
        before = self.phases.get((name, body.attempt), "")
        self._rule(before in ORDER[kind], f"{kind} after {before!r} of {name} {body.attempt}")
        alive = any(spec.worker == name for spec in self.backend.alive.values())
        if kind == "worker.queued":
            earlier = {attempt: phase for (worker, attempt), phase in self.phases.items() if worker == name}
            self._rule(body.attempt == len(earlier) + 1, f"attempt {body.attempt} of {name} after {len(earlier)}")
            self._rule(set(earlier.values()) <= ENDS, f"{name} begins again before its end")
        elif kind == "worker.started":
            self._rule(alive, f"{name} started without a sandbox")
        elif kind in {"worker.paused", "worker.continued"}:
            self._rule(name in {lease.worker for lease in self.pool.leases}, f"{kind} of {name} without a lease")
        elif not self.gives_up:
            self._rule(not alive, f"{name} finished with a sandbox")
            held = {lease.worker for lease in self.pool.leases}
            self._rule(name not in held, f"{name} finished with a lease")
        self.phases[name, body.attempt] = kind
