"""Starting the process of an engine. It is nobody's child, so that nothing that ends the cockpit ends it."""

import os
import socket
import subprocess
import sys
import tempfile
from typing import BinaryIO

from golfer_tui.model.errors import StoreError

LAST_WORDS = 4096
"""Bytes of standard error that are looked at when a process ended before the session was open."""

SERVICE = [sys.executable, "-P", "-m", "golfer_tui.attach.service"]
"""`-P`: nothing is imported from the folder in which the person works."""


class Process:
    """An engine's process that was just started and waits to be told what to open."""

    def __init__(self) -> None:
        """Blocks for as long as Python takes to start.

        Raises:
            StoreError: `engine.start`.
        """
        self.errors: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self.connection, theirs = socket.socketpair()
        try:
            with theirs:
                started = subprocess.Popen(
                    SERVICE,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=self.errors,
                    start_new_session=True,
                )
                started.wait()
        except OSError as error:
            self.close()
            what = (error.strerror or str(error)).lower()
            raise StoreError(
                "engine.start", f"No process for the engine can be started: {what}.", retry=True
            ) from error
        self.connection.setblocking(False)

    def last_words(self) -> str:
        """The last line of its standard error. Blocks on the disk."""
        size = self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, size - LAST_WORDS))
        lines = self.errors.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def close(self) -> None:
        """Let go of it: it goes on if it has a session."""
        self.connection.close()
        self.errors.close()
