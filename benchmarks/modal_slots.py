"""Many short jobs on few GPU slots of a loopback Modal: how much of an ideal schedule's time the slots are in use.

    .venv/bin/python benchmarks/modal_slots.py [--jobs 910] [--slots 16] [--seconds 1.0] [--json]

The real pool, ledger and Modal backend run each job as a worker of its own that asks for one GPU: a sandbox is made,
works so long, is ended, and only when that is confirmed does the next one get the slot. A slot is in use while a
sandbox holds it at the plane: what keeps it empty is all that we do between the end of one and the next request. The
plane's sandboxes are hollow, so that the machine's speed at starting processes is not what is measured.
"""

import argparse
import asyncio
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from loopback.modal_plane import sandboxes as plane_sandboxes
from loopback.modal_plane.plane import ModalPlane
from loopback.modal_plane.space import Space

from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.settings import ModalSettings
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.pool.leases import Limits
from golfer_tui.pool.pool import Pool
from golfer_tui.pool.worker import LiveWorker
from golfer_tui.sandboxes.modal.backend import ModalBackend
from golfer_tui.store.store import Store
from golfer_tui.terminal.tape import Tape


class Slots:
    """How many slots of a plane are in use, and the integral of that over time."""

    def __init__(self, plane: ModalPlane) -> None:
        self._now = self.most = 0
        self._since = time.monotonic()
        self.used = 0.0
        sandboxes = plane.sandboxes
        create, terminate = sandboxes.create, sandboxes.terminate

        async def created(request: Any) -> Any:
            self._count(1)
            return await create(request)

        async def terminated(sandbox: Any, *status: Any) -> None:
            if sandbox.result is None:
                self._count(-1)
            await terminate(sandbox, *status)

        sandboxes.create, sandboxes.terminate = created, terminated  # type: ignore[method-assign]

    def _count(self, change: int) -> None:
        moment = time.monotonic()
        self.used += self._now * (moment - self._since)
        self._since = moment
        self._now += change
        self.most = max(self.most, self._now)


class Hollow(Space):
    """A space without processes of its own; each command only says that there is a shell."""

    async def open(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        self._over = asyncio.Event()

    def entering(self, argv: Sequence[str], workdir: str, *, tty: bool) -> list[str]:
        return ["echo", "/bin/sh"]

    async def wait(self) -> int:
        await self._over.wait()
        return 137

    async def close(self) -> None:
        self._over.set()


async def measure(jobs: int, slots: int, seconds: float) -> dict[str, Any]:
    """Run the jobs; returns the figures."""
    with tempfile.TemporaryDirectory(prefix="golfer-slots-") as folder:
        async with ModalPlane() as plane, Store.open(Path(folder)) as store:
            os.environ.update(plane.environment)
            used = Slots(plane)

            async def run(live: LiveWorker) -> str:
                await asyncio.sleep(seconds)
                return "done"

            backend = ModalBackend(ModalSettings(workspace_persistence="none"), await store.sandboxes.identity())
            pool = Pool(
                "bench",
                Limits(max_gpus=slots),
                backend,
                run=run,
                emit=lambda draft: None,
                tape_of=lambda name: Tape(),
                workspace_of=lambda name, attempt: Path(folder) / name,
                ledger=store.sandboxes,
                max_workers=jobs,
            )
            async with pool:
                began = time.monotonic()
                for number in range(jobs):
                    pool.spawn(WorkerSpec(f"w{number}", "", gpu=GpuRequest("H100", 1)), "engine")
                states = await pool.wait()
                elapsed = time.monotonic() - began
                failed = sum(state != "done" for state in states.values())
            await backend.close()
    share = used.used / (slots * elapsed)
    # The last round may not fill all slots, however good the schedule is.
    ideal = jobs / (slots * math.ceil(jobs / slots))
    return {
        "jobs": jobs,
        "slots": slots,
        "seconds_of_each": seconds,
        "elapsed": round(elapsed, 2),
        "failed": failed,
        "most_at_once": used.most,
        "in_use_percent": round(100 * share, 2),
        "ideal_percent": round(100 * ideal, 2),
        "of_ideal_percent": round(100 * share / ideal, 2),
    }


def main() -> int:
    """Print the figures; returns 1 if a job failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=910)
    parser.add_argument("--slots", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each job works")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    plane_sandboxes.Space = Hollow  # type: ignore[misc]
    figures = asyncio.run(measure(arguments.jobs, arguments.slots, arguments.seconds))
    if arguments.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name.replace('_', ' '):<20} {value}" for name, value in figures.items()))
    return int(bool(figures["failed"]))


if __name__ == "__main__":
    sys.exit(main())
