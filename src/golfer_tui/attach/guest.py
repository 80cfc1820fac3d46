"""One front end that is attached to our engine: what it is told, and what it asks for.

All that is sent goes through one bounded buffer. A guest that does not read is waited for by its own tasks only: events
wait in its subscription, which has a bound, and what falls out there is read from the journal.
"""

import asyncio
import functools
from typing import Any, Protocol

from golfer_tui.attach.feeds import Feeds
from golfer_tui.attach.messages import (
    Answer,
    Ask,
    Counted,
    Failed,
    Figures,
    Goodbye,
    Message,
    Problem,
    Signalled,
    Taken,
    TapeBytes,
    Told,
    Welcome,
    Withdraw,
)
from golfer_tui.attach.session import CALLS, OpenSession, Stream
from golfer_tui.attach.wire import frame, pack, receive, unpack
from golfer_tui.model import signals as sg
from golfer_tui.model.commands import TypeInto
from golfer_tui.model.errors import CommandError, GolferError
from golfer_tui.model.events import Event
from golfer_tui.model.packing import pack_state
from golfer_tui.model.worker_events import WorkerOutput

ASKED = 64
"""Calls of one guest that may be under way; then no more is read from it."""

PAGE = 1000
"""Events that are read from the journal at once for a guest that fell behind."""

LEAVING = 2.0
"""Seconds that a guest may take to read the last that it is told."""


class Table(Protocol):
    """Who sits where: the host's part in what a guest asks for."""

    def admit(self, guest: "Guest", name: str, arguments: dict[str, Any]) -> bool:
        """Returns False if the host has done all that is asked for; raises `CommandError` if the guest may not."""


class Guest:
    """Made for each connection; `run` returns when the front end is gone."""

    def __init__(
        self, engine: OpenSession, table: Table, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._engine = engine
        self._table = table
        self._reader = reader
        self._writer = writer
        self._feeds = Feeds(engine, self._send)
        self._figures = Figures.of(engine)
        self._calls: dict[int, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(ASKED)
        self._told = engine.state.seq
        """Number of the last event that was sent."""

    async def run(self, attendance: sg.Attendance) -> None:
        """Serve it until its connection is closed."""
        engine = self._engine
        # Subscribed and packed in one step of the loop: the events that follow are those that the state does not have.
        stream = engine.subscribe()
        state = pack_state(engine.state)
        self._say(Welcome(engine.session, engine.settings, engine.before, state, self._figures, attendance))
        for worker in engine.state.workers:
            self._feeds.touch(worker, "agent")
            self._feeds.touch(worker, "shell")
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._tell(stream), name="guest events")
                tasks.create_task(self._feeds.run(), name="guest tapes")
                await self._listen(tasks)
        except* ConnectionError:
            pass
        finally:
            stream.close()

    def signal(self, signal: sg.Signal) -> None:
        """Tell it something that concerns it alone."""
        self._count()
        self._say(Signalled.of(signal))

    async def leave(self, problem: Problem | None) -> None:
        """Tell it that the session was let go, and hang up."""
        self._say(Goodbye(problem))
        self._writer.close()
        try:
            async with asyncio.timeout(LEAVING):
                await self._writer.wait_closed()
        except (TimeoutError, ConnectionError):
            self._writer.transport.abort()

    # What it is told

    async def _tell(self, stream: Stream) -> None:
        async for item in stream:
            if not _printed(item):
                self._count()
            match item:
                case Event():
                    await self._event(item)
                case sg.Gap():
                    await self._catch_up()
                case sg.TerminalChanged(worker=worker):
                    self._feeds.touch(worker, "agent")
                case sg.ShellChanged(worker=worker):
                    await self._send(Signalled.of(item))
                    self._feeds.touch(worker, "shell")
                case _:
                    await self._send(Signalled.of(item))

    async def _event(self, event: Event) -> None:
        if event.seq <= self._told:
            return
        self._told = event.seq
        if isinstance(event.body, WorkerOutput):
            body = WorkerOutput(text="", offset=event.body.offset, size=event.body.size)
            event = Event(
                seq=event.seq, time=event.time, session=event.session, body=body, worker=event.worker, by=event.by
            )
        await self._send(Told(event))

    async def _catch_up(self) -> None:
        """Read what was left out from the journal, page by page."""
        newest = self._engine.state.seq
        while self._told < newest:
            for event in await self._engine.events(self._told, PAGE, output=False):
                await self._event(event)

    def _count(self) -> None:
        figures = Figures.of(self._engine)
        if figures != self._figures:
            self._figures = figures
            self._say(Counted(figures))

    # What it asks for

    async def _listen(self, tasks: asyncio.TaskGroup) -> None:
        while (message := await receive(self._reader)) is not None:
            match message:
                case Ask():
                    await self._room.acquire()
                    task = tasks.create_task(self._answer(message), name=f"guest {message.name}")
                    self._calls[message.call] = task
                    task.add_done_callback(functools.partial(self._answered, message.call))
                case Withdraw(call=call):
                    if (asked := self._calls.get(call)) is not None:
                        asked.cancel()
                case Taken():
                    self._feeds.taken(message.tape, message.offset)
                case _:
                    break
        raise ConnectionResetError("the front end has gone")

    def _answered(self, call: int, _: asyncio.Task[None]) -> None:
        self._room.release()
        self._calls.pop(call, None)

    async def _answer(self, ask: Ask) -> None:
        try:
            call = CALLS.get(ask.name)
            if call is None:
                raise CommandError("attach.unknown", f"The engine cannot be asked for {ask.name}.")
            arguments = {name: unpack(raw, call.arguments[name]) for name, raw in ask.arguments.items()}
            value = None
            if isinstance(command := arguments.get("command"), TypeInto):
                self._feeds.hurry(command.worker, command.terminal)
            if self._table.admit(self, ask.name, arguments):
                value = await getattr(self._engine, ask.name)(**arguments)
            self._count()
            self._say(Answer(ask.call, self._engine.state.seq, pack(value)))
        except GolferError as error:
            self._say(Failed(ask.call, Problem.of(error)))

    # The connection

    def _say(self, message: Message) -> None:
        """Send something small; whoever may send much uses `_send`."""
        if not self._writer.is_closing():
            self._writer.write(frame(message))

    async def _send(self, *messages: Message | TapeBytes) -> None:
        self._writer.write(b"".join(map(frame, messages)))
        await self._writer.drain()


def _printed(item: "Event | sg.Signal") -> bool:
    """It tells of output only, which comes often and changes no figures."""
    return isinstance(item, sg.TerminalChanged) or (isinstance(item, Event) and isinstance(item.body, WorkerOutput))
