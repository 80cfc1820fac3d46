"""Lines of JSON over the socket to a keeper, and the descriptors that come with them."""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Callable
from typing import Any

from golfer_tui.model.errors import SandboxError

CHUNK = 65536
"""Bytes read from the socket at once."""
RIGHTS = 8
"""File descriptors taken at once; a reply has at most two."""
OUTBOX = 8 * 1024 * 1024
"""Bytes that may wait for a keeper that does not read before further requests are refused."""


class Wire:
    """One connection. It neither waits nor blocks: what cannot be sent now waits, up to `OUTBOX`."""

    def __init__(
        self, sock: socket.socket, heard: Callable[[dict[str, Any]], None], closed: Callable[[], None]
    ) -> None:
        """Listen from now on.

        Args:
            sock: Not blocking. It belongs to the wire.
            heard: Gets each message.
            closed: Called once, when the connection is gone, whoever has closed it.
        """
        self._sock = sock
        self._heard = heard
        self._closed = closed
        self._loop = asyncio.get_running_loop()
        self._inbox = b""
        self._outbox = bytearray()
        self._rights: list[int] = []
        self.open = True
        """False once the connection is gone."""
        self._loop.add_reader(sock, self._receive)

    def send(self, message: dict[str, Any]) -> None:
        """Send a message, or keep it until there is room.

        Raises:
            SandboxError: `sandbox.busy` if too much waits already.
        """
        if len(self._outbox) > OUTBOX:
            raise SandboxError("sandbox.busy", "The sandbox does not take requests at the moment.", retry=True)
        if not self._outbox:
            self._loop.add_writer(self._sock, self._flush)
        self._outbox += json.dumps(message).encode() + b"\n"

    def take(self, count: int) -> list[int]:
        """The next descriptors that came; who takes them owns them."""
        taken, self._rights = self._rights[:count], self._rights[count:]
        return taken

    def finish(self) -> None:
        """Send nothing more, and tell the other end so; what it still says is heard."""
        if self.open:
            self._loop.remove_writer(self._sock)
            with contextlib.suppress(OSError):
                self._sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close the connection, and the descriptors that nobody took. May be called twice."""
        if not self.open:
            return
        self.open = False
        self._loop.remove_reader(self._sock)
        self._loop.remove_writer(self._sock)
        self._sock.close()
        self._outbox.clear()
        for fd in self.take(len(self._rights)):
            os.close(fd)
        self._closed()

    def _flush(self) -> None:
        try:
            del self._outbox[: self._sock.send(self._outbox)]
        except BlockingIOError:
            return
        except OSError:
            self._outbox.clear()  # The reader will see why.
        if not self._outbox:
            self._loop.remove_writer(self._sock)

    def _receive(self) -> None:
        try:
            data, fds, _, _ = socket.recv_fds(self._sock, CHUNK, RIGHTS, getattr(socket, "MSG_CMSG_CLOEXEC", 0))
        except BlockingIOError:
            return
        except OSError:
            data, fds = b"", []
        for fd in fds:
            os.set_inheritable(fd, False)
        self._rights += fds
        if not data:
            self.close()
            return
        *lines, self._inbox = (self._inbox + data).split(b"\n")
        for line in lines:
            self._heard(json.loads(line))
