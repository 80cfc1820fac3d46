"""What a sandbox uses: processes by a source of counters, NVIDIA GPUs by NVML.

NVML is asked in a thread, for all GPUs at once and at most twice a second, however many workers are measured. A machine
without a driver simply has no GPUs; a field that the driver does not tell ("N/A", most of them on MIG) is None.
"""

import asyncio
import contextlib
import functools
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import msgspec
import pynvml

from golfer_tui.model.gauges import GpuSample
from golfer_tui.model.gpus import ANY

FRESH = 0.5
"""Seconds for which a reading of the GPUs serves all who ask."""

T = TypeVar("T")


class Usage(msgspec.Struct, frozen=True):
    """Counters of a sandbox's processes at one moment."""

    cpu: float
    """Seconds of CPU time since the sandbox began, ended processes included."""
    memory: int
    """Bytes resident."""
    processes: int


class CpuMeter:
    """Turns a growing number of CPU seconds into percent of one core."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: tuple[float, float] | None = None

    def percent(self, seconds: float) -> float:
        """Use since the last call; 0.0 at the first."""
        now, last = self._clock(), self._last
        self._last = now, seconds
        if last is None or now <= last[0]:
            return 0.0
        return max(0.0, seconds - last[1]) / (now - last[0]) * 100


class LocalGpu(msgspec.Struct, frozen=True):
    """One GPU of this machine, or one MIG instance of it, that may be leased."""

    id: str
    """UUID, as `CUDA_VISIBLE_DEVICES` takes it."""
    type: str
    """Such as `H100` or `A100-80GB`; `ANY` if the driver gives no name."""
    memory: int
    """Bytes; 0 if unknown."""
    index: int
    """Number of the GPU by NVML."""
    minor: int | None = None
    """Number of its device file, `/dev/nvidia<minor>`."""


@functools.lru_cache(maxsize=64)
def gpu_type(name: str) -> str:
    """The type in a product name: `NVIDIA H100 80GB HBM3` is an `H100`, `NVIDIA A100-SXM4-40GB` an `A100-40GB`."""
    name, _, mig = name.partition(" MIG ")
    words = [word for word in re.split(r"[\s/]+", name) if word.upper() not in {"NVIDIA", "GEFORCE", "TESLA", "QUADRO"}]
    if words[:3] == ["RTX", "PRO", "6000"]:
        return "RTX-PRO-6000"
    if words and words[0].upper() in {"RTX", "GTX", "TITAN"}:
        words[:2] = ["".join(words[:2])]
    base = re.match(r"[A-Za-z][A-Za-z0-9]*", words[0]) if words else None
    if base is None:
        return ANY
    kind = base[0].upper()
    if kind == "A100" and (size := re.search(r"(40|80)GB", name)):
        kind = f"{kind}-{size[0]}"
    return f"{kind}-{mig.upper()}" if mig else kind


def visible(gpus: list[LocalGpu], variable: str | None) -> list[LocalGpu]:
    """What a `CUDA_VISIBLE_DEVICES` leaves, in its order: numbers or starts of UUIDs, up to the first unknown one."""
    if variable is None:
        return gpus
    chosen: list[LocalGpu] = []
    for word in (word.strip() for word in variable.split(",")):
        if word.isdecimal():
            found = [gpu for gpu in gpus if gpu.index == int(word)]
        else:
            found = [gpu for gpu in gpus if word and gpu.id.startswith(word)]
        if not found:
            break
        chosen += [gpu for gpu in found if gpu not in chosen]
    return chosen


class Nvml:
    """The driver's management library. Its calls block: never on the event loop."""

    def __init__(self) -> None:
        self._state: bool | None = None

    def _open(self) -> bool:
        if self._state is None:
            self._state = _told(pynvml.nvmlInit, default=False) is not False
        return self._state

    def gpus(self) -> list[LocalGpu]:
        """All GPUs of the machine; where one is split by MIG, its instances instead."""
        return [gpu for gpu, _, _ in self._devices()]

    def samples(self) -> dict[str, GpuSample]:
        """One sample of each GPU, by id."""
        return {gpu.id: _sample(gpu, handle, parent) for gpu, handle, parent in self._devices()}

    def close(self) -> None:
        """Let go of the driver."""
        if self._state:
            _told(pynvml.nvmlShutdown)
        self._state = None

    def _devices(self) -> Iterator[tuple[LocalGpu, Any, Any]]:
        """Each GPU with its handle, and that of the physical GPU."""
        if not self._open():
            return
        for index in range(_told(pynvml.nvmlDeviceGetCount, default=0)):
            physical = _told(pynvml.nvmlDeviceGetHandleByIndex, index)
            if physical is None:
                continue
            mode = _told(pynvml.nvmlDeviceGetMigMode, physical, default=(0, 0))
            count = _told(pynvml.nvmlDeviceGetMaxMigDeviceCount, physical, default=0) if mode[0] else 0
            instances = (_told(pynvml.nvmlDeviceGetMigDeviceHandleByIndex, physical, number) for number in range(count))
            for handle in [each for each in instances if each is not None] if mode[0] else [physical]:
                id_ = _text(_told(pynvml.nvmlDeviceGetUUID, handle, default=""))
                memory = _told(pynvml.nvmlDeviceGetMemoryInfo, handle)
                gpu = LocalGpu(
                    id=id_ or str(index),
                    type=gpu_type(_text(_told(pynvml.nvmlDeviceGetName, handle, default=""))),
                    memory=int(memory.total) if memory else 0,
                    index=index,
                    minor=_told(pynvml.nvmlDeviceGetMinorNumber, physical),
                )
                yield gpu, handle, physical


