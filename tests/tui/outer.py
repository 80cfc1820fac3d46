"""The person's own terminal around a program: a real PTY, every byte that it got, and an emulator that shows them."""

import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from select import select
from typing import Self

from golfer_tui.terminal.screen import Screen

PATIENCE = 60.0
"""Seconds for a step on a busy machine; each is left as soon as it is reached."""

_CONTROL = re.compile(
    r"\x1b\[(?P<private>[<-?]?)(?P<numbers>[0-9:;]*)(?P<csi>[ -/]*[@-~])"
    r"|\x1b(?P<string>[\]PX^_])(?P<text>[^\x07\x1b\x9c]*)(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b(?P<short>[ -/]*[0-~])"
    r"|(?P<bare>[\x00-\x09\x0b-\x1f\x7f-\x9f])"
)


def kinds(data: bytes) -> set[str]:
    """All kinds of control sequences in what a terminal got; modes and window calls with their numbers."""
    found = set()
    for match in _CONTROL.finditer(data.decode("utf-8", "replace")):
        parts = match.groupdict()
        if parts["csi"]:
            numbers = parts["numbers"] if parts["csi"][-1] in "hlt" else ""
            found.add(f"CSI {parts['private']}{numbers}{parts['csi']}")
        elif parts["string"]:
            found.add(f"{parts['string']} {(parts['text'] or '').partition(';')[0][:20]}")
        else:
            found.add(f"ESC {parts['short']}" if parts["short"] else ascii(parts["bare"]))
    return found


class Outer:
    """Runs a program, as a terminal does; `with` ends it."""

    def __init__(self, argv: Sequence[str], environ: Mapping[str, str], size: tuple[int, int]) -> None:
        self._master, slave = pty.openpty()
        self.got = bytearray()
        self.screen = Screen(*size, on_reply=self.write)
        columns, rows = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        # These two would count for more than the terminal's own size.
        own = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
        self.process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**own, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environ},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        self.hang_up()
        self.screen.close()

    def hang_up(self) -> None:
        """Go away, as a terminal window does that is closed."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def write(self, data: bytes) -> None:
        """Type."""
        os.write(self._master, data)

    def shown(self) -> str:
        return "\n".join(self.screen.text())

    def until(self, condition: Callable[[], object]) -> None:
        """Read on until the condition holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            ready, _, _ = select([self._master], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"the state that the test waits for did not come:\n{self.shown()}"
            try:
                data = os.read(self._master, 65536)
            except OSError:  # the program has ended
                data = b""
            assert data, f"the program has ended:\n{self.shown()}"
            self.got += data
            self.screen.feed(data)

    def shows(self, *wanted: str) -> None:
        """Read on until all of it is shown."""
        self.until(lambda: all(text in self.shown() for text in wanted))

    def wait(self) -> int:
        """Read to the program's end; returns its exit status."""
        with contextlib.suppress(OSError):
            while data := os.read(self._master, 65536):
                self.got += data
        return self.process.wait(PATIENCE)


@contextlib.contextmanager
def running(argv: Sequence[str], size: tuple[int, int] = (120, 40), **environ: str) -> Iterator[Outer]:
    """The program on a terminal of this size."""
    with Outer(argv, environ, size) as outer:
        yield outer
