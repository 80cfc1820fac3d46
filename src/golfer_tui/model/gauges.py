"""Samples of what a worker uses."""

import msgspec


class GpuSample(msgspec.Struct, frozen=True, omit_defaults=True):
    """One GPU at one moment. A field is None where the driver says "N/A"."""

    index: int
    name: str = ""
    utilization: float | None = None
    """Percent, 0 to 100."""
    memory_used: int | None = None
    """Bytes."""
    memory_total: int | None = None
    """Bytes."""
    power: float | None = None
    """Watts."""
    temperature: float | None = None
    """Degrees Celsius."""


class Sample(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that is measured of one sandbox at one moment."""

    cpu: float
    """Percent of one core: 250 is two and a half cores busy."""
    memory: int
    """Bytes resident, summed over the sandbox's processes."""
    processes: int = 0
    gpus: tuple[GpuSample, ...] = ()
    gpu_note: str = ""
    """Why GPUs that were leased are not among these; empty: all are, or none was leased."""
