"""What a worker costs that prints without end: one command of 20 MB, then one that does not stop.

    .venv/bin/python benchmarks/flood.py [--megabytes 20] [--seconds 20]

A real engine with its store, a real local worker, the scripted model; beside the recorder and the metrics an emulated
screen reads the tape as a pane does. Prints how soon the model has its answer after the end of the command, how late
the event loop ever was, and how much memory was added.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from golfer_tui.agents.scripted import Call, Say, ScriptedProvider
from golfer_tui.engine.engine import Engine
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.settings import LocalSettings, Settings
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.terminal.screen import Screen

FRAME = 1 / 30
"""Seconds between two pictures."""

PANE = 256 * 1024
"""Bytes that a pane takes per picture."""

TICK = 0.005
"""Seconds between two looks at how late the loop is."""

METRIC = "step {:6d} loss=3.1415 \\x1b[32mtokens/s\\x1b[0m 16180 the quick brown fox jumps over the lazy dog"
"""The dearest line there is: each is a reading of a metric."""

PLAIN = "2025-01-01 12:00:00 INFO worker-7 line {:6d} the quick brown fox jumps over the lazy dog and goes on"

IDLE = """
import sys, threading, time
worst = 0.0
def answer():
    global worst
    for _ in sys.stdin:
        print(worst, flush=True)
        worst = 0.0
threading.Thread(target=answer, daemon=True).start()
while True:
    begin = time.monotonic()
    time.sleep(0.005)
    worst = max(worst, time.monotonic() - begin - 0.005)
"""
"""A process that does nothing else: how late it ever is, is the machine's own doing."""


def hand(history: list[dict[str, Any]]) -> Say:
    """Runs its task as a shell command and waits for its end."""
    last = history[-1]
    if last.get("type") != "function_call_output":
        return [Call("exec_command", {"cmd": str(last["content"]), "yield_time_ms": 30_000})]
    output = str(last["output"])
    if "Process running with session ID" in output:
        number = int(output.split("session ID ")[1].split()[0])
        return [Call("write_stdin", {"session_id": number, "chars": "", "yield_time_ms": 30_000})]
    return ["done"]


def printing(line: str, lines: str, ended: Path) -> str:
    """A command that prints lines and writes down when it was through."""
    code = (
        f"import sys, time, itertools\nline = '{line}'\n"
        f"for n in {lines}: sys.stdout.write(line.format(n) + chr(10))\n"
        f"sys.stdout.flush(); open('{ended}', 'w').write(repr(time.time()))"
    )
    return f'python3 -c "{code}"'


class Lag:
    """How late the loop was since `reset`, beside a process that does nothing."""

    def __init__(self) -> None:
        self._all: list[float] = []
        self._idle = subprocess.Popen(
            [sys.executable, "-c", IDLE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def reset(self) -> None:
        self._ask()
        self._all = []

    async def watch(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + TICK
            await asyncio.sleep(TICK)
            self._all.append(clock() - due)

    def told(self) -> str:
        ordered = sorted(self._all)
        middle, late = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
        return (
            f"loop lag median {middle * 1e3:.1f}, 99th {late * 1e3:.1f}, max {ordered[-1] * 1e3:.0f} ms"
            f" (an idle process: max {self._ask() * 1e3:.0f} ms)"
        )

    def close(self) -> None:
        self._idle.kill()
        self._idle.communicate()

    def _ask(self) -> float:
        assert self._idle.stdin is not None
        assert self._idle.stdout is not None
        self._idle.stdin.write("\n")
        return float(self._idle.stdout.readline())


class Memory:
    """The most memory that was resident since `reset`, beyond what was then."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.reset()

    def reset(self) -> None:
        self.base = self.most = self._process.memory_info().rss

    async def watch(self) -> None:
        while True:
            self.most = max(self.most, self._process.memory_info().rss)
            await asyncio.sleep(0.05)

    @property
    def grown(self) -> float:
        """MB."""
        return (self.most - self.base) / 1e6


async def shown(engine: Engine, worker: str) -> None:
    """Read the worker's tape into a screen, as a pane does."""
    with engine.subscribe() as subscription:
        while (tape := engine.tape(worker)) is None:
            await anext(subscription)
    cursor, screen = tape.cursor(), Screen(132, 43)
    try:
        while True:
            if data := cursor.read(PANE):
                screen.feed(data)
                for y in screen.dirty():
                    screen.line(y)
            await asyncio.sleep(FRAME)
    finally:
        cursor.close()
        screen.close()


async def answered(engine: Engine) -> float:
    """When the worker's tool had its last answer, in seconds since 1970."""
    last = 0.0
    with engine.subscribe() as subscription:
        async for item in subscription:
            if isinstance(item, ev.Event):
                if isinstance(item.body, ae.ToolFinished):
                    last = item.time.timestamp()
                if isinstance(item.body, we.WorkerFinished):
                    break
    return last


def taken(engine: Engine, worker: str, seconds: float) -> str:
    tape = engine.tape(worker)
    printed = 0 if tape is None else tape.end
    return f"{printed / 1e6:.1f} MB in {seconds:.1f} s, {printed / 1e6 / seconds:.1f} MB/s"


def reset(*gauges: Lag | Memory) -> None:
    for gauge in gauges:
        gauge.reset()


async def measure(megabytes: int, seconds: float, home: Path) -> None:
    settings = Settings(local=LocalSettings(isolation="none"))
    memory = Memory()
    lag = Lag()
    provider = ScriptedProvider(lambda history: ["heard"], hand)
    async with Engine.open(settings, home=home, directory=home, provider=provider) as engine:
        watching = [asyncio.create_task(each) for each in (lag.watch(), memory.watch())]
        # The first worker pays for what is loaded once.
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("warm", "echo up")))
        await engine.idle()

        ended = home / "ended"
        lines = f"range({megabytes * 1_000_000 // (len(METRIC) + 1)})"
        reset(lag, memory)
        begin = time.time()
        watching.append(asyncio.create_task(shown(engine, "big")))
        answer = asyncio.create_task(answered(engine))
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("big", printing(METRIC, lines, ended))))
        moment = await answer
        end = float(ended.read_text())
        print(f"one command: {taken(engine, 'big', end - begin)}")
        print(f"  answer {moment - end:.3f} s after its end, {lag.told()}, memory +{memory.grown:.0f} MB")
        await engine.idle()
        for name, line in (("metrics", METRIC), ("plain", PLAIN)):
            reset(lag, memory)
            begin = time.time()
            watching.append(asyncio.create_task(shown(engine, name)))
            await engine.dispatch(cm.SpawnWorker(WorkerSpec(name, printing(line, "itertools.count()", ended))))
            await asyncio.sleep(seconds)
            print(f"{name} without end: {taken(engine, name, time.time() - begin)}")
            print(f"  {lag.told()}, memory +{memory.grown:.0f} MB")
            begin = time.time()
            await engine.dispatch(cm.KillWorker(name))
            print(f"  killed in {time.time() - begin:.2f} s")
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        lag.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=20, help="that the one command prints")
    parser.add_argument("--seconds", type=float, default=20, help="that the endless one prints")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="golfer-flood-") as folder:
        asyncio.run(measure(arguments.megabytes, arguments.seconds, Path(folder)))


if __name__ == "__main__":
    main()
