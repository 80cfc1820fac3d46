"""For how long the scores hold the event loop up, with many long curves: opened, marked, zoomed, read, and live.

    .venv/bin/python benchmarks/scores.py [--workers 64] [--points 10000] [--rounds 5]

Beside it, in the same run: as many curves of ten points, so that what is left are the table and the toolkit. For each
key, the longest step of the event loop counts, in CPU time of its thread; the median of the rounds is told, of all keys
together and of those that change the plot only.
"""

import argparse
import asyncio
import contextlib
import gc
import math
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from tui.score_stage import drawn
from tui.stage import Stage
from tui.waiting import cockpit, opened

from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we

KEYS = ("b", "a", "plus", "plus", "minus", "left", "left", "K", "g", "g", "0", "x", "x", "v", "v", "v", "d")
"""Open, mark all, zoom, read, move, powers of ten, the whole, time, the views, the ranking turned around."""

PLOT = ("plus", "minus", "left", "K", "g", "0")

FEW = 10
"""Points of the curves beside."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=64)
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    short, long = asyncio.run(compare(asked.workers, asked.points, asked.rounds))
    for name, keys in (("all keys", KEYS), ("keys of the plot", PLOT)):
        few, many = (1000 * max(found[key] for key in keys) for found in (short, long))
        print(
            f"{name}: the longest step of the loop is {many:.1f} ms with {asked.workers} curves of {asked.points:,}"
            f" points, {few:.1f} ms with {FEW} points each: {many / few:.2f} times that"
        )


async def compare(workers: int, points: int, rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """For each key the longest step in seconds, with short and with long curves."""
    found: list[list[dict[str, float]]] = [[], []]
    for number in range(rounds):
        for side in ((0, 1), (1, 0))[number % 2]:
            found[side].append(await longest(stage(workers, (FEW, points)[side])))
    short, long = ({key: statistics.median(each[key] for each in side) for key in KEYS} for side in found)
    return short, long


def stage(workers: int, points: int) -> Stage:
    """A session in which so many workers have printed so many values each."""
    found = Stage()
    found.emit(se.SessionStarted(title="t", backend="local", model="m"))
    for number in range(workers):
        found.start(f"w-{number}")
        for step in range(points):
            read(found, number, step)
    return found


def read(found: Stage, number: int, step: int) -> None:
    value = 2 + number / 50 + math.exp(-step / 1000) + 0.05 * math.sin(step * number)
    body = we.WorkerMetric(name="val_loss", value=value, step=step, offset=step)
    event = ev.Event(
        seq=found.state.seq + 1, time=found.clock, session="a", body=body, worker=f"w-{number}", by="worker"
    )
    found.state.apply(event)


async def longest(played: Stage) -> dict[str, float]:
    """For each key the longest step until its effect is drawn, in seconds; meanwhile each worker prints one value."""
    found: dict[str, float] = {}
    async with opened(played, (120, 40)) as (app, pilot):
        cockpit(app).query_one("#fleet").focus()
        gc.collect()
        with watched() as steps:
            for key in KEYS:
                await drawn(app, pilot)
                steps.clear()
                await pilot.press(key)
                for number in range(len(played.state.workers)):
                    read(played, number, 10**6 + played.state.seq)
                await drawn(app, pilot)
                found[key] = max(found.get(key, 0.0), *steps)
    return found


@contextlib.contextmanager
def watched() -> Iterator[list[float]]:
    """CPU seconds of each step that the loop takes."""
    steps: list[float] = []
    # There is no public way to time a step that is shorter than what debugging adds to it.
    run = asyncio.Handle._run  # noqa: SLF001

    def timed(handle: asyncio.Handle) -> None:
        begin = time.thread_time()
        run(handle)
        steps.append(time.thread_time() - begin)

    asyncio.Handle._run = timed  # type: ignore[method-assign]  # noqa: SLF001
    try:
        yield steps
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign]  # noqa: SLF001


if __name__ == "__main__":
    main()
