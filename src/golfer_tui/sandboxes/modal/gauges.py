"""What a Modal sandbox uses, told once a second by one long-running program in it, and not by a command per sample."""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator
from typing import Any

import modal

from golfer_tui.model.gauges import GpuSample, Sample
from golfer_tui.sandboxes.gauges import CpuMeter, gpu_type
from golfer_tui.sandboxes.modal.scripts import SAMPLE

STALE = 10.0
"""Seconds after which a reading tells nothing any more."""
ROUNDS = 600
"""Readings before the program is started anew; without its owner it ends then, and the sandbox is idle."""
PAUSE = 5.0
"""Seconds before it is started again where it failed."""
TICKS = 100
"""Clock ticks in a second, on every Linux."""
PAGE = 4096
"""Bytes of a page."""
LINE = 64 * 1024
"""Bytes of a line, at most."""
MIB = 1024 * 1024

_STAT = re.compile(rb"\d+ \(.*\) \S (?P<rest>.+)", re.DOTALL)


class Gauges:
    """The newest reading of one sandbox."""

    def __init__(self, sandbox: modal.Sandbox, *, gpus: bool) -> None:
        self._sandbox = sandbox
        self._gpus_wanted = gpus
        self._meter = CpuMeter()
        self._used: tuple[float, int, int] | None = None
        self._used_at = self._gpus_at = -STALE
        self._gpus: dict[int, GpuSample] = {}
        self._task: asyncio.Task[None] | None = None

    def sample(self) -> Sample | None:
        """The newest reading; None if there is none that is fresh. The first call begins to read."""
        if self._task is None:
            self._task = asyncio.create_task(self._read(), name=f"gauges of {self._sandbox.object_id}")
        now = time.monotonic()
        if self._used is None or now - self._used_at > STALE:
            return None
        cpu, memory, processes = self._used
        fresh = now - self._gpus_at <= STALE
        gpus = tuple(self._gpus[index] for index in sorted(self._gpus)) if fresh else ()
        return Sample(cpu=cpu, memory=memory, processes=processes, gpus=gpus)

    async def close(self) -> None:
        """Stop reading."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _read(self) -> None:
        while True:
            with contextlib.suppress(Exception):
                flag = "1" if self._gpus_wanted else "0"
                program = await self._sandbox.exec.aio("sh", "-c", SAMPLE, "sh", flag, str(ROUNDS), text=False)
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._read_processes(program.stdout))
                    group.create_task(self._read_gpus(program.stderr))
            await asyncio.sleep(PAUSE)

    async def _read_processes(self, stream: AsyncIterator[Any]) -> None:
        batch: list[bytes] = []
        async for line in _lines(stream):
            if line:
                batch.append(line)
                continue
            seconds, memory, processes = usage(batch)
            batch = []
            self._used = self._meter.percent(seconds), memory, processes
            self._used_at = time.monotonic()

    async def _read_gpus(self, stream: AsyncIterator[Any]) -> None:
        async for line in _lines(stream):
            if (gpu := gpu_row(line.decode(errors="replace"))) is not None:
                self._gpus[gpu.index] = gpu
                self._gpus_at = time.monotonic()


def usage(lines: list[bytes]) -> tuple[float, int, int]:
    """CPU seconds, bytes resident and number of processes, from lines of `/proc/*/stat`; others are passed over."""
    ticks = pages = processes = 0
    for line in lines:
        match = _STAT.fullmatch(line)
        fields = match["rest"].split() if match else []
        if len(fields) < 21:
            continue
        with contextlib.suppress(ValueError):
            # utime, stime, and those of ended children: fields 14 to 17; rss: field 24 (of proc(5), counted from 1).
            ticks += sum(int(value) for value in fields[10:14])
            pages += int(fields[20])
            processes += 1
    return ticks / TICKS, pages * PAGE, processes


def gpu_row(line: str) -> GpuSample | None:
    """One row of `nvidia-smi --query-gpu=… --format=csv,noheader,nounits`; None if it is something else."""
    cells = [cell.strip() for cell in line.split(",")]
    if len(cells) != 7 or not cells[0].isdecimal():
        return None
    utilization, used, total, power, temperature = (_number(cell) for cell in cells[2:])
    return GpuSample(
        index=int(cells[0]),
        name=gpu_type(cells[1]),
        utilization=utilization,
        memory_used=None if used is None else int(used * MIB),
        memory_total=None if total is None else int(total * MIB),
        power=power,
        temperature=temperature,
    )


def _number(cell: str) -> float | None:
    """None for all that is no number: `[N/A]`, `[Not Supported]`, `[Unknown Error]`."""
    return float(cell) if re.fullmatch(r"\d+(\.\d+)?", cell) else None


async def _lines(stream: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in stream:
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[-LINE:]
        for line in lines:
            yield line
