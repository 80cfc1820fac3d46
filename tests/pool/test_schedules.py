"""The rules of the pool under every order of commands, failures and limits that hypothesis can think of."""

import asyncio
import contextlib
import re
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pool_fakes import House, Plan

from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import CommandError
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.pool.leases import Device, Limits

DEVICES = tuple(Device(str(i), "H100" if i < 3 else "A100") for i in range(5))
LIMITS = st.builds(
    Limits,
    max_gpus=st.none() | st.integers(1, 5),
    gpus=st.dictionaries(st.sampled_from(["H100", "A100"]), st.integers(0, 3)),
    max_local=st.none() | st.integers(1, 4),
)
NAMES = st.sampled_from("abcdef")
UNBOUNDED = 10**6


@contextlib.contextmanager
def refused(*codes: str) -> Iterator[None]:
    """The command may be refused, but for these reasons only."""
    try:
        yield
    except CommandError as error:
        if error.code not in codes:
            raise


class Schedules(RuleBasedStateMachine):
    """Rules do one thing and let the loop take some steps; nothing waits for time."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.background: set[asyncio.Task[Any]] = set()

    @initialize(limits=LIMITS, real=st.booleans())
    def begin(self, limits: Limits, real: bool) -> None:
        async def begin() -> None:
            self.devices = DEVICES if real else None
            self.house = House(self._limits(limits))
            self.house.backend.on_create = self._checked(self.house.backend.on_create)
            self.allowed: dict[str, int] = {}
            self._allow()

        self.runner.run(begin())

    @rule(name=NAMES, gpu=st.sampled_from(["", "H100", "H100:2", "A100", "1", "2", "H100:9"]))
    def spawn(self, name: str, gpu: str) -> None:
        if name in self.house.pool.states:
            return

        async def spawn() -> None:
            if never := self.house.pool._crew.leases.never_fits(GpuRequest.parse(gpu)):
                with pytest.raises(CommandError, match=re.escape(never)):
                    self.house.spawn(name, gpu)
            else:
                self.house.spawn(name, gpu)

        self._do(spawn())

    @rule(name=NAMES, slow=st.booleans(), late=st.booleans(), broken=st.booleans(), failures=st.integers(0, 3))
    def plan(self, name: str, slow: bool, late: bool, broken: bool, failures: int) -> None:
        plan = Plan(slow=slow, late=late, broken=broken, stop_failures=failures)
        if not slow:
            self.house.backend.open(name)
        self.house.backend.plans[name] = plan

    @rule(name=NAMES, steps=st.integers(0, 12))
    def let_create_go_on(self, name: str, steps: int) -> None:
        self.house.backend.open(name)
        self._steps(steps)

    @rule(name=NAMES, value=st.sampled_from(["done", ValueError, asyncio.CancelledError, SystemExit]))
    def end_run(self, name: str, value: Any) -> None:
        self.house.order(name, value if isinstance(value, str) else value())
        self._steps(1)

    @rule(name=NAMES, verb=st.sampled_from(["kill", "restart", "pause", "release"]), steps=st.integers(0, 12))
    def command(self, name: str, verb: str, steps: int) -> None:
        pool = self.house.pool
        work = pool.pause(name, "person", release=True) if verb == "release" else getattr(pool, verb)(name, "person")
        self._background(work, steps)

    @rule(name=NAMES, verb=st.sampled_from(["continue_", "message"]))
    def say(self, name: str, verb: str) -> None:
        async def say() -> None:
            with refused("worker.unknown", "worker.active", "gpu.never_fits", "mailbox.full"):
                getattr(self.house.pool, verb)(name, *(["person"] if verb == "continue_" else ["go on", "person"]))

        self._do(say())

    @rule(limits=LIMITS)
    def change_limits(self, limits: Limits) -> None:
        async def change() -> None:
            limits_now = self._limits(limits)
            self._allow(limits_now)
            self.house.pool.set_limits(limits_now)

        self._do(change())

    @rule(steps=st.integers(1, 60))
    def go_on(self, steps: int) -> None:
        self._steps(steps)

    @precondition(lambda self: hasattr(self, "house"))
    @invariant()
    def limits_hold(self) -> None:
        self._check_limits()
        used = self.house.pool.used
        # A limit that was lowered below what is used binds from then on as far as use has come down.
        now = {"local": used.workers, "all": used.gpus, **used.by_type}
        for resource, bound in self._bounds(self.house.pool.limits).items():
            self.allowed[resource] = max(bound, min(self.allowed[resource], now.get(resource, 0)))

    @precondition(lambda self: hasattr(self, "house"))
    @invariant()
    def queue_is_truthful(self) -> None:
        crew = self.house.pool._crew
        waiting = [name for name, state in self.house.pool.states.items() if state == "queued"]
        assert sorted(waiting) == sorted(name for name, _ in crew.queue.waiting)
        assert all(reason for _, reason in crew.queue.waiting)
        for name, _ in crew.queue.waiting:
            request = crew.workers[name].spec.gpu
            if crew.leases.never_fits(request) is None:
                assert crew.leases.shortages(request), f"{name} is the first that could fit, and could start"
                break
        assert not self.house.queues or self.house.queues[-1] == crew.queue.waiting

    @precondition(lambda self: hasattr(self, "house"))
    @invariant()
    def who_is_paused_stands_still(self) -> None:
        for name, worker in self.house.pool._crew.workers.items():
            paused = worker.state == "paused"
            assert paused <= (worker.paused_by == "person"), f"{name} is paused, and nobody has done it"
            assert paused <= (not worker.going.is_set()), f"the agent of {name} goes on"
            if paused and worker.life is not None and worker.life.listens and worker.life.stage == "running":
                known = self.house.state.workers[name]
                assert known.holds
                assert known.state == "paused"

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.runner.run(self._end())
        self.runner.close()

    async def _end(self) -> None:
        house = self.house
        for name in house.pool.states:
            house.backend.open(name)
        suspend = len(house.events) % 2 == 0
        await (house.pool.suspend() if suspend else house.pool.close())
        for task in self.background:
            await task
        house.check_closed()
        asked = [(d.worker, d.body.attempt) for d in house.events if isinstance(d.body, we.WorkerQueued)]
        ends = [
            (d.worker, d.body.attempt)
            for d in house.events
            if isinstance(d.body, we.WorkerFinished | we.WorkerSuspended)
        ]
        # One that was paused without its sandbox, and so is kept, may be killed yet: that is the same end.
        assert sorted(asked) == sorted({*ends}), "each attempt that was asked for has an end"
        finished = [(d.worker, d.body.attempt) for d in house.events if isinstance(d.body, we.WorkerFinished)]
        assert len(finished) == len({*finished}), "and no more than one"

    def _limits(self, limits: Limits) -> Limits:
        return Limits(max_gpus=limits.max_gpus, gpus=limits.gpus, max_local=limits.max_local, devices=self.devices)

    @staticmethod
    def _bounds(limits: Limits) -> dict[str, int]:
        def bound(value: int | None) -> int:
            return UNBOUNDED if value is None else value

        by_type = {kind: limits.gpus.get(kind, UNBOUNDED) for kind in ("H100", "A100")}
        return {"local": bound(limits.max_local), "all": bound(limits.max_gpus), **by_type}

    def _allow(self, limits: Limits | None = None) -> None:
        used = self.house.pool.used
        now = {"local": used.workers, "all": used.gpus, **used.by_type}
        bounds = self._bounds(limits or self.house.pool.limits)
        self.allowed = {resource: max(bound, now.get(resource, 0)) for resource, bound in bounds.items()}

    def _check_limits(self) -> None:
        """Count the sandboxes themselves, from when they are asked for to their confirmed end."""
        specs = self.house.backend.alive.values()
        types = {device.id: device.type for device in self.devices or ()}
        alive = {"local": len(specs), "all": sum(spec.gpu.count for spec in specs if spec.gpu)}
        for spec in specs:
            kinds = [types[i] for i in spec.devices] or ([spec.gpu.type] * spec.gpu.count if spec.gpu else [])
            for kind in kinds:
                alive[kind] = alive.get(kind, 0) + 1
        for resource, bound in self.allowed.items():
            self.house._rule(alive.get(resource, 0) <= bound, f"{alive} exceeds {self.allowed} of {resource}")
        assert self.house.violations == []

    def _checked(self, on_create: Callable[[Any], None]) -> Callable[[Any], None]:
        def check(spec: Any) -> None:
            on_create(spec)
            self._check_limits()

        return check

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        self.runner.run(work)

    def _steps(self, steps: int) -> None:
        async def take() -> None:
            for _ in range(steps):
                await asyncio.sleep(0)

        self.runner.run(take())

    def _background(self, work: Coroutine[Any, Any, None], steps: int) -> None:
        async def expected() -> None:
            with refused("worker.unknown", "worker.ended", "worker.paused", "gpu.never_fits", "pool.closed"):
                await work

        async def begin() -> None:
            self.background.add(asyncio.create_task(expected()))

        self.runner.run(begin())
        self._steps(steps)


TestSchedules = pytest.mark.filterwarnings("error")(Schedules.TestCase)
TestSchedules.settings = settings(
    max_examples=80,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
