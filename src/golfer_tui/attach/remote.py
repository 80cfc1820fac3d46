"""An engine in another process, as a front end holds it: the same interface as the engine's own.

The fold is made here, from the state at the moment of attaching and the events that follow; tapes are mirrored. So
everything that is read is read at once, and only what is asked for crosses to the other process and back.
"""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from typing import Any, Literal, Self

import msgspec

from golfer_tui.attach.messages import (
    Answer,
    Ask,
    Counted,
    Failed,
    Goodbye,
    Message,
    Signalled,
    TapeBytes,
    TapeOpened,
    TapeSkipped,
    Told,
    Welcome,
    Withdraw,
)
from golfer_tui.attach.mirrors import Mirrors
from golfer_tui.attach.session import CALLS
from golfer_tui.attach.visiting import lost
from golfer_tui.attach.wire import frame, pack, receive, unpack
from golfer_tui.engine.bus import Bus, Subscription
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import signals as sg
from golfer_tui.model.errors import CommandError, GolferError, StoreError
from golfer_tui.model.files import Contents, Difference, Listing
from golfer_tui.model.known import KnownKind
from golfer_tui.model.look import SavedLook
from golfer_tui.model.packing import unpack_state
from golfer_tui.pool.leases import Limits, Used
from golfer_tui.terminal.printed import Printed
from golfer_tui.terminal.tape import Tape

PAGE = 1000
"""Events that are asked for at once."""


