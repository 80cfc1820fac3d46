"""First paint: how long the cockpit takes from its start to its first picture, beside an empty Textual app.

Both run as processes of their own on a pseudo-terminal, in turns, so that a busy machine slows both alike. The time
ends with the first picture that shows the app's own text; the engine of the cockpit is loading behind that.

    python benchmarks/first_paint.py [--runs 7] [--limit 1.5]

Exits with 1 if the median of the cockpit is more than `limit` times the median of the empty app.
"""

import argparse
import contextlib
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

import psutil

COLUMNS, ROWS = 120, 40
PATIENCE = 60.0
"""Seconds after which a start counts as failed."""

EMPTY = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("first-paint")

Empty().run()
"""

PROGRAMS = {"empty": ([sys.executable, "-c", EMPTY], b"first-paint"),
            "cockpit": ([sys.executable, "-m", "golfer_tui", "--demo"], b"loading")}  # fmt: skip
"""By name: the command, and what its first picture shows."""


def first_paint(command: list[str], sign: bytes, home: str) -> float:
    """Seconds from the start of the process to the sign on its terminal."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = {**os.environ, "GOLFER_HOME": home, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=home, start_new_session=True
    )
    os.close(slave)
    seen = b""
    try:
        while sign not in seen:
            ready, _, _ = select.select([master], [], [], PATIENCE)
            piece = _read(master) if ready else b""
            if not piece:
                raise SystemExit(f"{command[-2:]} painted nothing; it wrote {seen[-2000:]!r}")
            seen += piece
        return time.perf_counter() - start
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        _end_engine(home)
        os.close(master)


def _end_engine(home: str) -> None:
    """End the engine that the cockpit has started: it would load on beside the next one."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if "golfer_tui.attach.service" in process.cmdline() and process.environ().get("GOLFER_HOME") == home:
                process.kill()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""


def main() -> int:
    """Measure in turns and print one line each and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--limit", type=float, default=1.5)
    options = parser.parse_args()
    taken: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    with tempfile.TemporaryDirectory() as home:
        for run in range(options.runs + 1):
            for name, (command, sign) in PROGRAMS.items():
                seconds = first_paint(command, sign, home)
                if run:  # the first one fills the caches
                    taken[name].append(seconds)
    for name, times in taken.items():
        print(f"{name:<8} median {statistics.median(times) * 1000:6.0f} ms   best {min(times) * 1000:6.0f} ms")
    ratio = statistics.median(taken["cockpit"]) / statistics.median(taken["empty"])
    print(f"ratio    {ratio:.2f}, limit {options.limit}")
    return int(ratio > options.limit)


if __name__ == "__main__":
    raise SystemExit(main())