def _sample(gpu: LocalGpu, handle: Any, physical: Any) -> GpuSample:
    rates = _told(pynvml.nvmlDeviceGetUtilizationRates, handle)
    memory = _told(pynvml.nvmlDeviceGetMemoryInfo, handle)
    milliwatts = _told(pynvml.nvmlDeviceGetPowerUsage, physical)
    degrees = _told(pynvml.nvmlDeviceGetTemperature, physical, pynvml.NVML_TEMPERATURE_GPU)
    return GpuSample(
        index=gpu.index,
        name=gpu.type,
        utilization=None if rates is None else float(rates.gpu),
        memory_used=None if memory is None else int(memory.used),
        memory_total=None if memory is None else int(memory.total),
        power=None if milliwatts is None else milliwatts / 1000,
        temperature=None if degrees is None else float(degrees),
    )


def _told(call: Callable[..., T], *arguments: object, default: Any = None) -> Any:
    """What the driver answers, or `default` where it does not tell."""
    with contextlib.suppress(pynvml.NVMLError):
        return call(*arguments)
    return default


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


class GpuGauges:
    """Samples of the local GPUs, shared by all who ask."""

    def __init__(self, nvml: Nvml | None = None) -> None:
        self._nvml = nvml or Nvml()
        self._lock = asyncio.Lock()
        self._samples: dict[str, GpuSample] = {}
        self._taken = -FRESH

    async def read(self, ids: Iterable[str]) -> tuple[GpuSample, ...]:
        """A sample of each of these GPUs that is there."""
        wanted = tuple(ids)
        if not wanted:
            return ()
        async with self._lock:
            if time.monotonic() - self._taken > FRESH:
                self._samples = await asyncio.to_thread(self._nvml.samples)
                self._taken = time.monotonic()
        return tuple(self._samples[id_] for id_ in wanted if id_ in self._samples)

    async def close(self) -> None:
        """Let go of the driver."""
        async with self._lock:
            await asyncio.to_thread(self._nvml.close)


def local_gpus() -> list[LocalGpu]:
    """The GPUs of this machine that our own `CUDA_VISIBLE_DEVICES` leaves us to lease. Blocks."""
    nvml = Nvml()
    try:
        return visible(nvml.gpus(), os.environ.get("CUDA_VISIBLE_DEVICES"))
    finally:
        nvml.close()
