"""Real GPUs of this machine: leased one to one, hidden from everybody else, and measured. Skipped without one."""

import asyncio
from pathlib import Path

import pytest
from small_scripts import opened

from golfer_tui.model import commands as cm
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.signals import Gauged
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.sandboxes.gauges import local_gpus

GPUS = local_gpus()
pytestmark = pytest.mark.skipif(not GPUS, reason="this machine has no NVIDIA GPU")

SHOW = 'echo "devices=[$CUDA_VISIBLE_DEVICES]"'


async def test_a_lease_picks_a_real_device_and_hides_the_others(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("with", SHOW, gpu=GpuRequest(GPUS[0].type, 1))))
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("without", SHOW)))
        await engine.idle()
        first = engine.state.workers["with"]
        assert first.devices == (GPUS[0].id,)
        assert f"devices=[{GPUS[0].id}]" in first.summary
        other = engine.state.workers["without"].summary
        assert not any(gpu.id in other for gpu in GPUS)


async def test_more_than_there_is_waits_or_is_refused(tmp_path: Path) -> None:
    everything = GpuRequest("ANY", len(GPUS))
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("all", "sleep 60", gpu=everything)))
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("next", "echo now", gpu=GpuRequest("ANY", 1))))
        assert engine.state.workers["next"].state is WorkerState.QUEUED
        assert engine.waiting[0][0] == "next"
        with pytest.raises(Exception, match="can never fit"):
            await engine.dispatch(cm.SpawnWorker(WorkerSpec("never", "x", gpu=GpuRequest("ANY", len(GPUS) + 1))))
        await engine.dispatch(cm.KillWorker("all"))
        await engine.idle()
        assert engine.state.workers["next"].summary == "now"


async def test_the_gauge_shows_what_the_worker_does_on_the_gpu(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs something that keeps a GPU busy")
    busy = (
        "python3 -c \"import torch,time; a=torch.randn(8192,8192,device='cuda'); end=time.time()+40\n"
        'while time.time()<end: a=torch.tanh(a@a)"'
    )
    async with opened(tmp_path) as engine:
        with engine.subscribe() as subscription:
            await engine.dispatch(cm.SpawnWorker(WorkerSpec("busy", busy, gpu=GpuRequest("ANY", 1))))
            async with asyncio.timeout(90):
                async for item in subscription:
                    if not isinstance(item, Gauged) or not item.sample.gpus:
                        continue
                    gpu = item.sample.gpus[0]
                    if (gpu.utilization or 0) > 50 and (gpu.memory_used or 0) > 256 * 2**20:
                        break
        assert gpu.memory_total == GPUS[0].memory
        assert gpu.power is not None
        assert gpu.temperature is not None
        await engine.dispatch(cm.KillWorker("busy"))
