"""One command of the shell tool on Modal: the single reader of its stream, and the single writer of its keys.

Modal keeps what a command printed, so a stream that breaks off is asked for again from its beginning, and what is on
the tape already is passed over. While the tape is full nothing is taken, and Modal's client makes the other end wait.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from modal import exception as me

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.processes import Process
from golfer_tui.terminal.tape import Tape

if TYPE_CHECKING:
    from golfer_tui.sandboxes.modal.commands import Commands

KEYS = 256 * 1024
"""Bytes of keys that may wait for a program that does not read them."""
LAST = 1.0
"""Seconds without a byte after a command's end, after which only children in the background can hold its stream."""
TOLD = 10.0
"""Seconds for Modal to tell the end of a command that was killed."""
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds before a broken stream is asked for again."""


class ModalProcess(Process):
    """See `Process`."""

    def __init__(self, id_: int, command: str, *, tty: bool, mark: str, commands: "Commands") -> None:
        super().__init__(id_, command, tty=tty)
        self.mark = mark
        """What all its processes carry in their environment."""
        self.remote: Any = None
        """modal's handle."""
        self._commands = commands
        self._keys = bytearray()
        self._tasks: set[asyncio.Task[None]] = set()
        self._read = 0
        """Bytes of the stream that are on the tape."""
        self._abandoned = asyncio.Event()

    def write(self, data: bytes) -> None:
        if self.ended.is_set():
            return
        if len(self._keys) + len(data) > KEYS:
            raise SandboxError(
                "terminal.full",
                f"The program does not read its keys; {len(self._keys)} bytes wait for it.",
                retry=True,
            )
        if not self._keys:
            self._do(self._type())
        self._keys += data

    def interrupt(self) -> None:
        self._do(self._commands.signal([self.mark], "INT"))

    async def kill(self) -> None:
        if not self.ended.is_set():
            await self._commands.signal([self.mark], "KILL")
            await self.over()

    async def over(self) -> None:
        """Wait for the end after a KILL; one that Modal does not tell of is not waited for."""
        try:
            async with asyncio.timeout(TOLD):
                await self.ended.wait()
        except TimeoutError:
            self.abandon()
            await self.ended.wait()

    def abandon(self) -> None:
        """Nothing more will come: take what there still is to read, and end."""
        self._abandoned.set()

    async def follow(self, tape: Tape) -> None:
        """Read to the end of the stream; tell the command's end as soon as all it printed is on the tape."""
        pump = asyncio.create_task(self._pump(tape), name=f"pump {self.mark}")
        status = asyncio.create_task(self._status(), name=f"status {self.mark}")
        abandoned = asyncio.create_task(self._abandoned.wait(), name=f"end of the sandbox of {self.mark}")
        try:
            await asyncio.wait((status, abandoned), return_when=asyncio.FIRST_COMPLETED)
            read = -1
            while not pump.done() and (tape.full or self._read > read):
                read = self._read
                await asyncio.wait((pump,), timeout=LAST)
            self._commands.shell.finished(self, status.result() if status.done() else None)
            # Children in the background may go on printing.
            await asyncio.wait((pump, abandoned), return_when=asyncio.FIRST_COMPLETED)
        finally:
            mine = (pump, status, abandoned, *self._tasks)
            for task in mine:
                task.cancel()
            await asyncio.gather(*mine, return_exceptions=True)

    async def _status(self) -> int | None:
        """The exit status; None if Modal cannot tell it."""
        for pause in PAUSES:
            try:
                return int(await self.remote.wait.aio())
            except me.NotFoundError:
                break
            except Exception:  # noqa: BLE001 - whatever it is, the command may well go on
                await asyncio.sleep(pause)
        return None

    async def _pump(self, tape: Tape) -> None:
        tries = 0
        while True:
            behind = self._read
            try:
                async for chunk in self.remote.stdout:
                    tries = 0
                    fresh = chunk[behind:]
                    behind = max(0, behind - len(chunk))
                    if fresh:
                        self._read += len(fresh)
                        # Panes are terminals: a pipe's lines begin on the left as well.
                        shown = fresh if self.tty else fresh.replace(b"\n", b"\r\n")
                        self.capture.append(shown)
                        tape.append(shown)
                        await tape.room()
                return
            except Exception as error:  # noqa: BLE001 - whatever broke the stream, Modal may still have the rest
                if isinstance(error, me.NotFoundError) or tries == len(PAUSES) or self._abandoned.is_set():
                    return
                await asyncio.sleep(PAUSES[tries])
                tries += 1
                with contextlib.suppress(Exception):
                    await self.remote.stdout.aclose.aio()

    async def _type(self) -> None:
        stdin = self.remote.stdin
        while self._keys:
            keys = bytes(self._keys)
            try:
                stdin.write(keys)
                await stdin.drain.aio()
            except Exception:  # noqa: BLE001 - the program has ended, or its keys cannot reach it any more
                self._keys.clear()
                return
            del self._keys[: len(keys)]

    def _do(self, work: Any) -> None:
        task = asyncio.create_task(_quietly(work), name=f"keys of {self.mark}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _quietly(work: Any) -> None:
    # A key that does not arrive is seen by its missing echo.
    with contextlib.suppress(Exception):
        await work
