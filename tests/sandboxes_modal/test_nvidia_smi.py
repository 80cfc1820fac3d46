"""What `nvidia-smi` prints in sandboxes of all kinds is shown as what it is, however its output is cut into chunks."""

import asyncio
import collections
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import modal
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback.modal_plane.plane import ModalPlane
from modal_rig import Rig, until

from golfer_tui.model.gauges import GpuSample, Sample
from golfer_tui.sandboxes.modal.gauges import Gauges
from golfer_tui.sandboxes.modal.scripts import SAMPLE

MIB = 1024**2
STAT = "S 1 7 7 0 -1 4194560 900 0 0 0 250 50 100 0 20 0 1 0 1000 9000000 512 " + "0 " * 27

EIGHT = """\
0, NVIDIA H100 80GB HBM3, 99, 74213, 81559, 691.54, 66
1, NVIDIA H100 80GB HBM3, 100, 74213, 81559, 688.02, 58
2, NVIDIA H100 80GB HBM3, 98, 74213, 81559, 694.30, 57
3, NVIDIA H100 80GB HBM3, 100, 74213, 81559, 690.77, 65
4, NVIDIA H100 80GB HBM3, 97, 74213, 81559, 684.91, 64
5, NVIDIA H100 80GB HBM3, 99, 74213, 81559, 687.26, 56
6, NVIDIA H100 80GB HBM3, 100, 74213, 81559, 695.11, 59
7, NVIDIA H100 80GB HBM3, 0, 4, 81559, 70.38, 27
"""
SPLIT = """\
0, NVIDIA A100-SXM4-40GB, [N/A], 25, 40960, 51.63, 33
"""
HIDDEN = """\
0, NVIDIA A100-SXM4-80GB, [N/A], [Insufficient Permissions], [Insufficient Permissions], 64.12, 30
"""
OLD = """\
0, Tesla T4, 41, 3120, 15360, [Not Supported], 55
1, NVIDIA A10G, 12, 990, 23028, [N/A], [N/A]
"""
LOST = """\
0, NVIDIA L40S, 87, 40210, 46068, 301.15, 71
1, NVIDIA L40S, [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost]
Unable to determine the device handle for GPU0000:CA:00.0: Unknown Error
"""
NEW = """\
0, NVIDIA B200, 100, 170321, 183359, 998.10, 71
1, NVIDIA RTX PRO 6000 Blackwell Server Edition, 55, 20480, 97887, 410.00, 48
2, NVIDIA GH200 480GB, 3, 512, 97871, 120.66, 35
"""

READ: dict[str, list[GpuSample]] = {
    SPLIT: [GpuSample(0, "A100-40GB", None, 25 * MIB, 40960 * MIB, 51.63, 33.0)],
    HIDDEN: [GpuSample(0, "A100-80GB", None, None, None, 64.12, 30.0)],
    OLD: [
        GpuSample(0, "T4", 41.0, 3120 * MIB, 15360 * MIB, None, 55.0),
        GpuSample(1, "A10G", 12.0, 990 * MIB, 23028 * MIB),
    ],
    LOST: [GpuSample(0, "L40S", 87.0, 40210 * MIB, 46068 * MIB, 301.15, 71.0), GpuSample(1, "L40S")],
    NEW: [
        GpuSample(0, "B200", 100.0, 170321 * MIB, 183359 * MIB, 998.1, 71.0),
        GpuSample(1, "RTX-PRO-6000", 55.0, 20480 * MIB, 97887 * MIB, 410.0, 48.0),
        GpuSample(2, "GH200", 3.0, 512 * MIB, 97871 * MIB, 120.66, 35.0),
    ],
}

SAID = {
    "No devices were found\n": "No devices were found",
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that it runs.\n\n": (
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that it runs."
    ),
    "Failed to initialize NVML: Driver/library version mismatch\n": (
        "Failed to initialize NVML: Driver/library version mismatch"
    ),
}


