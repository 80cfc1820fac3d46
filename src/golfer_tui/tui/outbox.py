"""What was typed and is not sent yet: one command at a time, so that keys arrive in the order of their pressing."""

import collections
from collections.abc import Awaitable, Callable
from typing import TypeGuard

from golfer_tui.model import commands as cm
from golfer_tui.model.errors import GolferError

Sent = cm.TakeKeyboard | cm.GiveKeyboard | cm.TypeInto

WAITING = 256 * 1024
"""Bytes that may wait to be sent; a paste that does not fit is refused as a whole."""

PIECE = 4096
"""Bytes of one command."""


class Outbox:
    """Give it commands; let `send_all` run whenever `put` says that it is to be started."""

    def __init__(self, dispatch: Callable[[Sent], Awaitable[None]], refused: Callable[[GolferError, Sent], None]):
        """`refused` is told what a terminal did not take; what else waits for it is forgotten by then."""
        self._dispatch = dispatch
        self._refused = refused
        self._commands: collections.deque[Sent] = collections.deque()
        self._bytes = 0
        self._sending = False

    def room(self, data: bytes) -> bool:
        """True if so many bytes more may wait."""
        return self._bytes + len(data) <= WAITING

    def type(self, worker: str, terminal: cm.Terminal, data: bytes) -> bool:
        """Send these bytes; see `put`."""
        self._bytes += len(data)
        pieces = (data[start : start + PIECE] for start in range(0, len(data), PIECE))
        self._commands.extend(cm.TypeInto(worker, piece, terminal) for piece in pieces)
        return not self._sending

    def put(self, command: cm.TakeKeyboard | cm.GiveKeyboard) -> bool:
        """Send a command after all others; True if `send_all` is to be started."""
        self._commands.append(command)
        return not self._sending

    async def send_all(self) -> None:
        """Send until nothing waits."""
        if self._sending:
            return
        self._sending = True
        try:
            while self._commands:
                command = self._next()
                try:
                    await self._dispatch(command)
                except GolferError as error:
                    if isinstance(command, cm.TypeInto):
                        self._forget(command)
                    self._refused(error, command)
        finally:
            self._sending = False

    def _next(self) -> Sent:
        """The next command; keys that were pressed one after the other go together."""
        command = self._commands.popleft()
        if not isinstance(command, cm.TypeInto):
            return command
        data = command.data
        while self._commands:
            after = self._commands[0]
            if not _same_terminal(after, command) or len(data) + len(after.data) > PIECE:
                break
            data += after.data
            self._commands.popleft()
        self._bytes -= len(data)
        return cm.TypeInto(command.worker, data, command.terminal)

    def _forget(self, refused: cm.TypeInto) -> None:
        kept = [command for command in self._commands if not _same_terminal(command, refused)]
        self._bytes -= sum(len(each.data) for each in self._commands if _same_terminal(each, refused))
        self._commands = collections.deque(kept)


def _same_terminal(sent: Sent, other: cm.TypeInto) -> TypeGuard[cm.TypeInto]:
    return isinstance(sent, cm.TypeInto) and (sent.worker, sent.terminal) == (other.worker, other.terminal)
