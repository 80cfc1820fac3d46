"""Runs a real program under a PTY of an exact size, types into it, and keeps every byte that it prints."""

import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from pathlib import Path

from golfer_tui.terminal.screen import Screen

DEADLINE = 30.0
"""Seconds that a program may take to show what is waited for."""


def record(
    argv: Sequence[str], columns: int, rows: int, steps: Sequence[tuple[str, bytes]] = (), *, folder: Path
) -> list[bytes]:
    """What `argv` prints: up to each step (the moment the screen shows its text, then its keys are typed) and in all.

    The program hears our emulator's answers. It must end by itself after the last step.
    """
    program = shutil.which(argv[0])
    assert program is not None
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LC_ALL": "C.UTF-8",
        "PS1": "$ ",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    process = subprocess.Popen(
        [program, *argv[1:]],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env=environment,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    data, found, waiting = bytearray(), [], list(steps)
    screen = Screen(columns, rows, on_reply=lambda reply: os.write(ours, reply) and None)
    deadline = time.monotonic() + DEADLINE
    try:
        while True:
            ready, _, _ = select.select([ours], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"{argv} showed {screen.text()}, waited for {waiting[:1]}"
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # the last holder of the PTY is gone
                chunk = b""
            if not chunk:
                break
            data += chunk
            screen.feed(chunk)
            if waiting and waiting[0][0] in "\n".join(screen.text()) and grounded(screen):
                found.append(bytes(data))
                os.write(ours, waiting.pop(0)[1])
    finally:
        os.close(ours)
        process.kill()
        process.wait()
        screen.close()
    assert not waiting, f"{argv} ended before it showed {waiting[0][0]!r}"
    return [*found, bytes(data)]


def grounded(screen: Screen) -> bool:
    """Whether the stream stands outside of any sequence and character, so that a recording may be cut here."""
    return bool(screen._get("VT_GROUND", "bool"))
