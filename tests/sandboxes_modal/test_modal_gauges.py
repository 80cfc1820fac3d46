"""What a sandbox uses is told by one program in it; what `nvidia-smi` prints is read as it is."""

import asyncio
from types import SimpleNamespace
from typing import cast

import modal
import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback.modal_plane.plane import ModalPlane
from modal import exception as me
from modal_rig import Rig, until

from golfer_tui.model.gauges import GpuSample
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.sandboxes.modal import gauges
from golfer_tui.sandboxes.modal.gauges import gpu_row, usage

GIB = 1024**3


async def test_a_sandbox_with_gpus(plane: ModalPlane, rig: Rig) -> None:
    sandbox = await rig.create(gpu=GpuRequest("H100", 2))
    await sandbox.session.pty_exec_start("while :; do :; done", yield_time_s=0.3)
    before = plane.wire.count("TaskExecStart")
    samples = []

    async def busy() -> bool:
        samples.append(await sandbox.sample())
        return bool(samples[-1] and samples[-1].gpus and samples[-1].cpu > 20)

    async with asyncio.timeout(20):
        while not await busy():
            await asyncio.sleep(0.05)
    sample = samples[-1]
    assert sample is not None
    assert [(gpu.index, gpu.name, gpu.utilization) for gpu in sample.gpus] == [(0, "H100", 90), (1, "H100", 91)]
    assert sample.gpus[0].memory_total == 81559 * 1024 * 1024
    assert sample.gpus[0].temperature is None
    assert sample.memory > 1024 * 1024
    assert sample.processes >= 3
    assert plane.wire.count("TaskExecStart") == before + 1, "one program for all samples"


async def test_a_sandbox_without_gpus(rig: Rig) -> None:
    sandbox = await rig.create()
    async with asyncio.timeout(20):
        while (sample := await sandbox.sample()) is None:
            await asyncio.sleep(0.05)
    assert sample.gpus == ()


async def test_they_end_also_when_modal_makes_an_error_of_the_cancellation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modal's client does so now and then; it cannot be made to here."""
    monkeypatch.setattr(gauges, "LATER", 0)
    begun: list[tuple[str, ...]] = []

    async def exec_(*argv: str, **options: object) -> None:
        begun.append(argv)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise me.ConnectionError("cut") from None

    sandbox = SimpleNamespace(object_id="sb-1", exec=SimpleNamespace(aio=exec_))
    reader = gauges.Gauges(cast("modal.Sandbox", sandbox), gpus=False)
    assert reader.sample() is None
    await until(lambda: begun)
    await reader.close()
    assert len(begun) == 1


async def test_the_program_ends_by_itself_so_that_an_orphan_becomes_idle(
    plane: ModalPlane, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gauges, "ROUNDS", 1)
    sandbox = await rig.create()
    await sandbox.sample()
    [made] = plane.alive
    await until(lambda: [process for process in made.processes.values() if b") S " in process.out.data])
    await until(lambda: not made.busy())


ROWS = {
    # As drivers print it: a whole GPU, a MIG instance's parent, an old card, one that fell off the bus.
    "0, NVIDIA H100 80GB HBM3, 97, 61234, 81559, 512.30, 61": GpuSample(
        0, "H100", 97.0, 61234 * 1024**2, 81559 * 1024**2, 512.3, 61.0
    ),
    "1, NVIDIA A100-SXM4-40GB, [N/A], 12, 40960, 45.10, 30": GpuSample(
        1, "A100-40GB", None, 12 * 1024**2, 40960 * 1024**2, 45.1, 30.0
    ),
    "2, Tesla T4, 0, 0, 15360, [Not Supported], 41": GpuSample(2, "T4", 0.0, 0, 15360 * 1024**2, None, 41.0),
    "7, NVIDIA L4, [Unknown Error], [GPU is lost], [N/A], [N/A], [N/A]": GpuSample(7, "L4"),
}


@pytest.mark.parametrize("row", ROWS)
def test_rows_of_nvidia_smi(row: str) -> None:
    assert gpu_row(row) == ROWS[row]


@pytest.mark.parametrize("line", ["", "No devices were found", "a, b, c, d, e, f, g", "Failed to initialize NVML: x"])
def test_other_lines_are_no_rows(line: str) -> None:
    assert gpu_row(line) is None


@given(st.text())
def test_any_line_is_read_without_an_error(line: str) -> None:
    gpu_row(line)
    usage([line.encode()])


def test_counters_of_processes_with_wild_names() -> None:
    rest = b"S 1 7 7 0 -1 4194560 900 0 0 0 250 50 100 0 20 0 1 0 1000 9000000 512 " + b"0 " * 27
    lines = [b"7 (python3) " + rest, b"8 (a) b) (c) " + rest, b"9 (torn", b"x (y) " + rest]
    assert usage(lines) == (8.0, 1024 * 4096, 2)
