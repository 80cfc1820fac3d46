"""The tapes of an engine in another process, as the front end has them: the same bytes at the same offsets."""

import asyncio
from collections.abc import Callable

from golfer_tui.attach.feeds import TAIL, WINDOW
from golfer_tui.attach.messages import Taken, TapeBytes, TapeOpened, TapeSkipped
from golfer_tui.model.commands import Terminal
from golfer_tui.terminal.tape import Tape

TOLD = WINDOW // 4
"""Bytes that are taken before the engine is told of it."""


class _Mirror:
    def __init__(self, opened: TapeOpened) -> None:
        self.worker = opened.worker
        self.terminal = opened.terminal
        self.tape = Tape(opened.start, bound=WINDOW // 2, history=TAIL)
        self.told = opened.start
        """The engine knows that we have taken the tape up to here."""
        self.waiting: asyncio.Task[None] | None = None
        """Waits for a reader that is behind."""


class Mirrors:
    """All tapes of a session. What no reader has taken is bounded: the engine is told of room only when there is."""

    def __init__(self, send: Callable[[Taken], None]) -> None:
        self._send = send
        self._mirrors: dict[int, _Mirror] = {}
        self._numbers: dict[tuple[str, Terminal], int] = {}

    def get(self, worker: str, terminal: Terminal) -> Tape | None:
        """The newest tape of this terminal, if there is one."""
        number = self._numbers.get((worker, terminal))
        return None if number is None else self._mirrors[number].tape

    def take(self, message: TapeOpened | TapeSkipped | TapeBytes) -> tuple[str, Terminal]:
        """Take what the engine says of a tape; returns which one has changed."""
        if isinstance(message, TapeOpened):
            key = (message.worker, message.terminal)
            if (old := self._numbers.get(key)) is not None:
                self._drop(old)
            self._mirrors[message.tape], self._numbers[key] = _Mirror(message), message.tape
            return key
        mirror = self._mirrors[message.tape]
        if isinstance(message, TapeSkipped):
            mirror.tape.skip(message.offset)
            mirror.told = message.offset
        else:
            mirror.tape.append(message.data)
            if not mirror.tape.full:
                if mirror.tape.end - mirror.told >= TOLD:
                    self._tell(message.tape, mirror)
            elif mirror.waiting is None:
                mirror.waiting = asyncio.create_task(self._wait(message.tape, mirror), name="tape room")
        return mirror.worker, mirror.terminal

    async def _wait(self, number: int, mirror: _Mirror) -> None:
        await mirror.tape.room()
        mirror.waiting = None
        self._tell(number, mirror)

    def _tell(self, number: int, mirror: _Mirror) -> None:
        mirror.told = mirror.tape.end
        self._send(Taken(number, mirror.told))

    def _drop(self, number: int) -> None:
        if (waiting := self._mirrors.pop(number).waiting) is not None:
            waiting.cancel()

    async def close(self) -> None:
        """No more bytes come. What is there can still be read."""
        waiting = [mirror.waiting for mirror in self._mirrors.values() if mirror.waiting is not None]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
