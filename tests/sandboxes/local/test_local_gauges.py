"""What a local sandbox says that it uses, and the keeper's own table of processes."""

import asyncio
import os

import psutil
import pytest
from places import Place, until

from golfer_tui.sandboxes.local import keeper


async def test_cpu_memory_and_processes_of_all_that_runs(place: Place) -> None:
    idle = await place.sandbox.sample()
    assert idle is not None
    assert (idle.processes, idle.memory, idle.gpus) == (0, 0, ())
    burn = "python3 -c 'b = bytearray(64 << 20); print(\"filled\")\nwhile True: pass'"
    await place.run(f"{burn} & wait", seconds=0.3)
    await until(lambda: b"filled" in place.printed, "a filled memory")
    await place.sandbox.sample()
    await asyncio.sleep(0.3)
    busy = await place.sandbox.sample()
    assert busy is not None
    assert busy.processes == 2
    assert busy.memory > 64 << 20
    assert 5 < busy.cpu < 150


async def test_cpu_of_processes_that_have_ended_counts(place: Place) -> None:
    await place.sandbox.sample()
    await place.output("for i in 1 2 3; do python3 -c 'sum(range(1000000))'; done")
    sample = await place.sandbox.sample()
    assert sample is not None
    assert sample.cpu > 0
    assert sample.processes == 0


def test_the_table_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    by_proc = keeper.processes()
    assert by_proc[os.getpid()].parent == os.getppid()
    assert by_proc[os.getpid()].session == os.getsid(0)
    assert by_proc[os.getpid()].memory == pytest.approx(psutil.Process().memory_info().rss, rel=0.5)
    assert os.getpid() in keeper.below(by_proc, {os.getppid()})
    if not os.path.exists("/bin/ps"):
        pytest.skip("no ps here")
    monkeypatch.setattr(keeper, "PROC", False)
    by_ps = keeper.processes()
    assert by_ps[os.getpid()].parent == os.getppid()
    assert by_ps[os.getpid()].session == os.getpgrp()
    assert by_ps[os.getpid()].cpu == pytest.approx(sum(psutil.Process().cpu_times()[:2]), abs=2)
    assert not [pid for pid, row in by_ps.items() if row.parent == os.getpid() and not psutil.pid_exists(pid)]
