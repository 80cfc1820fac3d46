"""What a sandbox uses: percent of CPU, and GPUs by a driver that tells much, little or nothing."""

import asyncio
import types

import pynvml
import pytest

from golfer_tui.sandboxes import gauges
from golfer_tui.sandboxes.gauges import CpuMeter, GpuGauges, LocalGpu, Nvml, gpu_type, local_gpus, visible

GIB = 1024**3


def test_percent_of_one_core() -> None:
    times = iter([10.0, 12.0, 13.0, 13.0, 14.0])
    meter = CpuMeter(lambda: next(times))
    assert [meter.percent(seconds) for seconds in (5.0, 10.0, 10.5, 11.0, 10.0)] == [0.0, 250.0, 50.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("NVIDIA H100 80GB HBM3", "H100"),
        ("NVIDIA H200", "H200"),
        ("NVIDIA A100-SXM4-40GB", "A100-40GB"),
        ("NVIDIA A100 80GB PCIe", "A100-80GB"),
        ("Tesla T4", "T4"),
        ("NVIDIA L40S", "L40S"),
        ("NVIDIA A10G", "A10G"),
        ("NVIDIA GeForce RTX 4090", "RTX4090"),
        ("NVIDIA RTX A6000", "RTXA6000"),
        ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "RTX-PRO-6000"),
        ("NVIDIA A100-SXM4-80GB", "A100-80GB"),
        ("NVIDIA B200", "B200"),
        ("NVIDIA B300 SXM6 AC", "B300"),
        ("NVIDIA H100 NVL", "H100"),
        ("NVIDIA A10", "A10"),
        ("NVIDIA H100 80GB HBM3 MIG 1g.10gb", "H100-1G.10GB"),
        ("NVIDIA A100-SXM4-40GB MIG 1g.5gb", "A100-40GB-1G.5GB"),
        ("", "ANY"),
        ("???", "ANY"),
    ],
)
def test_the_type_of_a_gpu(name: str, kind: str) -> None:
    assert gpu_type(name) == kind


def test_our_own_visible_devices_are_kept() -> None:
    gpus = [LocalGpu(f"GPU-{letter}", "H100", GIB, index) for index, letter in enumerate("abc")]
    assert visible(gpus, None) == gpus
    assert visible(gpus, "") == []
    assert visible(gpus, "2,0") == [gpus[2], gpus[0]]
    assert visible(gpus, "GPU-b") == [gpus[1]]
    assert visible(gpus, "0,-1,1") == [gpus[0]]
    assert visible(gpus, "0,7,1") == [gpus[0]]


class Driver:
    """A driver with one whole GPU and one that is split by MIG, as NVML shows them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.samples = 0
        for name in ("Init", "Shutdown"):
            monkeypatch.setattr(pynvml, f"nvml{name}", lambda: None)
        for name in dir(self):
            if name.startswith("nvml"):
                monkeypatch.setattr(pynvml, name, getattr(self, name))

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802 - the driver's name
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> str:  # noqa: N802
        return f"gpu{index}"

    def nvmlDeviceGetMigMode(self, handle: str) -> tuple[int, int]:  # noqa: N802
        if handle == "gpu0":
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
        return (1, 1)

    def nvmlDeviceGetMaxMigDeviceCount(self, handle: str) -> int:  # noqa: N802
        return 3

    def nvmlDeviceGetMigDeviceHandleByIndex(self, handle: str, number: int) -> str:  # noqa: N802
        if number == 2:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_FOUND)
        return f"{handle}-mig{number}"

    def nvmlDeviceGetUUID(self, handle: str) -> str:  # noqa: N802
        return f"{'MIG' if 'mig' in handle else 'GPU'}-{handle}"

    def nvmlDeviceGetName(self, handle: str) -> bytes | str:  # noqa: N802
        return b"NVIDIA H100 80GB HBM3" if handle == "gpu0" else "NVIDIA A100-SXM4-40GB MIG 3g.20gb"

    def nvmlDeviceGetMinorNumber(self, handle: str) -> int:  # noqa: N802
        return 4

    def nvmlDeviceGetMemoryInfo(self, handle: str) -> types.SimpleNamespace:  # noqa: N802
        return types.SimpleNamespace(total=80 * GIB, used=3 * GIB)

    def nvmlDeviceGetUtilizationRates(self, handle: str) -> types.SimpleNamespace:  # noqa: N802
        self.samples += 1
        if "mig" in handle:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
        return types.SimpleNamespace(gpu=97, memory=40)

    def nvmlDeviceGetPowerUsage(self, handle: str) -> int:  # noqa: N802
        return 345_600

    def nvmlDeviceGetTemperature(self, handle: str, sensor: int) -> int:  # noqa: N802
        raise pynvml.NVMLError(pynvml.NVML_ERROR_NO_PERMISSION)


async def test_whole_and_split_gpus_with_fields_that_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver(monkeypatch)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    found = await asyncio.to_thread(local_gpus)
    assert [(gpu.id, gpu.type, gpu.memory, gpu.index, gpu.minor) for gpu in found] == [
        ("GPU-gpu0", "H100", 80 * GIB, 0, 4),
        ("MIG-gpu1-mig0", "A100-40GB-3G.20GB", 80 * GIB, 1, 4),
        ("MIG-gpu1-mig1", "A100-40GB-3G.20GB", 80 * GIB, 1, 4),
    ]
    reading = GpuGauges()
    whole, part = await reading.read(["GPU-gpu0", "unknown", "MIG-gpu1-mig1"])
    assert (whole.utilization, whole.memory_used, whole.power, whole.temperature) == (97.0, 3 * GIB, 345.6, None)
    assert (part.index, part.utilization, part.power) == (1, None, 345.6)
    assert driver.samples == 3
    await reading.close()


async def test_all_who_ask_share_one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver(monkeypatch)
    monkeypatch.setattr(gauges, "FRESH", 1000.0)
    reading = GpuGauges()
    await asyncio.gather(*(reading.read(["GPU-gpu0"]) for _ in range(50)))
    assert driver.samples == 3
    await reading.close()


async def test_a_machine_without_a_driver_has_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(pynvml, "nvmlInit", absent)
    assert await asyncio.to_thread(local_gpus) == []
    reading = GpuGauges(Nvml())
    assert await reading.read(["GPU-gpu0"]) == ()
    await reading.close()
