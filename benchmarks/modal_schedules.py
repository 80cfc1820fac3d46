"""Random schedules of spawn, cancel, crash and restart on a loopback Modal, with injected faults: what is lost.

    .venv/bin/python benchmarks/modal_schedules.py [--schedules 200] [--seed N] [--json]

Each schedule is one session that is opened several times, each time in a process of its own that spawns, kills,
restarts and continues workers. Meanwhile calls are refused, hang before or after they were carried out, and take their
time; then the process is killed with SIGKILL, or left. At last nothing goes wrong any more, and the session comes to
its rest. Counted are moments at which sandboxes held more GPUs than the limit, living sandboxes that the ledger did
not know of, and leases that never came back. Everything stays on the loopback and in a temporary folder.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from grpclib import Status
from loopback.modal_plane.faults import HangAfter, HangBefore, Refuse, RefuseAfter
from loopback.modal_plane.plane import ModalPlane
from modal_child import LIMIT, child

from golfer_tui.store.store import Store

CALLS = ("SandboxCreate", "SandboxGetTaskId", "SandboxList", "SandboxTerminate", "SandboxWait", "TaskExecStart")
FAULTS: tuple[Any, ...] = (
    HangBefore(),
    HangAfter(),
    RefuseAfter(Status.UNAVAILABLE),
    *(Refuse(status) for status in (Status.UNAVAILABLE, Status.RESOURCE_EXHAUSTED, Status.ABORTED)),
)
OPENINGS = (1, 2, 3)
PATIENCE = 90.0
"""Seconds for a process to do what it was told; the machine may be busy."""


class Schedules:
    """All schedules of a run, one after the other."""

    def __init__(self, plane: ModalPlane, home: Path, chance: random.Random) -> None:
        self._plane = plane
        self._home = home
        self._chance = chance
        self._context = multiprocessing.get_context("forkserver")
        # Its process does not take over our path, and says nothing when it finds no such module.
        os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
        self._context.set_forkserver_preload(["modal_child"])
        self.exceeded = self.unknown = self.leaked = self.left = self.kills = self.made = 0
        create = plane.sandboxes.create

        async def counted(request: Any) -> Any:
            sandbox = await create(request)
            self.made += 1
            self.exceeded += sum(each.gpus for each in plane.alive) > LIMIT
            return sandbox

        plane.sandboxes.create = counted  # type: ignore[method-assign]

    async def run(self, number: int) -> None:
        """One schedule."""
        folder, session = self._home / str(number), ""
        folder.mkdir()
        for _ in range(self._chance.choice(OPENINGS)):
            session = await self._opening(folder, session) or await self._begun(folder)
            self.unknown += await self._unknown(folder)
        self._plane.wire.faults.clear()
        self._plane.wire.latency = 0.0
        if session:
            process, pipe = self._start(folder, session, rest=True)
            await self._heard(pipe)
            workers, gpus = await self._heard(pipe)
            self.leaked += workers or gpus
            await asyncio.to_thread(process.join, PATIENCE)
        self.left += len(self._plane.alive)
        async with Store.open(folder / "home") as store:
            self.left += len(await store.sandboxes.open())
        await self._plane.sandboxes.close()

    async def _opening(self, folder: Path, session: str) -> str:
        """Returns the session's id; empty if it was killed before that was told."""
        chance, wire = self._chance, self._plane.wire
        wire.latency = chance.choice([0.0, 0.0, 0.01])
        process, pipe = self._start(folder, session)
        if chance.random() < 0.15:  # within the opening
            await asyncio.sleep(chance.random() * 0.5)
        else:
            session = await self._heard(pipe)
            until = time.monotonic() + chance.uniform(0.2, 1.5)
            while time.monotonic() < until:
                if chance.random() < 0.5:
                    self._plane.inject(chance.choice(CALLS), chance.choice(FAULTS))
                await asyncio.sleep(0.15)
        if chance.random() < 0.7 or not session:
            process.kill()
            self.kills += 1
        else:
            pipe.send(chance.choice(["end", "keep"]))
        await asyncio.to_thread(process.join, PATIENCE)
        if process.is_alive():
            raise TimeoutError("an engine does not close")
        return session

    async def _begun(self, folder: Path) -> str:
        """The session of one that was killed before it could tell; empty if it had none yet."""
        async with Store.open(folder / "home") as store:
            row = await store.sessions.latest()
        return row.id if row else ""

    def _start(self, folder: Path, session: str, *, rest: bool = False) -> Any:
        ours, theirs = self._context.Pipe()
        arguments = (theirs, str(folder), self._plane.environment, self._chance.randrange(2**32), session, rest)
        process = self._context.Process(target=child, args=arguments)
        process.start()
        theirs.close()
        return process, ours

    async def _heard(self, pipe: Any) -> Any:
        if not await asyncio.to_thread(pipe.poll, PATIENCE):
            raise TimeoutError("an engine says nothing")
        return pipe.recv()

    async def _unknown(self, folder: Path) -> int:
        """Living sandboxes without an open row, after a crash."""
        async with Store.open(folder / "home") as store:
            rows = await store.sandboxes.open()
        known = {row.sandbox for row in rows} | {row.request for row in rows}
        return sum(each.id not in known and each.tags["golfer-request"] not in known for each in self._plane.alive)


async def measure(count: int, seed: int) -> dict[str, float]:
    """Run so many schedules; returns the counts."""
    with tempfile.TemporaryDirectory(prefix="golfer-schedules-") as folder:
        async with ModalPlane() as plane:
            began, schedules = time.monotonic(), Schedules(plane, Path(folder), random.Random(seed))  # noqa: S311
            for number in range(count):
                await schedules.run(number)
                if sys.stderr.isatty():
                    print(f"\r{number + 1} of {count}", end="", file=sys.stderr, flush=True)
    return {
        "schedules": count,
        "seed": seed,
        "kills": schedules.kills,
        "sandboxes": schedules.made,
        "limit_exceeded": schedules.exceeded,
        "alive_and_unknown": schedules.unknown,
        "leases_leaked": schedules.leaked,
        "left_at_the_end": schedules.left,
        "seconds": round(time.monotonic() - began, 1),
    }


def main() -> int:
    """Print the counts; returns 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schedules", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))  # noqa: S311
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    counts = asyncio.run(measure(arguments.schedules, arguments.seed))
    if arguments.json:
        print(json.dumps(counts))
    else:
        print("\n".join(f"{name.replace('_', ' '):<20} {value}" for name, value in counts.items()))
    lost = ("limit_exceeded", "alive_and_unknown", "leases_leaked", "left_at_the_end")
    return int(any(counts[name] for name in lost))


if __name__ == "__main__":
    sys.exit(main())
