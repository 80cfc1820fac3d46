"""One command of the shell tool on Modal: the single reader of its stream, and the single writer of its keys.

Modal keeps what a command printed, so a stream that breaks off is asked for again from its beginning, and what is on
the tape already is passed over. While the tape is full nothing is taken, and Modal's client makes the other end wait.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from modal import exception as me

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.cleanup import cancelled, told_to_end
from golfer_tui.sandboxes.modal.handles import attach, exec_id
from golfer_tui.sandboxes.process import Process
from golfer_tui.terminal.answers import Answers
from golfer_tui.terminal.tape import Tape

if TYPE_CHECKING:
    from golfer_tui.sandboxes.modal.commands import Commands

KEYS = 256 * 1024
"""Bytes of keys that may wait for a program that does not read them."""
ANSWERS = 16 * 1024
"""Bytes that may wait when the terminal answers a question; a program that does not read gets no more answers."""
LAST = 1.0
"""Seconds without a byte after a command's end, after which only children in the background can hold its stream."""
TOLD = 10.0
"""Seconds for Modal to tell the end of a command that was killed."""
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds before a broken stream is asked for again."""


class ModalProcess(Process):
    """See `Process`. Also what a person's own shell runs on."""

    def __init__(
        self,
        id_: int,
        command: str,
        *,
        mark: str,
        commands: "Commands",
        size: tuple[int, int] | None,
        on_ended: Callable[["ModalProcess", int | None], None],
    ) -> None:
        """`size` is that of its terminal in rows and columns, None if it reads no keys; `on_ended` gets its status."""
        super().__init__(id_, command, tty=size is not None)
        self.mark = mark
        """What all its processes carry in their environment."""
        self.remote: Any = None
        """modal's handle."""
        self._commands = commands
        self._on_ended = on_ended
        self._answers = None if size is None else Answers(size[1], size[0])
        self._keys = bytearray()
        self._tasks: set[asyncio.Task[None]] = set()
        self.shown = 0
        """Bytes of it that are on the tape."""
        self.typed = 0
        """Bytes of keys that it took."""
        self._abandoned = asyncio.Event()
        self._broken = False
        """True while its stream waits to be asked for again."""
        self._reached = asyncio.Event()
        """Set when Modal has told its end: it can be reached."""

    def write(self, data: bytes) -> None:
        if self.ended.is_set():
            return
        if len(self._keys) + len(data) > KEYS:
            raise SandboxError(
                "terminal.full",
                f"The program does not read its keys; {len(self._keys)} bytes wait for it.",
                retry=True,
            )
        self._queue(data)

    def resize(self, rows: int, columns: int) -> None:
        """Its terminal has been told of another size."""
        if self._answers is not None:
            self._answer(self._answers.resize(columns, rows))

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
            self._hush()
            self._reached.set()
            await self._quiet(pump, tape)
            if not pump.done() and not self._abandoned.is_set():
                # A child in the background holds the stream, or it broke off and modal waits to ask again: ask anew.
                await cancelled(pump)
                with contextlib.suppress(Exception):
                    named = exec_id(self.remote)
                    self.remote = await attach(self._commands.sandbox, named, typed=self.typed)
                pump = asyncio.create_task(self._pump(tape), name=f"pump {self.mark}")
                await self._quiet(pump, tape)
            self._on_ended(self, status.result() if status.done() else None)
            # Children in the background may go on printing.
            await asyncio.wait((pump, abandoned), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hush()
            await cancelled(pump, status, abandoned, *self._tasks)
            self._on_ended(self, None)  # If nobody was told yet: who waits for its end waits no longer.

    async def _quiet(self, pump: asyncio.Task[None], tape: Tape) -> None:
        """Wait until the stream has ended, or nothing more comes."""
        read = -1
        while not pump.done() and (tape.full or self._broken or self.shown > read):
            read = -1 if self._broken else self.shown
            await asyncio.wait((pump,), timeout=LAST)

    async def _status(self) -> int | None:
        """The exit status; None if Modal cannot tell it."""
        for pause in PAUSES:
            try:
                return int(await self.remote.wait.aio())
            except me.NotFoundError:
                break
            except Exception:  # noqa: BLE001 - whatever it is, the command may well go on
                if told_to_end():
                    break
                await asyncio.sleep(pause)
        return None

    async def _pump(self, tape: Tape) -> None:
        tries = 0
        while True:
            behind = self.shown
            try:
                async for chunk in self.remote.stdout:
                    tries = 0
                    # Panes are terminals: a pipe's lines begin on the left as well.
                    shown = chunk if self.tty else chunk.replace(b"\n", b"\r\n")
                    fresh = shown[behind:]
                    behind = max(0, behind - len(shown))
                    if fresh:
                        self.shown += len(fresh)
                        self.capture.append(fresh)
                        tape.append(fresh)
                        self._commands.printed()
                        if self._answers is not None:
                            self._answer(self._answers.take(fresh))
                        await tape.room()
                return
            except Exception as error:  # noqa: BLE001 - whatever broke the stream, Modal may still have the rest
                lost = isinstance(error, me.NotFoundError) or tries == len(PAUSES) or self._abandoned.is_set()
                if lost or told_to_end():
                    return
                self._broken = True
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(PAUSES[tries]):
                        await self._reached.wait()
                        self._reached.clear()
                tries += 1
                with contextlib.suppress(Exception):
                    await self.remote.stdout.aclose.aio()
                self._broken = False

    def _answer(self, data: bytes) -> None:
        if data and len(self._keys) + len(data) <= ANSWERS:
            self._queue(data)

    def _hush(self) -> None:
        """Nobody is there any more to hear an answer."""
        if self._answers is not None:
            self._answers.close()
            self._answers = None

    def _queue(self, data: bytes) -> None:
        if not self._keys:
            self._do(self._type())
        self._keys += data

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
            self.typed += len(keys)
            self._commands.changed()

    def _do(self, work: Any) -> None:
        task = asyncio.create_task(_quietly(work), name=f"keys of {self.mark}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _quietly(work: Any) -> None:
    # A key that does not arrive is seen by its missing echo.
    with contextlib.suppress(Exception):
        await work
