"""A sandbox that does nothing is measured seldom; one that does anything, each second, and at once when it prints."""

import asyncio
from typing import Any

from golfer_tui.model.gauges import GpuSample, Sample
from golfer_tui.pool.sampling import LONGEST, sample_for_ever
from golfer_tui.terminal.tape import Tape

PAUSE = 0.01


class Measured:
    """A sandbox that counts how often it was looked at."""

    def __init__(self, sample: Sample | Exception | None) -> None:
        self.tape = Tape()
        self.given = sample
        self.times: list[float] = []

    async def sample(self) -> Sample | None:
        self.times.append(asyncio.get_running_loop().time())
        if isinstance(self.given, Exception):
            raise self.given
        return self.given


async def looked_at(sandbox: Any, times: int) -> list[Sample]:
    found: list[Sample] = []
    task = asyncio.create_task(sample_for_ever(sandbox, found.append, PAUSE))
    try:
        async with asyncio.timeout(20):
            while len(sandbox.times) < times:
                await asyncio.sleep(0)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return found


async def test_a_quiet_sandbox_is_measured_less_and_less_often() -> None:
    sandbox = Measured(Sample(cpu=0.0, memory=5, processes=1))
    assert len(await looked_at(sandbox, 8)) == 8
    assert sandbox.times[-1] - sandbox.times[-2] >= PAUSE * LONGEST * 0.99
    assert not sandbox.tape._listeners


async def test_printing_wakes_it() -> None:
    sandbox = Measured(Sample(cpu=0.0, memory=5, processes=1))
    task = asyncio.create_task(sample_for_ever(sandbox, lambda _: None, 1.0))  # type: ignore[arg-type]
    async with asyncio.timeout(8):  # less than the longest pause
        while len(sandbox.times) < 3:
            sandbox.tape.append(b"x")
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_work_and_gpus_are_measured_as_ever_and_a_failing_gauge_goes_on() -> None:
    gpu = GpuSample(index=0, name="H100")
    for sample in (Sample(cpu=50.0, memory=5), Sample(cpu=0.0, memory=5, gpus=(gpu,)), None, RuntimeError("no gauge")):
        sandbox = Measured(sample)
        begin = asyncio.get_running_loop().time()
        found = await looked_at(sandbox, 6)
        assert len(found) == (6 if isinstance(sample, Sample) else 0)
        assert sandbox.times[-1] - begin >= PAUSE * 5 * 0.99
