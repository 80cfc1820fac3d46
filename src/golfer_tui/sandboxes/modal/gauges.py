"""What a Modal sandbox uses, told by one long-running program in it, and not by a command for each sample."""

import asyncio
import collections
import contextlib
import re
import time
from collections.abc import AsyncIterator
from typing import Any

import modal
from modal.stream_type import StreamType

from golfer_tui.model.gauges import GpuSample, Sample
from golfer_tui.sandboxes.cleanup import cancelled, told_to_end
from golfer_tui.sandboxes.gauges import CpuMeter, gpu_type
from golfer_tui.sandboxes.modal.scripts import SAMPLE
from golfer_tui.terminal.clean import one_line

STALE = 10.0
"""Seconds after which a reading tells nothing any more."""
ROUNDS = 600
"""Readings before the program is started anew; without its owner it ends then, and the sandbox is idle."""
LATER = 0.5
"""Seconds before the program is started at all: what an agent begins with comes first."""
PAUSE = 5.0
"""Seconds before it is started again where it failed."""
TICKS = 100
"""Clock ticks in a second, on every Linux."""
PAGE = 4096
"""Bytes of a page."""
LINE = 64 * 1024
"""Bytes of a line, at most."""
NOTE = 160
"""Characters that are kept of what `nvidia-smi` says in place of a reading."""
AHEAD = 4
"""Readings that may wait to be asked for."""
GPU = b"gpu "
"""Begins a line of what `nvidia-smi` says."""
UP = re.compile(rb"up (\d+(?:\.\d+)?)")
"""The line with the time of a reading."""
MIB = 1024 * 1024


class Gauges:
    """The newest readings of one sandbox."""

    def __init__(self, sandbox: modal.Sandbox, *, gpus: bool) -> None:
        self._sandbox = sandbox
        self._gpus_wanted = gpus
        self._up = 0.0
        """Seconds since the sandbox's machine began, as of the reading that is taken."""
        self._meter = CpuMeter(lambda: self._up)
        self._readings: collections.deque[Sample] = collections.deque(maxlen=AHEAD)
        """Oldest first; those before the last one were not asked for yet."""
        self._read_at = -STALE
        self._task: asyncio.Task[None] | None = None

    def sample(self) -> Sample | None:
        """The next reading, or the newest once more; None if there is none that is fresh. The first call begins to
        read."""
        if self._task is None:
            self._task = asyncio.create_task(self._read(), name=f"gauges of {self._sandbox.object_id}")
        if not self._readings or time.monotonic() - self._read_at > STALE:
            return None
        return self._readings.popleft() if len(self._readings) > 1 else self._readings[0]

    async def close(self) -> None:
        """Stop reading."""
        if self._task is not None:
            await cancelled(self._task)

    async def _read(self) -> None:
        await asyncio.sleep(LATER)
        while not told_to_end():
            with contextlib.suppress(Exception):
                flag = "1" if self._gpus_wanted else "0"
                program = await self._sandbox.exec.aio(
                    *["sh", "-c", SAMPLE, "sh", flag, str(ROUNDS)], text=False, stderr=StreamType.DEVNULL
                )
                await self.follow(program.stdout)
            if not told_to_end():
                await asyncio.sleep(PAUSE)

    async def follow(self, stream: AsyncIterator[Any]) -> None:
        """Take all readings of a stream, in whatever pieces it comes."""
        reading: list[bytes] = []
        async for line in _lines(stream):
            if line:
                reading.append(line)
            elif reading:
                self._take(reading)
                reading = []

    def _take(self, lines: list[bytes]) -> None:
        told = [line.removeprefix(GPU).decode(errors="replace") for line in lines if line.startswith(GPU)]
        gpus = {gpu.index: gpu for row in told if (gpu := gpu_row(row)) is not None}
        if (up := UP.fullmatch(lines[0])) is not None:
            self._up = float(up[1])
        seconds, memory, processes = usage(lines)
        self._readings.append(
            Sample(
                cpu=self._meter.percent(seconds),
                memory=memory,
                processes=processes,
                gpus=tuple(gpus[index] for index in sorted(gpus)),
                gpu_note="" if gpus else one_line(next(filter(str.strip, reversed(told)), ""), NOTE),
            )
        )
        self._read_at = time.monotonic()


def usage(lines: list[bytes]) -> tuple[float, int, int]:
    """CPU seconds, bytes resident and number of processes, from lines of `/proc/*/stat`; others are passed over."""
    ticks = pages = processes = 0
    for line in lines:
        # What follows the name, which may hold anything, up to the resident pages: fields 3 to 24 of proc(5).
        fields = line.rpartition(b") ")[2].split(None, 22)
        if len(fields) < 22 or not line[:1].isdigit():
            continue
        with contextlib.suppress(ValueError):
            # The time of its own and that of ended children, each in user and system mode: fields 14 to 17.
            used = int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])
            pages += int(fields[21])
            ticks += used
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
    return float(cell) if cell.replace(".", "", 1).isdecimal() and cell.isascii() else None


async def _lines(stream: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in stream:
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[-LINE:]
        for line in lines:
            yield line