async def fed(output: str, size: int = 4096, *, rounds: int = 1) -> Sample:
    """What the gauges of a sandbox show after this output in chunks of this size."""
    told = "".join(f"gpu {line}\n" for line in output.splitlines())
    data = "".join(f"up {n}.00\n7 (sh) {STAT}\n{told}\n" for n in range(rounds)).encode()

    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(data), size):
            yield data[at : at + size]

    gauges = Gauges(None, gpus=True)  # type: ignore[arg-type]
    # What the program would print is given here.
    gauges._task = asyncio.current_task()
    await gauges.follow(chunks())
    for _ in range(rounds):
        sample = gauges.sample()
    assert sample is not None
    return sample


@pytest.mark.parametrize("output", READ)
async def test_recorded_outputs(output: str) -> None:
    sample = await fed(output)
    assert list(sample.gpus) == READ[output]
    assert sample.gpu_note == ""


async def test_eight_in_a_row() -> None:
    sample = await fed(EIGHT, rounds=3)
    assert [gpu.index for gpu in sample.gpus] == list(range(8))
    assert [gpu.utilization for gpu in sample.gpus] == [99.0, 100.0, 98.0, 100.0, 97.0, 99.0, 100.0, 0.0]
    assert sample.gpus[7] == GpuSample(7, "H100", 0.0, 4 * MIB, 81559 * MIB, 70.38, 27.0)


@pytest.mark.parametrize("output", SAID)
async def test_why_there_is_no_gpu_is_said_in_its_words(output: str) -> None:
    sample = await fed(output)
    assert (sample.gpus, sample.gpu_note) == ((), SAID[output])


@settings(deadline=None, max_examples=40)
@given(st.sampled_from([EIGHT, *READ, *SAID]), st.integers(1, 80))
async def test_chunks_do_not_matter(output: str, size: int) -> None:
    assert await fed(output, size) == await fed(output)


async def test_a_sandbox_without_nvidia_smi_says_so(plane: ModalPlane, rig: Rig) -> None:
    made = await rig.create()
    gauges = Gauges(await modal.Sandbox.from_id.aio(made.id), gpus=True)
    try:
        await until(lambda: (sample := gauges.sample()) is not None and sample.gpu_note)
        sample = gauges.sample()
        assert sample is not None
        assert (sample.gpus, sample.gpu_note) == ((), "nvidia-smi is missing in this image")
    finally:
        await gauges.close()


FAKE = """#!/bin/sh
echo "0, NVIDIA L4, 10, 1, 23034, 20.00, 30"
echo "1, NVIDIA L4, 11, 1, 23034, 20.00, 31"
sleep 0.2
echo "0, NVIDIA L4, 20, 1, 23034, 20.00, 30"
sleep 0.2
echo "0, NVIDIA L4, 30, 1, 23034, 20.00, 30"
{end}
"""


@pytest.mark.parametrize(
    ("end", "last"), [("exec sleep 60", (1, "")), ("echo NVIDIA-SMI has failed", (0, "NVIDIA-SMI has failed"))]
)
async def test_the_program_reads_round_by_round_and_ends_by_itself(
    tmp_path: Path, end: str, last: tuple[int, str]
) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(FAKE.format(end=end))
    program.chmod(0o755)
    rounds = 3 if "sleep" in end else 5
    shell = await asyncio.create_subprocess_exec(
        *("sh", "-c", SAMPLE, "sh", "1", str(rounds)),
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert shell.stdout is not None
    gauges = Gauges(None, gpus=True)  # type: ignore[arg-type]
    gauges._readings = collections.deque()
    gauges._task = asyncio.current_task()

    async def printed(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
        while len(gauges._readings) < rounds and (chunk := await stream.read(65536)):
            yield chunk

    try:
        async with asyncio.timeout(20):
            await gauges.follow(printed(shell.stdout))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
        await shell.communicate()
    read = list(gauges._readings)
    assert len(read) == rounds
    # The second GPU fell silent.
    assert [[gpu.utilization for gpu in sample.gpus] for sample in read[:3]] == [[10.0, 11.0], [20.0], [30.0]]
    assert (len(read[-1].gpus), read[-1].gpu_note) == last
    assert all(sample.processes > 0 for sample in read)
