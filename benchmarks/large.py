"""A large session: how fast it is listed, painted and filled, and what it takes of memory, beside an empty one.

    python benchmarks/large.py [--events 100000] [--megabytes 200] [--workers 16] [--runs 5] [--settle 8] [--no-limits]

Makes a session of that size in a temporary folder. Then, in turns: `golfer sessions` beside `python -c pass`; and the
real cockpit on a terminal, once with a new session and once with the large one resumed. Each of the two is timed from
its start to its first picture, and the large one from there until the end of what each worker printed is on the
screen; then their memory is compared. What a machine with other work would take of the clock is told beside as what
was used of a processor. Exits with 1 if a limit does not hold.
"""

import argparse
import asyncio
import contextlib
import os
import pty
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from select import select

import psutil

sys.path.insert(0, str(Path(__file__).parent))

from large_session import last_words, make, names

from golfer_tui.terminal.cells import plain
from golfer_tui.terminal.screen import Screen

COLUMNS, ROWS = 320, 90
"""Every worker has a pane on such a terminal."""

PATIENCE = 30.0
GOLFER = [sys.executable, "-m", "golfer_tui"]

LIST, PAINT, FILL, MEMORY = 0.1, 1.2, 1.0, 1.3
"""Limits: seconds beyond Python's start, times an empty cockpit, seconds, times an empty cockpit."""


class Shown:
    """A cockpit on a terminal of its own."""

    def __init__(self, home: Path, arguments: list[str]) -> None:
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (ROWS, COLUMNS))
        # These two would count for more than the terminal's own size.
        own = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
        environment = {**own, "GOLFER_HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._begun = time.perf_counter()
        self.process = subprocess.Popen(
            [*GOLFER, *arguments], stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=home,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self._screen = Screen(COLUMNS, ROWS, scrollback_lines=0)
        self._rows = [""] * ROWS

    def until(self, *signs: str) -> float:
        """Seconds from the start until all of these are on the screen."""
        deadline = time.monotonic() + PATIENCE
        while missing := [sign for sign in signs if sign not in self._shown()]:
            if time.monotonic() > deadline:
                raise SystemExit(f"{missing} did not come. This is on the screen:\n{self._shown()}")
            self._read(deadline - time.monotonic())
        return time.perf_counter() - self._begun

    def _shown(self) -> str:
        for y in self._screen.dirty():
            self._rows[y] = plain(self._screen.line(y))
        return "\n".join(self._rows)

    def used(self) -> float:
        """Seconds of a processor that it has had."""
        times = psutil.Process(self.process.pid).cpu_times()
        return times.user + times.system

    def settle(self, seconds: float) -> None:
        """Let it do what is still to be done; its clocks and its cursor go on without end."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._read(left)

    def _read(self, patience: float) -> None:
        ready, _, _ = select([self._master], [], [], max(0.0, patience))
        while ready:
            try:
                self._screen.feed(os.read(self._master, 1 << 20))
            except OSError:  # Linux says so when the other end is closed
                raise SystemExit(f"The cockpit has ended. This is on the screen:\n{self._shown()}") from None
            ready, _, _ = select([self._master], [], [], 0)

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._master)
        self._screen.close()


@contextlib.contextmanager
def cockpit(home: Path, *arguments: str) -> Iterator[Shown]:
    """A cockpit, and the end of it and of its engine."""
    shown = Shown(home, list(arguments))
    try:
        yield shown
    finally:
        shown.close()
        engines = [process for process in psutil.process_iter() if _is_engine(process, home)]
        for process in engines:
            process.kill()
        psutil.wait_procs(engines, timeout=PATIENCE)


def _is_engine(process: psutil.Process, home: Path) -> bool:
    with contextlib.suppress(psutil.Error):
        is_one = "golfer_tui.attach.service" in process.cmdline()
        return is_one and process.environ().get("GOLFER_HOME") == str(home)
    return False


def taken(home: Path, command: list[str]) -> tuple[float, float]:
    """Seconds that a command takes: on the clock, and of a processor."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "GOLFER_HOME": str(home)})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begun, used


def measure(home: Path, session: str, workers: int, runs: int, settling: float) -> dict[str, float]:
    """The medians of all that is measured, in seconds and bytes."""
    figures: dict[str, list[float]] = {}

    ends = [last_words(worker) for worker in names(workers)]
    for run in range(runs + 1):
        found: list[tuple[str, float]] = []
        for name, command in (("python", [sys.executable, "-c", "pass"]), ("list", [*GOLFER, "sessions"])):
            clock, used = taken(home, command)
            found += [(name, clock), (f"{name} used", used)]
        with cockpit(home, "--demo", "--prompt", "") as empty:
            found.append(("paint empty", empty.until("loading")))
            empty.settle(settling)
            found.append(("memory empty", psutil.Process(empty.process.pid).memory_info().rss))
        with cockpit(home, "--resume", session) as large:
            found.append(("paint large", painted := large.until("loading")))
            before = large.used()
            found.append(("fill", large.until(*ends) - painted))
            found.append(("fill used", large.used() - before))
            large.settle(settling)
            found.append(("memory large", psutil.Process(large.process.pid).memory_info().rss))
        if run or not runs:  # the first one fills the caches
            for name, value in found:
                figures.setdefault(name, []).append(value)
    return {name: statistics.median(values) for name, values in figures.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--settle", type=float, default=8.0, help="seconds until the memory is looked at")
    parser.add_argument("--no-limits", action="store_true", help="measure, and let any figure pass")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="golfer-large-", ignore_cleanup_errors=True) as folder:
        home = Path(folder).resolve()
        session = asyncio.run(make(home, options.events, options.megabytes, options.workers))
        found = measure(home, session, options.workers, options.runs, options.settle)
    listed = found["list"] - found["python"]
    paint = found["paint large"] / found["paint empty"]
    memory = found["memory large"] / found["memory empty"]
    used = found["list used"] - found["python used"]
    print(
        f"list         {listed * 1000:6.0f} ms beyond Python's start ({used * 1000:.0f} used), limit {LIST * 1000:.0f}"
    )
    print(f"first paint  {found['paint large'] * 1000:6.0f} ms, {paint:.2f}x an empty one, limit {PAINT}")
    used = found["fill used"]
    print(f"panes filled {found['fill'] * 1000:6.0f} ms after it ({used * 1000:.0f} used), limit {FILL * 1000:.0f}")
    print(f"memory       {found['memory large'] / 1e6:6.0f} MB, {memory:.2f}x an empty one, limit {MEMORY}")
    held = listed <= LIST and paint <= PAINT and found["fill"] <= FILL and memory <= MEMORY
    return int(not held and not options.no_limits)


if __name__ == "__main__":
    sys.exit(main())
