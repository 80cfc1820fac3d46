"""The terminal goes away: the cockpit keeps the workers for a later resume and ends, with all that it started."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import psutil

PATIENCE = 60
"""Seconds for a step on a busy machine; each is left as soon as it is reached."""


def take_terminal() -> None:
    """Make standard input our controlling terminal, as a terminal program does for its shell."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def read_until(master: int, wanted: bytes) -> bytes:
    """Read what the cockpit paints until it has painted this; returns the end of it."""
    seen, deadline = b"", time.monotonic() + PATIENCE
    while wanted not in seen and time.monotonic() < deadline:
        try:
            seen = seen[-4000:] + os.read(master, 65536)
        except OSError:  # the cockpit has ended
            break
    return seen


def test_without_its_terminal_it_ends_and_leaves_nothing(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    # These two would count for more than the terminal's own size.
    environ = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    environ["GOLFER_HOME"] = str(tmp_path / "home")
    cockpit = subprocess.Popen(
        [sys.executable, "-m", "golfer_tui", "--demo"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=tmp_path,
        env={**environ, "TERM": "xterm-256color"},
        preexec_fn=take_terminal,
    )
    os.close(slave)
    try:
        assert b"cpu" in read_until(master, b"cpu"), "no worker came to work"
        started = psutil.Process(cockpit.pid).children(recursive=True)
        assert started
    finally:
        os.close(master)
        watchdog = threading.Timer(PATIENCE, cockpit.kill)
        watchdog.start()
        code = cockpit.wait()
        watchdog.cancel()
        watchdog.join()
    assert code == 0
    _, alive = psutil.wait_procs(started, timeout=PATIENCE)
    assert alive == []
    listed = subprocess.run(
        [sys.executable, "-m", "golfer_tui", "sessions", "--json"],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert '"state":"interrupted"' in listed.stdout.replace(" ", "")
