"""Many short jobs on few GPU slots of a loopback Modal: how much of an ideal schedule's time the slots are in use.

    .venv/bin/python benchmarks/modal_slots.py [--jobs 910] [--slots 16] [--seconds 1.0] [--json]

The real pool, ledger and Modal backend run each job as a worker of its own that asks for one GPU: a sandbox is made,
works so long, is ended, and only when that is confirmed does the next one get the slot. A slot is in use while a
sandbox holds it at the plane: what keeps it empty is all that we do between the end of one and the next request. The
plane (`hollow_plane.py`) is a process of its own. One job before the others pays for what is loaded once.
"""

import argparse
import asyncio
import json
import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from modal_planes import plane_process

from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.settings import ModalSettings
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.pool.leases import Limits
from golfer_tui.pool.pool import Pool
from golfer_tui.pool.wiring import Wiring
from golfer_tui.pool.worker import LiveWorker
from golfer_tui.sandboxes.modal.backend import ModalBackend
from golfer_tui.store.store import Store
from golfer_tui.terminal.tape import Tape

FIRST = "first"
"""Name of the job before the others; it has no GPU, and so no slot."""


async def measure(jobs: int, slots: int, seconds: float) -> dict[str, Any]:
    """Run the jobs; returns the figures."""
    with tempfile.TemporaryDirectory(prefix="golfer-slots-") as folder:
        async with plane_process("hollow_plane") as plane, Store.open(Path(folder)) as store:

            async def run(live: LiveWorker) -> str:
                if live.name != FIRST:
                    await asyncio.sleep(seconds)
                return "done"

            backend = ModalBackend(ModalSettings(workspace_persistence="none"), await store.sandboxes.identity())
            wiring = Wiring(
                "bench",
                backend,
                run=run,
                emit=lambda draft: None,
                tape_of=lambda name: Tape(),
                workspace_of=lambda name, attempt: Path(folder) / name,
                ledger=store.sandboxes,
            )
            async with Pool(wiring, Limits(max_gpus=slots), max_workers=jobs + 1) as pool:
                pool.spawn(WorkerSpec(FIRST, ""), "engine")
                await pool.wait()
                began = time.monotonic()
                for number in range(jobs):
                    pool.spawn(WorkerSpec(f"w{number}", "", gpu=GpuRequest("H100", 1)), "engine")
                    await asyncio.sleep(0)  # As in a session, where each is a command of its own.
                states = await pool.wait()
                elapsed = time.monotonic() - began
                failed = sum(state != "done" for state in states.values())
            await backend.close()
        counted = json.loads(plane.told)
    share = counted["used"] / (slots * elapsed)
    # The last round may not fill all slots, however good the schedule is.
    ideal = jobs / (slots * math.ceil(jobs / slots))
    return {
        "jobs": jobs,
        "slots": slots,
        "seconds_of_each": seconds,
        "elapsed": round(elapsed, 2),
        "failed": failed,
        "most_at_once": counted["most"],
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
    figures = asyncio.run(measure(arguments.jobs, arguments.slots, arguments.seconds))
    if arguments.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name.replace('_', ' '):<20} {value}" for name, value in figures.items()))
    return int(bool(figures["failed"]))


if __name__ == "__main__":
    sys.exit(main())
