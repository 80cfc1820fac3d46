"""Many sandboxes at once on a loopback Modal: created, started and one command run, beside Modal's raw client.

    .venv/bin/python benchmarks/modal_many.py [--sandboxes 32] [--rounds 8] [--json]

Both sides do the same in turns, each first in every other round: ours makes each sandbox with its session, tagged, and
runs a command of the shell tool on it; the raw client creates a sandbox of the same image and runs the same command. A
round before the others is not counted. Beside it, a key is echoed every few milliseconds by the same event loop through
a pipe: how late is that, with either side at work and with nothing?
"""

import argparse
import asyncio
import dataclasses as dc
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Any

import modal
from modal_planes import plane_process

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


@dc.dataclass
class Side:
    """What one side took, round by round."""

    seconds: list[float] = dc.field(default_factory=list)
    processor: list[float] = dc.field(default_factory=list)
    keys: Keys = dc.field(default_factory=Keys)

    async def timed(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do it while keys are typed, and count it."""
        gc.collect()  # What the other side left is not paid for here.
        typing = asyncio.create_task(self.keys.type())
        began, burnt = time.monotonic(), time.process_time()
        result = await work()
        self.seconds.append(time.monotonic() - began)
        self.processor.append(time.process_time() - burnt)
        typing.cancel()
        await asyncio.gather(typing, return_exceptions=True)
        return result


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
    with tempfile.TemporaryDirectory(prefix="golfer-many-") as folder:
        async with plane_process(nice=10):
            backend = ModalBackend(ModalSettings(workspace_persistence="none"))
            await (await ours(backend, folder, 0)).stop()
            app = await modal.App.lookup.aio("raw", create_if_missing=True)
            image = modal.Image.from_registry("python:3.11-slim").cmd(["sleep", "infinity"])
            await image.build.aio(app)

            async def our_turn(side: Side) -> None:
                made = await side.timed(lambda: asyncio.gather(*(ours(backend, folder, n) for n in range(count))))
                await asyncio.gather(*(sandbox.stop() for sandbox in made))

            async def raw_turn(side: Side) -> None:
                made = await side.timed(lambda: asyncio.gather(*(raw(app, image) for _ in range(count))))
                await asyncio.gather(*(sandbox.terminate.aio(wait=True) for sandbox in made))
                await asyncio.gather(*(sandbox.detach.aio() for sandbox in made))

            warm_up = Side()
            await our_turn(warm_up)
            await raw_turn(warm_up)
            us, them, idle = Side(), Side(), Side()
            for number in range(rounds):
                turns = [(our_turn, us), (raw_turn, them)]
                for turn, side in turns if number % 2 else reversed(turns):
                    await turn(side)
                await idle.timed(lambda: asyncio.sleep(1.0))
            await backend.close()
    ratios = [ours / raw for ours, raw in zip(us.seconds, them.seconds, strict=True)]
    return {
        "sandboxes": count,
        "rounds": rounds,
        "ours_seconds": _rounded(us.seconds),
        "raw_seconds": _rounded(them.seconds),
        "ratios": _rounded(ratios),
        "ratio_median": round(statistics.median(ratios), 3),
        "ratio_of_medians": round(statistics.median(us.seconds) / statistics.median(them.seconds), 3),
        "ours_processor_median": round(statistics.median(us.processor), 3),
        "raw_processor_median": round(statistics.median(them.processor), 3),
        "key_p99_ms_with_ours": round(us.keys.p99, 1),
        "key_p99_ms_with_raw": round(them.keys.p99, 1),
        "key_p99_ms_with_none": round(idle.keys.p99, 1),
    }


def _rounded(values: list[float]) -> list[float]:
    return [round(each, 2) for each in values]


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sandboxes", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=8)
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
