"""What the gauges of many workers cost, in CPU time of this program and of what it keeps on this machine.

    .venv/bin/python benchmarks/gauges.py [--workers 16] [--seconds 20] [--backend local modal]

Real sandboxes of the product that do nothing: first nobody looks at them, then each is sampled once a second, and every
sample goes the product's way to signal, event, fold and alarm. The difference is the cost, beside the limit of 1 % of
one core. The Modal sandboxes are those of the loopback plane, read by the real client, eight GPUs each; the plane
itself and what runs in the sandboxes are not counted, for there they are Modal's.
"""

import argparse
import asyncio
import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from golfer_tui.engine.gauging import Gauging
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.session import SessionState
from golfer_tui.model.settings import LocalSettings, ModalSettings, PoolSettings
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.sandboxes.contract import Backend, Sandbox, SandboxSpec
from golfer_tui.terminal.tape import Tape

LIMIT = 1.0
"""Percent of one core."""

WARM = 3.0
"""Seconds for the sandboxes to settle before anything is measured."""

ROOT = Path(__file__).resolve().parents[1]


def spent(keepers: list[psutil.Process]) -> float:
    """Seconds of CPU time so far, of this process and the keepers."""
    return time.process_time() + sum(sum(keeper.cpu_times()[:2]) for keeper in keepers)


def consumer() -> tuple[Gauging, SessionState]:
    """What the engine makes of samples, folded into a state."""
    state = SessionState()

    def emit(draft: ev.Draft) -> None:
        now = dt.datetime.now(dt.UTC)
        event = ev.Event(seq=state.seq + 1, time=now, session="s", body=draft.body, worker=draft.worker)
        ev.encode_body(event.body)
        state.apply(event)

    gauging = Gauging(PoolSettings(), publish=lambda signal: None, emit=emit, note=lambda text: None)
    return gauging, state


async def sampled(sandboxes: dict[str, Sandbox], seconds: float) -> int:
    """Sample each once a second for so long; returns how many samples there were."""
    gauging, state = consumer()
    for name in sandboxes:
        now = dt.datetime.now(dt.UTC)
        queued = we.WorkerQueued(spec=WorkerSpec(name, "nothing"), attempt=1, position=1)
        state.apply(ev.Event(seq=state.seq + 1, time=now, session="s", body=queued, worker=name))
    count = 0

    async def watch(name: str, sandbox: Sandbox) -> None:
        nonlocal count
        while True:
            if (sample := await sandbox.sample()) is not None:
                gauging.take(name, sample)
                count += 1
            await asyncio.sleep(1.0)

    tasks = [asyncio.create_task(watch(name, sandbox)) for name, sandbox in sandboxes.items()]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return count


async def measure(backend: Backend, workers: int, seconds: float, folder: Path, *, gpus: int) -> tuple[float, float]:
    """Percent of one core that sampling costs, and samples of each worker in a second."""
    request = GpuRequest("H100", gpus) if gpus else None
    specs = [SandboxSpec("s", f"w{i}", str(folder / f"w{i}"), gpu=request) for i in range(workers)]
    made = await asyncio.gather(*(backend.create(spec, Tape(), lambda command: None) for spec in specs))
    sandboxes = {spec.worker: sandbox for spec, sandbox in zip(specs, made, strict=True)}
    try:
        keepers = [psutil.Process(int(sandbox.id)) for sandbox in made if sandbox.id.isdecimal()]
        await asyncio.sleep(WARM)
        before = spent(keepers)
        await asyncio.sleep(seconds)
        idle = spent(keepers) - before
        # The first samples start what is to be started.
        await sampled(sandboxes, WARM)
        before = spent(keepers)
        count = await sampled(sandboxes, seconds)
        busy = spent(keepers) - before
    finally:
        await asyncio.gather(*(sandbox.stop() for sandbox in made))
        await backend.close()
    return (busy - idle) / seconds * 100, count / workers / seconds


async def local(workers: int, seconds: float) -> tuple[float, float]:
    from golfer_tui.sandboxes.local.backend import LocalBackend

    with tempfile.TemporaryDirectory() as folder:
        backend = await asyncio.to_thread(LocalBackend, LocalSettings())
        return await measure(backend, workers, seconds, Path(folder), gpus=0)


async def modal(workers: int, seconds: float) -> tuple[float, float]:
    from golfer_tui.sandboxes.modal.backend import ModalBackend

    with tempfile.TemporaryDirectory() as folder:
        return await measure(ModalBackend(ModalSettings()), workers, seconds, Path(folder), gpus=8)


def on_plane(arguments: list[str]) -> int:
    """Run this again with the loopback plane beside it."""
    command = [sys.executable, "-m", "loopback.modal_plane", sys.executable, __file__, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests"), "GOLFER_BENCHMARK_ON_PLANE": "1"}
    return subprocess.run(command, env=environment, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--backend", nargs="+", choices=["local", "modal"], default=["local", "modal"])
    given = parser.parse_args()
    worst = 0
    for name in given.backend:
        if name == "modal" and not os.environ.get("GOLFER_BENCHMARK_ON_PLANE"):
            shape = ["--workers", str(given.workers), "--seconds", str(given.seconds), "--backend", "modal"]
            worst = max(worst, on_plane(shape))
            continue
        percent, rate = asyncio.run((local if name == "local" else modal)(given.workers, given.seconds))
        print(
            f"{name}: {given.workers} workers, {rate:.2f} samples a second each: {percent:.2f} % of a core, "
            f"{percent / LIMIT:.2f} of the limit"
        )
        worst = max(worst, int(percent > LIMIT))
    return worst


if __name__ == "__main__":
    sys.exit(main())