class RemoteEngine:
    """An `OpenSession`. Leaving `over` detaches: the session goes on."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, welcome: Welcome) -> None:
        self.session = welcome.session
        self.settings = welcome.settings
        self.before = welcome.before
        self.state = unpack_state(welcome.state)
        self.attendance = welcome.attendance
        self._figures = welcome.figures
        self._reader = reader
        self._writer = writer
        self._bus = Bus()
        self._mirrors = Mirrors(self._say)
        self._shells: dict[str, bool] = {}
        """Whether the person's own shell is open, by worker."""
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._early: list[Answer] = []
        """Answers to be given once the events before them were taken."""
        self._failure: GolferError | None = None
        """Why the connection ended, if not by a goodbye of either side."""
        self._ended = asyncio.Event()

    @classmethod
    @contextlib.asynccontextmanager
    async def over(
        cls, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, welcome: Welcome
    ) -> AsyncIterator[Self]:
        """The engine at the other end of this connection, which is closed by whoever opened it.

        Raises:
            StoreError: `attach.garbled`.
        """
        try:
            engine = cls(reader, writer, welcome)
        except msgspec.DecodeError as error:
            raise StoreError("attach.garbled", "The engine's state cannot be understood.") from error
        del welcome  # it has a whole session in it
        reading = asyncio.create_task(engine._read(), name="remote engine")
        try:
            yield engine
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await engine._mirrors.close()

    @property
    def limits(self) -> Limits:
        return self._figures.limits

    @property
    def used(self) -> Used:
        return self._figures.used

    @property
    def waiting(self) -> tuple[tuple[str, str], ...]:
        return self._figures.waiting

    @property
    def active(self) -> bool:
        return self._figures.active

    @property
    def max_dollars(self) -> float | None:
        return self._figures.max_dollars

    @property
    def shells(self) -> tuple[str, ...]:
        return self._figures.shells

    def subscribe(self) -> Subscription:
        """All events and signals from now on; it ends with the connection."""
        subscription = self._bus.subscribe()
        if self._ended.is_set():
            subscription.close()
        return subscription

    def tape(self, worker: str) -> Tape | None:
        return self._mirrors.get(worker, "agent")

    def shell_tape(self, worker: str) -> Tape | None:
        return self._mirrors.get(worker, "shell")

    # What can be asked

    async def dispatch(self, command: cm.Command) -> None:
        if isinstance(command, cm.CloseSession):
            await self.close(command.workers)
        else:
            await self._call("dispatch", command=command)

    async def events(self, after: int = 0, limit: int | None = None, *, output: bool = True) -> list[ev.Event]:
        found: list[ev.Event] = []
        while limit is None or len(found) < limit:
            size = PAGE if limit is None else min(PAGE, limit - len(found))
            page = await self._call("events", after=after, limit=size, output=output)
            found += page
            if len(page) < size:
                break
            after = page[-1].seq
        return found

    async def printed(self, worker: str, offset: int, size: int) -> list[Printed]:
        return await self._call("printed", worker=worker, offset=offset, size=size)  # type: ignore[no-any-return]

    async def recording(self, worker: str) -> str:
        return await self._call("recording", worker=worker)  # type: ignore[no-any-return]

    async def files(self, worker: str, folder: str = "") -> Listing:
        return await self._call("files", worker=worker, folder=folder)  # type: ignore[no-any-return]

    async def read_file(self, worker: str, path: str) -> Contents:
        return await self._call("read_file", worker=worker, path=path)  # type: ignore[no-any-return]

    async def diff(self, worker: str) -> Difference:
        return await self._call("diff", worker=worker)  # type: ignore[no-any-return]

    async def look(self) -> SavedLook:
        return await self._call("look")  # type: ignore[no-any-return]

    async def set_look(self, look: SavedLook) -> None:
        await self._call("set_look", look=look)

    async def known(self, kind: KnownKind) -> list[tuple[str, str]]:
        return await self._call("known", kind=kind)  # type: ignore[no-any-return]

    async def idle(self) -> None:
        await self._call("idle")

    async def take_over(self) -> None:
        await self._call("take_over")

    async def close(self, workers: Literal["end", "keep"] = "end") -> None:
        """End the session; returns when its lock is free. An engine that ended by itself is told here.

        Raises:
            CommandError: `session.watching`.
            StoreError: `engine.lost`, or what went wrong while it was closed.
        """
        if not self._ended.is_set():
            try:
                await self._call("close", workers=workers)
                await self._ended.wait()
            except CommandError as error:
                if error.code != "session.closed":
                    raise
        await self.detach()

    async def detach(self) -> None:
        """Let go of the session: it goes on. An engine that ended by itself is told here, as by `close`."""
        if self._failure is not None:
            raise self._failure

    async def _call(self, name: str, **arguments: Any) -> Any:
        if self._ended.is_set():
            raise CommandError("session.closed", "The session is closed.")
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        self._say(Ask(number, name, {key: pack(value) for key, value in arguments.items()}))
        try:
            return unpack(await answer, CALLS[name].answer)
        except asyncio.CancelledError:
            self._say(Withdraw(number))
            raise
        finally:
            self._asked.pop(number, None)

    def _say(self, message: Message) -> None:
        if not self._writer.is_closing():
            self._writer.write(frame(message))

    # What is told

    async def _read(self) -> None:
        """Follow the engine until the connection ends."""
        try:
            while (message := await receive(self._reader)) is not None:
                if isinstance(message, Goodbye):
                    self._failure = message.problem.error() if message.problem is not None else None
                    return
                self._take(message)
            self._failure = lost(self.session)
        except GolferError as error:
            self._failure = error
        finally:
            self._ended.set()
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(self._failure or CommandError("session.closed", "The session is closed."))
            self._bus.close()

    def _take(self, message: Message | TapeBytes) -> None:
        match message:
            case TapeBytes() | TapeOpened() | TapeSkipped():
                worker, terminal = self._mirrors.take(message)
                if terminal == "agent":
                    self._bus.publish(sg.TerminalChanged(worker))
                else:
                    self._bus.publish(sg.ShellChanged(worker, open=self._shells.get(worker, True)))
            case Told(event=event):
                self.state.apply(event)
                self._bus.publish(event)
                self._give()
            case Signalled():
                self._signal(message.signal())
            case Counted(figures=figures):
                self._figures = figures
            case Answer():
                self._early.append(message)
                self._give()
            case Failed(call=call, problem=problem):
                if (answer := self._asked.get(call)) is not None and not answer.done():
                    answer.set_exception(problem.error())
            case _:
                pass

    def _signal(self, signal: sg.Signal) -> None:
        match signal:
            case sg.Attendance():
                self.attendance = signal
            case sg.ShellChanged(worker=worker, open=open_):
                self._shells[worker] = open_
            case _:
                pass
        self._bus.publish(signal)

    def _give(self) -> None:
        """Answer what may be answered: who gets an answer finds in `state` what it tells of."""
        early, self._early = self._early, []
        for message in early:
            if message.seq > self.state.seq:
                self._early.append(message)
            elif (answer := self._asked.get(message.call)) is not None and not answer.done():
                answer.set_result(message.value)
