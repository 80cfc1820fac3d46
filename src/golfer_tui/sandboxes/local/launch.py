"""Starting the process of a keeper, and ending what one that was killed has left. Both block: not on the event loop."""

import contextlib
import os
import socket
import subprocess
from collections.abc import Sequence

import psutil

from golfer_tui.sandboxes.local.environment import keeper_environment

MARK = "GOLFER_SANDBOX"
"""Variable with the sandbox's id in every command: the way to find what a keeper that was killed left behind."""
ROUNDS = 5
"""Looks at all processes before what is found still is called unkillable."""


def launch(argv: Sequence[str], sock: socket.socket) -> subprocess.Popen[bytes]:
    """Start a keeper with its end of the connection as standard input.

    In a session of its own, so that no ^C in the cockpit's terminal reaches it, and with none of our variables.

    Raises:
        OSError: the program is not there.
    """
    return subprocess.Popen(
        argv,
        stdin=sock.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd="/",
        env=keeper_environment(os.environ),
        start_new_session=True,
    )


def sweep(id_: str) -> int:
    """Kill what carries the mark of a sandbox, or of any sandbox of a session, after a keeper that could not do it.

    Returns how many processes do not go.
    """
    for _ in range(ROUNDS):
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                mark = process.environ().get(MARK, "")
                if (mark == id_ or mark.startswith(f"{id_}/")) and process.status() != psutil.STATUS_ZOMBIE:
                    process.kill()
                    found.append(process)
        if not found:
            return 0
        psutil.wait_procs(found, timeout=2)
    return len(found)
