"""Where the socket of an engine lies, and who may come to it: its owner, and nobody else.

The socket has the process in its name, as the session's lock has it inside. So a socket belongs to the engine that
holds the session exactly if the two agree, and it can be there before the lock is taken.
"""

import contextlib
import os
import socket
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

from golfer_tui.model.errors import StoreError
from golfer_tui.store.layout import HINT, Layout
from golfer_tui.store.locks import Lease

LONGEST = 100
"""Bytes of a path that every system takes for a socket."""

WAITING = 16
"""Connections that may wait to be accepted."""

CONNECTING = 5.0
"""Seconds that an engine may take until there is room for one more to wait."""

_CREDENTIALS = struct.Struct("3i")


def socket_path(layout: Layout, session: str, process: int) -> Path:
    """The socket of the engine in this process."""
    return layout.session(session) / f"engine-{process}.sock"


def listen(path: Path) -> socket.socket:
    """A socket that only its owner can reach. Blocks on the disk.

    Raises:
        StoreError: `attach.socket`.
    """
    sock = socket.socket(socket.AF_UNIX)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Of an engine that was killed, whose number came round again.
        path.unlink(missing_ok=True)
        # Nobody can connect before `listen`, and the mode is right by then.
        with _short(path) as short:
            sock.bind(short)
        path.chmod(0o600)
        sock.listen(WAITING)
    except OSError as error:
        sock.close()
        message = f"The socket {path} cannot be made: {(error.strerror or str(error)).lower()}."
        raise StoreError("attach.socket", message, hint=HINT) from error
    sock.setblocking(False)
    return sock


def connect(path: Path) -> socket.socket | None:
    """A connection to the engine behind this socket; None if there is none any more. Blocks.

    Raises:
        StoreError: `attach.busy`, `attach.foreign`.
    """
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(CONNECTING)
    try:
        with _short(path) as short:
            sock.connect(short)
        if not same_person(sock):
            raise StoreError("attach.foreign", f"The socket {path} belongs to somebody else.", hint="Remove it.")
    except (TimeoutError, BlockingIOError) as error:
        sock.close()
        raise StoreError("attach.busy", f"The engine behind {path} does not answer.", retry=True) from error
    except OSError:
        sock.close()
        return None
    except BaseException:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


def find(layout: Layout, session: str) -> socket.socket | None:
    """A connection to the engine that holds the session in a process of its own; None if there is none. Blocks.

    Raises:
        StoreError: `attach.busy`, `attach.foreign`.
    """
    path = holder(layout, session)
    return None if path is None else connect(path)


def holder(layout: Layout, session: str) -> Path | None:
    """The socket of the engine that holds the session, if it has one. Blocks."""
    process = Lease(session, layout.lock(session)).holder()
    path = None if process is None else socket_path(layout, session, process)
    return path if path is not None and path.is_socket() else None


def hidden(layout: Layout, session: str) -> bool:
    """True if a process that nobody can attach to holds the session. Blocks."""
    return Lease(session, layout.lock(session)).taken() and holder(layout, session) is None


def clean(layout: Layout, session: str) -> None:
    """Remove the sockets of engines that were killed; only for the process that holds the session. Blocks."""
    for path in layout.session(session).glob("engine-*.sock"):
        if path.name != socket_path(layout, session, os.getpid()).name:
            path.unlink(missing_ok=True)


def same_person(sock: socket.socket) -> bool:
    """True if the process at the other end runs as the same user; also where the system does not tell."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    _, user, _ = _CREDENTIALS.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return bool(user == os.getuid())


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    """The path, or a shorter one to the same place while this is open: systems take some 100 bytes only."""
    if len(os.fsencode(path)) <= LONGEST:
        yield str(path)
        return
    with tempfile.TemporaryDirectory(prefix="golfer-") as folder:
        link = Path(folder) / "s"
        link.symlink_to(path.parent, target_is_directory=True)
        yield str(link / path.name)
