"""Many sandboxes at once on a loopback Modal: created, started and one command run, beside Modal's raw client.

    .venv/bin/python benchmarks/modal_many.py [--sandboxes 32] [--rounds 5] [--json]

Both sides do the same in turns: ours makes each sandbox with its session, tagged, and runs a command of the shell tool
on it; the raw client creates a sandbox of the same image and runs the same command. Beside it, a key is echoed every
few milliseconds by the same event loop through a pipe: how late is that, with either side at work and with nothing?
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import modal

from golfer_tui.model.settings import ModalSettings
from golfer_tui.sandboxes.contract import SandboxSpec
from golfer_tui.sandboxes.modal.backend import ModalBackend
from golfer_tui.terminal.tape import Tape

KEY = 0.01
"""Seconds between two keys."""


class Keys:
    """Writes into a pipe and sees when the loop brings it back."""

    def __init__(self) -> None:
        self.late: list[float] = []

    async def type(self) -> None:
        """Until it is cancelled."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        loop = asyncio.get_running_loop()
        echoed = asyncio.Event()
        loop.add_reader(reading, lambda: (os.read(reading, 1), echoed.set()))
        try:
            while True:
                wanted = time.monotonic() + KEY
                await asyncio.sleep(KEY)
                os.write(writing, b"k")
                echoed.clear()
                await echoed.wait()
                self.late.append(time.monotonic() - wanted)
        finally:
            loop.remove_reader(reading)
            os.close(reading)
            os.close(writing)

    @property
    def p99(self) -> float:
        """Milliseconds."""
        ordered = sorted(self.late)
        return 1000 * ordered[int(len(ordered) * 0.99)]


@asynccontextmanager
async def plane_process() -> AsyncIterator[None]:
    """A plane in a process of its own, to which this one is led. It gives way: in truth it is another machine."""
    tests = str(Path(__file__).parent.parent / "tests")
    process = await asyncio.create_subprocess_exec(
        *["nice", "-n", "10", sys.executable, "-m", "loopback.modal_plane"],
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": tests},
    )
    assert process.stdout is not None
    for _ in range(4):
        name, _, value = (await process.stdout.readline()).decode().removeprefix("export ").strip().partition("=")
        os.environ[name] = value.strip("'")
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


async def timed(work: Callable[[], Awaitable[Any]]) -> tuple[float, float, Any, Keys]:
    """Seconds, seconds of the processor, result, and the keys that were typed meanwhile."""
    keys = Keys()
    typing = asyncio.create_task(keys.type())
    began, burnt = time.monotonic(), time.process_time()
    result = await work()
    elapsed, processor = time.monotonic() - began, time.process_time() - burnt
    typing.cancel()
    await asyncio.gather(typing, return_exceptions=True)
    return elapsed, processor, result, keys


async def ours(backend: ModalBackend, folder: str, number: int) -> Any:
    """One of our sandboxes, with its first command run."""
    spec = SandboxSpec(session="s1", worker=f"w{number}", workspace=folder)
    sandbox = await backend.create(spec, Tape(), lambda command: None)
    answer = await sandbox.session.pty_exec_start("echo hi", yield_time_s=30)
    assert answer.output == b"hi\n", answer
    return sandbox


async def raw(app: modal.App, image: modal.Image) -> modal.Sandbox:
    """One of the raw client's."""
    sandbox = await modal.Sandbox.create.aio(app=app, image=image, workdir="/workspace", timeout=3600)
    process = await sandbox.exec.aio("sh", "-c", "echo hi", text=False)
    assert await process.stdout.read.aio() == b"hi\n"
    await process.wait.aio()
    return sandbox


async def measure(count: int, rounds: int) -> dict[str, Any]:
    """Take turns; returns the figures."""
    our_times, raw_times, our_burnt, raw_burnt = list[float](), list[float](), list[float](), list[float]()
    our_keys, raw_keys, idle_keys = Keys(), Keys(), Keys()
    with tempfile.TemporaryDirectory(prefix="golfer-many-") as folder:
        async with plane_process():
            backend = ModalBackend(ModalSettings(workspace_persistence="none"))
            await (await ours(backend, folder, 0)).stop()
            app = await modal.App.lookup.aio("raw", create_if_missing=True)
            image = modal.Image.from_registry("python:3.11-slim").cmd(["sleep", "infinity"])
            await image.build.aio(app)
            for _ in range(rounds):
                seconds, burnt, made, keys = await timed(
                    lambda: asyncio.gather(*(ours(backend, folder, number) for number in range(count)))
                )
                our_times.append(seconds)
                our_burnt.append(burnt)
                our_keys.late += keys.late
                await asyncio.gather(*(sandbox.stop() for sandbox in made))
                seconds, burnt, made, keys = await timed(
                    lambda: asyncio.gather(*(raw(app, image) for _ in range(count)))
                )
                raw_times.append(seconds)
                raw_burnt.append(burnt)
                raw_keys.late += keys.late
                for sandbox in made:
                    await sandbox.terminate.aio()
                    await sandbox.detach.aio()
                _, _, _, keys = await timed(lambda: asyncio.sleep(1.0))
                idle_keys.late += keys.late
            await backend.close()
    ratios = [ours / raw for ours, raw in zip(our_times, raw_times, strict=True)]
    return {
        "sandboxes": count,
        "rounds": rounds,
        "ours_seconds": [round(each, 2) for each in our_times],
        "raw_seconds": [round(each, 2) for each in raw_times],
        "ours_processor_seconds": [round(each, 2) for each in our_burnt],
        "raw_processor_seconds": [round(each, 2) for each in raw_burnt],
        "ratio_median": round(statistics.median(ratios), 3),
        "ratios": [round(each, 2) for each in ratios],
        "key_p99_ms_with_ours": round(our_keys.p99, 1),
        "key_p99_ms_with_raw": round(raw_keys.p99, 1),
        "key_p99_ms_with_none": round(idle_keys.p99, 1),
    }


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sandboxes", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = asyncio.run(measure(arguments.sandboxes, arguments.rounds))
    if arguments.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name.replace('_', ' '):<22} {value}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
