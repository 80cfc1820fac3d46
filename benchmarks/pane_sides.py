"""The two that `panes.py` compares, each on a pseudo-terminal that it owns: the cockpit as a user starts it, and tmux.

Both show the same panes: one that a person types into, which echoes, and others that run `pane_printer.py`.
"""

import contextlib
import fcntl
import os
import pty
import select
import shlex
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self

import psutil

PRINTER = Path(__file__).with_name("pane_printer.py")
ECHO = "stty -icanon; exec cat >/dev/null"
"""The pane that is typed into: the kernel echoes, so that no program's speed is measured with it."""

PATIENCE = 120.0
"""Seconds until a side must show all its panes."""

LOST = 10.0
"""Seconds after which a key that did not come back ends the run."""

RECENT = 4000
"""Bytes."""

TAIL = 64
"""Bytes that are looked at again with the next read: what is looked for may come in two parts."""


def printer(note: Path, kind: str) -> str:
    """The command of one printing pane."""
    return shlex.join([sys.executable, "-S", "-E", str(PRINTER), str(note), kind])


class Side:
    """A program on a pseudo-terminal of its own, with the panes in it."""

    name = ""

    def __init__(self, notes: Path, count: int, size: tuple[int, int]) -> None:
        """`notes` is an empty folder, `count` the number of printing panes, `size` the columns and rows."""
        self.notes = notes
        self.labels = [f"p{number:02}" for number in range(count)]
        self._size = size
        self._master = -1
        self._process: subprocess.Popen[bytes]
        self._recent = b""
        """The last that came out, to be told if it ends."""
        self.painted = 0
        """Bytes that came out of its terminal."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def run(self, argv: Sequence[str], **variables: str) -> None:
        """Start it on a terminal."""
        self._master, slave = pty.openpty()
        columns, rows = self._size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", **variables}
        for name in ("TMUX", "NO_COLOR", "TEXTUAL"):
            environment.pop(name, None)
        self._process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=self.notes, start_new_session=True
        )
        os.close(slave)
        os.set_blocking(self._master, False)

    def close(self) -> None:
        """End it, whatever state it is in."""
        for process in [*self.processes(), *self.printers()]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def processes(self) -> list[psutil.Process]:
        """All processes that belong to it and not to its panes."""
        raise NotImplementedError

    # The terminal

    def watch(self, seconds: float, sign: bytes = b"") -> float | None:
        """Take what it paints; the moment when it painted `sign`, None if it did not within the time."""
        end, tail = time.perf_counter() + seconds, b""
        while (left := end - time.perf_counter()) > 0:
            if not select.select([self._master], [], [], left)[0]:
                break
            try:
                data = os.read(self._master, 1 << 20)
            except OSError as error:
                raise SystemExit(f"{self.name} ended; it wrote {self._recent.decode(errors='replace')}") from error
            now = time.perf_counter()
            self.painted += len(data)
            self._recent = (self._recent + data)[-RECENT:]
            tail += data
            if sign and sign in tail:
                return now
            tail = tail[-TAIL:]
        return None

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._master, text.encode())

    def until(self, state: Callable[[], bool], what: str) -> None:
        """Take what it paints until something holds."""
        end = time.perf_counter() + PATIENCE
        while not state():
            self.watch(0.1)
            if time.perf_counter() > end:
                raise SystemExit(f"{self.name}: {what} within {PATIENCE:.0f} s")

    # The panes

    def started(self) -> bool:
        """True once every printer runs."""
        return all((self.notes / label).exists() and self._note(label)[0] for label in self.labels)

    def printers(self) -> Iterator[psutil.Process]:
        for label in self.labels:
            with contextlib.suppress(OSError, psutil.NoSuchProcess):
                yield psutil.Process(self._note(label)[0])

    def order(self, labels: Sequence[str], mode: signal.Signals) -> None:
        """Tell printers what to do, a little apart, as they would print if they had begun at different times."""
        for label in labels:
            os.kill(self._note(label)[0], mode)
            self.watch(0.02 / max(1, len(labels)))

    def printed(self, label: str) -> int:
        """Bytes that were taken from a printer so far."""
        return self._note(label)[1]

    def echo(self, key: str) -> float:
        """Press a key; the seconds until its echo was painted."""
        pressed = time.perf_counter()
        self.type(key)
        painted = self.watch(LOST, key.encode())
        if painted is None:
            raise SystemExit(f"{self.name}: no echo of a key within {LOST:.0f} s")
        return painted - pressed

    def cpu(self) -> float:
        """Seconds of CPU time that its own processes have used so far."""
        total = 0.0
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system
        return total

    def memory(self) -> float:
        """MB resident."""
        total = 0
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
        return total / 1e6

    def _note(self, label: str) -> tuple[int, int]:
        data = (self.notes / label).read_bytes()
        return struct.unpack("QQ", data) if len(data) == 16 else (0, 0)


class Tmux(Side):
    """One window with all panes side by side, none zoomed."""

    name = "tmux"

    def open(self, kind: str) -> None:
        columns, rows = self._size
        self._base = ["tmux", "-S", str(self.notes / "tmux.socket"), "-f", "/dev/null"]
        self.run([*self._base, "-u", "new-session", "-x", str(columns), "-y", str(rows), ECHO])
        self.until(lambda: self._ask("display-message", "-p", "#{pid}").isdigit(), "did not start")
        self._server = psutil.Process(int(self._ask("display-message", "-p", "#{pid}")))
        for label in self.labels:
            self._ask("split-window", "-d", printer(self.notes / label, kind))
            self._ask("select-layout", "tiled")
        self.until(self.started, "not all panes ran")
        self._ask("select-pane", "-t", "0")

    def processes(self) -> list[psutil.Process]:
        return [self._server, psutil.Process(self._process.pid)]

    def _ask(self, *words: str) -> str:
        done = subprocess.run([*self._base, *words], capture_output=True, text=True, check=False)
        return done.stdout.strip()


class Cockpit(Side):
    """`golfer` with as many workers, on real local sandboxes; the model is a server on the loopback."""

    name = "golfer"

    def open(self, model: dict[str, str]) -> None:
        """`model` are the variables that lead to the server."""
        self._others = {child.pid for child in psutil.Process().children(recursive=True)}
        (self.notes / "golfer.toml").touch()
        golfer = str(Path(sys.executable).with_name("golfer"))
        self.run(
            [golfer, "--prompt", "go"],
            **model,
            GOLFER_HOME=str(self.notes / "home"),
            GOLFER_CONFIG=str(self.notes / "golfer.toml"),
            GOLFER_POOL__MAX_LOCAL=str(len(self.labels) + 1),
            GOLFER_POOL__MAX_WORKERS=str(len(self.labels) + 1),
            # tmux does not lock its panes in either.
            GOLFER_LOCAL__ISOLATION="none",
        )
        self.until(self.started, "not all workers ran")
        self.type("\x1b[1;3C")  # alt+right: to the fleet
        self.watch(0.5)
        self.type("i")
        if self.watch(PATIENCE, b"has the keyboard") is None:
            raise SystemExit("golfer: the keyboard was not handed over")

    def processes(self) -> list[psutil.Process]:
        found: set[psutil.Process] = set()
        waiting = [child for child in psutil.Process().children() if child.pid not in self._others]
        waiting += self._engines()
        while waiting:
            process = waiting.pop()
            with contextlib.suppress(psutil.NoSuchProcess):
                if process in found:
                    continue  # the engine is ours as well, since we take in whoever has lost their parent
                found.add(process)
                # Below a keeper are the workers' commands.
                if not any(word.endswith("keeper.py") for word in process.cmdline()):
                    waiting += process.children()
        return list(found)

    def _engines(self) -> list[psutil.Process]:
        """The engine of the cockpit, which is nobody's child."""
        paths = (self.notes / "home").glob("sessions/*/engine-*.sock")
        numbers = [int(path.stem.removeprefix("engine-")) for path in paths]
        return [psutil.Process(number) for number in numbers if psutil.pid_exists(number)]
