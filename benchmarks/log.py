"""What it takes to open the log of a command that printed a lot, and to make all of it ready to be copied.

    .venv/bin/python benchmarks/log.py [--megabytes 10]

The output comes from a recording on disk. Beside it, in the same run: the same bytes read from the recording and fed
to a bare emulator, without lines, times or styles; and a process that does nothing, for how late the loop is.
"""

import argparse
import asyncio
import datetime as dt
import gc
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from flood import Lag, Memory

from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.store.castfile import CastFile
from golfer_tui.store.castwriter import CastWriter
from golfer_tui.terminal.printed import Printed
from golfer_tui.terminal.printout import Printout
from golfer_tui.terminal.screen import Screen
from golfer_tui.tui.log.copying import output_text
from golfer_tui.tui.log.reader import CHUNK
from golfer_tui.tui.log.view import View

LINE = "step:%d/40000 \x1b[32mtrain_loss:%.4f\x1b[0m val_bpb:%.4f \x1b[2mtime:%.1fs\x1b[0m\r\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=10.0)
    asyncio.run(measure(parser.parse_args().megabytes))


async def measure(megabytes: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        recording = await asyncio.to_thread(recorded, Path(folder) / "w.cast", int(megabytes * 1e6))
        size = await asyncio.to_thread(recording.measure)
        Printout().close()  # The first use of the emulator's library is dear, and a pane's.
        bare = await asyncio.to_thread(timed, lambda: feed(recording, size))
        # What was imported is not to be searched for garbage again and again, as in the product.
        gc.collect()
        gc.freeze()
        lag, memory = Lag(), Memory()
        watching = [asyncio.create_task(lag.watch()), asyncio.create_task(memory.watch())]
        try:
            await asyncio.sleep(0.2)
            lag.reset()
            memory.reset()
            begin = time.perf_counter()
            lines = await opened(recording, size)
            opening = time.perf_counter() - begin
            print(f"log of {size / 1e6:.1f} MB: its last {lines:,} lines after {opening:.2f} s", end="")
            print(f", {opening / bare:.1f} times a bare emulator ({bare:.2f} s)")
            print(f"  {lag.told()}, memory {memory.grown:+.0f} MB")
            lag.reset()
            begin = time.perf_counter()
            copied = await output_text(partial(asyncio.to_thread, recording.printed), 0, size)
            copying = time.perf_counter() - begin
            print(f"copy of it: the last {len(copied.text):,} characters after {copying:.2f} s", end="")
            print(f", {copying / bare:.1f} times a bare emulator")
            print(f"  {lag.told()}")
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
            lag.close()


def recorded(path: Path, size: int) -> CastFile:
    """A recording of so many bytes of a training run."""
    writer, step = CastWriter(path, (), 100, 30), 0
    while writer.end < size:
        lines = (LINE % (number, 3 + number % 7, 1 + number % 3, number / 10) for number in range(step, step + 500))
        writer.append("".join(lines).encode(), writer.end)
        step += 500
    writer.finish()
    return writer


def timed(work: Callable[[], None]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def feed(recording: CastFile, size: int) -> None:
    screen = Screen(100, 30)
    for offset in range(0, size, CHUNK):
        for piece in recording.printed(offset, CHUNK):
            screen.feed(piece.data)
    screen.close()


async def opened(recording: CastFile, size: int) -> int:
    """Open the log and wait until its newest lines are there; returns how many are kept."""
    now = dt.datetime.now(dt.UTC)
    worker = Worker(WorkerSpec("w", "Train."), WorkerState.DONE, started=now)
    worker.commands.begin(1, "train", 0, now)
    worker.commands.end(1, 0, 0.0, size)

    async def read(offset: int, count: int) -> list[Printed]:
        return await asyncio.to_thread(recording.printed, offset, count)

    complete = asyncio.Event()
    view = View(worker, size, read, lambda: None if view.blocks[0].behind else complete.set())
    view.start()
    view.fit(100, 30)
    await complete.wait()
    lines = view.blocks[0].body.count
    await view.close()
    return lines


if __name__ == "__main__":
    main()
