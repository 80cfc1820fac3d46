"""What becomes of samples: signals at once, few events, one alarm for each stretch; and of leases after a crash."""

import asyncio
import datetime as dt
import types
from typing import Any

import pytest

from golfer_tui.engine.gauging import Gauging
from golfer_tui.engine.resume import _return_leases
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.gauges import GpuSample, Sample
from golfer_tui.model.session import SessionState
from golfer_tui.model.settings import PoolSettings, Settings
from golfer_tui.model.workers import WorkerSpec

START = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def sample(use: float) -> Sample:
    return Sample(cpu=1.0, memory=1, gpus=(GpuSample(0, "H100", use), GpuSample(3, "H100", 80.0)))


async def test_each_sample_is_a_signal_few_are_events_and_idling_is_told_once() -> None:
    signals: list[Any] = []
    bodies: list[Any] = []
    notes: list[str] = []
    gauging = Gauging(
        PoolSettings(idle_gpu_minutes=0.001),
        publish=signals.append,
        emit=lambda draft: bodies.append(draft.body),
        note=notes.append,
    )
    alarms: list[we.WorkerIdle] = []
    async with asyncio.timeout(20):
        while not alarms:
            gauging.take("w", sample(0.0))
            await asyncio.sleep(0.01)
            alarms = [body for body in bodies if isinstance(body, we.WorkerIdle)]
    for _ in range(5):
        gauging.take("w", sample(0.0))
    gauging.take("w", sample(50.0))
    alarms = [body for body in bodies if isinstance(body, we.WorkerIdle)]
    assert [alarm.gpus for alarm in alarms] == [(0,), ()]
    [note] = notes
    assert note.startswith("GPU 0 of worker w did next to nothing for 0.001 minutes.")
    assert len([body for body in bodies if isinstance(body, we.WorkerGauge)]) == 1
    assert len(signals) > 5


async def test_a_gpu_that_does_nothing_because_its_worker_is_paused_alarms_nobody() -> None:
    bodies: list[Any] = []
    paused = {"w"}
    gauging = Gauging(
        PoolSettings(idle_gpu_minutes=1e-9),
        publish=lambda signal: None,
        emit=lambda draft: bodies.append(draft.body),
        note=lambda text: None,
        paused=paused.__contains__,
    )
    for _ in range(5):
        gauging.take("w", sample(0.0))
    assert not [body for body in bodies if isinstance(body, we.WorkerIdle)]
    paused.clear()
    async with asyncio.timeout(20):
        while not [body for body in bodies if isinstance(body, we.WorkerIdle)]:
            gauging.take("w", sample(0.0))
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("backend", "last", "seconds"), [("local", 600, 600.0), ("modal", 600, 600.0 + 1800), ("modal", 14_000, 14_400.0)]
)
def test_after_a_crash_a_lease_ends_with_the_sandbox(backend: Any, last: int, seconds: float) -> None:
    state = SessionState(backend=backend)
    bodies: list[tuple[ev.AnyBody, str | None]] = [
        (we.WorkerQueued(spec=WorkerSpec("w", "t"), attempt=1, position=1), "w"),
        (we.LeaseTaken(attempt=1, gpus={"H100": 1}), "w"),
    ]
    for seq, (body, worker) in enumerate(bodies, 1):
        state.apply(ev.Event(seq=seq, time=START, session="s", body=body, worker=worker))
    told: list[ev.Draft] = []
    services: Any = types.SimpleNamespace(settings=Settings(backend=backend), state=state, emit=told.append)
    _return_leases(START + dt.timedelta(seconds=last), services)
    assert [draft.body for draft in told] == [we.LeaseReturned(attempt=1, seconds=seconds)]
