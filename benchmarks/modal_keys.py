"""Keys of a person while many sandboxes on Modal are made: how soon does the cockpit paint what is typed?

    .venv/bin/python benchmarks/modal_keys.py [--sandboxes 32] [--rounds 4] [--size 120x40] [--json]

The cockpit as a user starts it, with its engine, on a terminal that this program owns. Its orchestrator, a server on
the loopback, starts all workers at once when it is told to; each gets a sandbox on the loopback plane and runs a
command. From the word to the last worker's first output, keys are typed into the composer, one after the other, and
just as long when nothing is asked for. An echo is the time from the key to the painted character. The plane and the
model give way to the cockpit and its engine, as other machines would. A round before the others is not counted.
"""

import argparse
import asyncio
import contextlib
import ctypes
import itertools
import json
import multiprocessing as mp
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parent))

import psutil
from loopback.brains import Call, Item, Output, Text, outputs, prompt, rounds
from loopback.openai_server import LoopbackOpenAI
from modal_planes import plane_process
from pane_sides import PATIENCE, Side
from panes import GAP, KEYS, PR_SET_CHILD_SUBREAPER

NICE = 10
"""By how much the plane and the model give way."""
QUIET = 1.5
"""Seconds in which little is painted when all is at rest."""
BLINKING = 2000
"""Bytes that a blinking cursor paints in that time, at most."""
ERASE = "\x7f"


class Model:
    """Starts as many workers as it is told to; each runs one command and thinks until the round is over."""

    def __init__(self, pipe: Connection, count: int) -> None:
        self._pipe = pipe
        self._count = count
        self._ran = 0
        self._over = asyncio.Event()

    async def answer(self, items: list[Item], tools: list[Item]) -> Sequence[Output]:
        """See `loopback.brains.Brain`."""
        if any(tool.get("name") == "spawn_worker" for tool in tools):
            word, _, number = prompt(items).partition(" ")
            if word != "go" or rounds(items):
                return [Text("Good.")]
            names = (f"w{number}-{each}" for each in range(self._count))
            return [Call("spawn_worker", {"name": name, "task": "Say hi."}) for name in names]
        if not outputs(items):
            return [Call("exec_command", {"cmd": "echo hi", "yield_time_ms": 30_000})]
        self._ran += 1
        if self._ran % self._count == 0:
            self._pipe.send("ran")
        await self._over.wait()
        return [Text("Done.")]

    async def serve(self) -> None:
        """Until the pipe is closed; any word ends the round of those who think."""
        async with LoopbackOpenAI(self.answer) as server:
            self._pipe.send(server.environ)
            with contextlib.suppress(EOFError):
                while await asyncio.to_thread(self._pipe.recv):
                    self._over.set()
                    self._over = asyncio.Event()


def serve(pipe: Connection, count: int) -> None:
    """The model's process."""
    os.nice(NICE)
    asyncio.run(Model(pipe, count).serve())


class Typed(Side):
    """`golfer --backend modal`, typed into."""

    name = "golfer"

    def open(self, model: dict[str, str], count: int, rounds: int) -> None:
        """Start it; returns once it can be typed into. `model` are the variables that lead to the server."""
        self._others = {child.pid for child in psutil.Process().children(recursive=True)}
        (self.notes / "golfer.toml").touch()
        self.run(
            [str(Path(sys.executable).with_name("golfer")), "--backend", "modal"],
            **model,
            GOLFER_HOME=str(self.notes / "home"),
            GOLFER_CONFIG=str(self.notes / "golfer.toml"),
            GOLFER_POOL__MAX_WORKERS=str(count * rounds),
            GOLFER_MODAL__WORKSPACE_PERSISTENCE="none",
        )
        self.rest()

    def rest(self) -> None:
        """Return once nothing moves but the cursor."""
        end, before = time.perf_counter() + PATIENCE, -BLINKING
        while self.painted - before >= BLINKING:
            before = self.painted
            self.watch(QUIET)
            if time.perf_counter() > end:
                raise SystemExit(f"golfer does not come to rest within {PATIENCE:.0f} s")

    def key(self, key: str) -> float:
        """Press a key and take it back; the seconds until its echo was painted."""
        taken = self.echo(key)
        self.type(ERASE)
        self.watch(random.uniform(*GAP))  # noqa: S311
        return taken

    def processes(self) -> list[psutil.Process]:
        mine = [child for child in psutil.Process().children(recursive=True) if child.pid not in self._others]
        return [each for each in mine if each.is_running()]


@contextlib.contextmanager
def model(count: int) -> Iterator[Connection]:
    """A running model; its first word are the variables that lead to it."""
    context = mp.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, count))
    process.start()
    there.close()
    try:
        yield here
    finally:
        here.close()
        process.join(PATIENCE)
        process.kill()


def measure(count: int, turns: int, size: tuple[int, int]) -> dict[str, object]:
    """All rounds; returns the figures."""
    keys = itertools.cycle(KEYS)
    busy: list[float] = []
    none: list[float] = []
    seconds = []
    with (
        tempfile.TemporaryDirectory(prefix="golfer-keys-", ignore_cleanup_errors=True) as folder,
        model(count) as pipe,
        Typed(Path(folder), 0, size) as golfer,
    ):
        golfer.open(pipe.recv(), count, turns + 1)
        for number in range(turns + 1):
            golfer.type(f"go {number}")
            golfer.watch(QUIET)
            golfer.type("\r")
            began, echoes = time.perf_counter(), []
            while not pipe.poll():
                echoes.append(golfer.key(next(keys)))
                if time.perf_counter() > began + PATIENCE:
                    raise SystemExit(f"not all workers ran within {PATIENCE:.0f} s")
            pipe.recv()
            taken = time.perf_counter() - began
            pipe.send("over")
            golfer.rest()
            if number:
                busy += echoes
                seconds.append(taken)
                end = time.perf_counter() + taken
                while time.perf_counter() < end:
                    none.append(golfer.key(next(keys)))
    figures: dict[str, object] = {"sandboxes": count, "rounds": turns, "seconds": [round(each, 2) for each in seconds]}
    for what, echoes in (("made", busy), ("none", none)):
        figures |= {f"keys_{what}": len(echoes), f"p50_ms_{what}": _ms(echoes, 50), f"p99_ms_{what}": _ms(echoes, 99)}
    return figures | {f"p{part}_ratio": round(_ms(busy, part) / max(_ms(none, part), 1e-9), 2) for part in (50, 99)}


def _ms(echoes: list[float], part: int) -> float:
    """A percentile in milliseconds."""
    return round(1000 * statistics.quantiles(echoes, n=100, method="inclusive")[part - 1], 1)


async def run(options: argparse.Namespace) -> dict[str, object]:
    """Measure beside a plane."""
    columns, rows = map(int, options.size.split("x"))
    async with plane_process(nice=NICE):
        return await asyncio.to_thread(measure, options.sandboxes, options.rounds, (columns, rows))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sandboxes", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--size", default="120x40", help="columns and rows of the terminal")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    figures = asyncio.run(run(options))
    if options.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name.replace('_', ' '):<14} {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
