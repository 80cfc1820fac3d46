"""What the process of its own costs: the way of a key and of bytes, beside the same engine in the same process.

    python benchmarks/attach.py [--keys 300] [--megabytes 32] [--limit 6]

A key goes to a `cat` in the person's own shell and its echo comes back: once from the engine in this process, and once
over the socket of an engine that is hosted in another one, in turns. Then that shell prints as fast as it can: how much
a front end is shown, and what the two processes take of memory. Exits with 1 if the median key over the socket takes
more than `limit` times that of the engine at hand, or the memory of either grows by more than 64 MiB.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import psutil

from golfer_tui.attach.address import holder
from golfer_tui.attach.launch import Wanted, launch
from golfer_tui.attach.session import OpenSession
from golfer_tui.model import commands as cm
from golfer_tui.model.settings import LocalSettings, Settings
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.terminal.tape import Tape

PATIENCE = 60.0
GROWTH = 64 * 1024 * 1024
"""Bytes by which a process may grow while it is flooded."""

WORKER = "w1"


async def until(condition: object) -> None:
    """Wait for a state that comes by itself."""
    deadline = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise SystemExit("The state that is waited for did not come.")
        await asyncio.sleep(0.005)


async def shell_of(session: OpenSession) -> Tape:
    """The tape of a shell of ours, in which `cat` runs, in a worker that waits for nothing."""
    await session.dispatch(cm.SpawnWorker(WorkerSpec(name=WORKER, task="Wait.")))
    await until(lambda: session.state.workers[WORKER].sandbox)
    await session.dispatch(cm.OpenShell(WORKER))
    await session.dispatch(cm.TypeInto(WORKER, b"stty -echo; echo ready; cat\n", "shell"))
    await until(lambda: (tape := session.shell_tape(WORKER)) is not None and b"ready\r\n" in tape.peek(0))
    tape = session.shell_tape(WORKER)
    assert tape is not None
    return tape


async def echo(session: OpenSession, tape: Tape) -> float:
    """Seconds from a line that is typed until it is on the tape at hand."""
    came = asyncio.Event()
    stop = tape.listen(came.set)
    begin = time.perf_counter()
    await session.dispatch(cm.TypeInto(WORKER, b"x\n", "shell"))
    await came.wait()
    seconds = time.perf_counter() - begin
    stop()
    return seconds


async def flood(
    session: OpenSession, tape: Tape, megabytes: int, processes: list[psutil.Process]
) -> tuple[int, list[int]]:
    """Print so much; returns the bytes shown and the most that each process grew."""
    before = [process.memory_info().rss for process in processes]
    grown = [0] * len(processes)
    cursor, shown = tape.cursor(), 0
    command = f"\x04head -c {megabytes}M /dev/zero | tr '\\0' x | fold -w 99; echo over''all\n"
    await session.dispatch(cm.TypeInto(WORKER, command.encode(), "shell"))
    tail = b""
    while b"overall\r\n" not in tail:
        data = cursor.read(256 * 1024)
        shown += len(data)
        tail = (tail + data)[-200:]
        grown = [
            max(most, process.memory_info().rss - base)
            for most, process, base in zip(grown, processes, before, strict=True)
        ]
        await asyncio.sleep(1 / 30)
    cursor.close()
    return shown, grown


async def measure(keys: int, megabytes: int, limit: float) -> int:
    settings = Settings(demo=True, local=LocalSettings(isolation="none"))
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        wanted = Wanted(settings, folder / "remote", folder)
        remote = await stack.enter_async_context(await asyncio.to_thread(launch, wanted))
        from golfer_tui.engine.engine import Engine

        local = await stack.enter_async_context(Engine.open(settings, home=folder / "local", directory=folder))
        both = {"same process": local, "over the socket": remote}
        tapes = {name: await shell_of(session) for name, session in both.items()}
        times: dict[str, list[float]] = {name: [] for name in both}
        for _ in range(keys):
            for name, session in both.items():
                times[name].append(await echo(session, tapes[name]))
        for name, taken in times.items():
            ordered = sorted(taken)
            print(
                f"{name:<16} key median {statistics.median(taken) * 1000:6.2f} ms"
                f"   99% {ordered[int(len(ordered) * 0.99)] * 1000:6.2f} ms"
            )
        ratio = statistics.median(times["over the socket"]) / statistics.median(times["same process"])
        print(f"ratio            {ratio:.2f}, limit {limit:g}")
        path = holder(wanted.layout, remote.session)
        assert path is not None
        engine = psutil.Process(int(path.stem.removeprefix("engine-")))
        shown, grown = await flood(remote, tapes["over the socket"], megabytes, [psutil.Process(), engine])
        print(
            f"flood of {megabytes} MB: {shown / 1e6:.1f} MB shown, front end grew {grown[0] / 1e6:.1f} MB,"
            f" engine {grown[1] / 1e6:.1f} MB"
        )
        await remote.close("end")
        await local.close("end")
    return int(ratio > limit or max(grown) > GROWTH)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keys", type=int, default=300)
    parser.add_argument("--megabytes", type=int, default=32)
    parser.add_argument("--limit", type=float, default=6.0)
    options = parser.parse_args()
    return asyncio.run(measure(options.keys, options.megabytes, options.limit))


if __name__ == "__main__":
    sys.exit(main())
