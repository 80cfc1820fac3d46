"""The host of an engine: lets front ends in, knows which of them writes, and when nobody needs the engine any more.

It listens from before the engine is open until after the session's lock is free, so that whoever comes at any moment
gets an answer: a welcome, or word that the session is just being let go.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any, Literal

from golfer_tui.attach.address import same_person
from golfer_tui.attach.guest import LEAVING, Guest
from golfer_tui.attach.messages import CLOSING, Goodbye, Knock, Looked, Message, Problem, Refused
from golfer_tui.attach.session import OpenSession
from golfer_tui.attach.wire import frame, receive
from golfer_tui.model import commands as cm
from golfer_tui.model import signals as sg
from golfer_tui.model.errors import CommandError, StoreError
from golfer_tui.model.session import SessionState
from golfer_tui.version import __version__

KNOCKING = 10.0
"""Seconds that somebody who connects may take to say what they want."""

GUESTS = 32
"""Connections at once."""

REFUSED = 10.0
"""Seconds until the next look, while the store refuses to say whether the engine has something to do."""

Workers = Literal["end", "keep"]

FAULT = Problem.of(
    StoreError(
        "engine.failed",
        "Something went wrong inside the engine, and it cannot serve this screen.",
        hint="The details are in engine.log in the session's folder.",
    )
)


class Host:
    """Serves one engine. `serve` returns when the session is to be let go; `close` says goodbye."""

    def __init__(self, *, alone: float) -> None:
        """`alone`: seconds with nobody attached and nothing to do after which the session is let go; 0 for never."""
        self._alone = alone
        self._engine: OpenSession | None = None
        self._opened = asyncio.Event()
        self._waking = False
        self._stop: asyncio.Future[Workers] = asyncio.get_running_loop().create_future()
        self._closed: asyncio.Future[Problem | None] = asyncio.get_running_loop().create_future()
        self._connections: set[asyncio.Task[None]] = set()
        self._guests: list[Guest] = []
        self._staying = 0
        """Connections that only keep the session open."""
        self._writing: Guest | None = None
        self._empty = asyncio.Event()
        self._empty.set()
        self._somebody = asyncio.Event()

    def arrived(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody has connected; for `asyncio.start_unix_server`."""
        if len(self._connections) >= GUESTS or not same_person(writer.get_extra_info("socket")):
            writer.close()
        else:
            self._own(self._receive(reader, writer))

    def invite(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Let in who started this process, without a knock; the first to be attached is the one who writes."""
        self._own(self._attach(reader, writer))

    def stop(self, workers: Workers) -> None:
        """Let the session go; who asked first has said how."""
        if not self._stop.done():
            self._stop.set_result(workers)

    def show(self, session: OpenSession) -> None:
        """Let front ends see a session whose engine is not there yet; `serve` follows."""
        self._engine, self._waking = session, True
        self._opened.set()

    async def stays(self, work: "asyncio.Task[Any]") -> bool:
        """Wait for this work; False, and it is given up, if the session is to be let go before that."""
        await asyncio.wait({work, self._stop}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        return not work.cancelled()

    async def serve(self, engine: OpenSession) -> None:
        """Serve the engine until somebody asks for its end or nobody needs it, and close it."""
        self._engine, self._waking = engine, False
        self._opened.set()
        self._tell_others(None)
        waiting = asyncio.create_task(self._wait_alone(engine), name="host alone") if self._alone else None
        try:
            await engine.close(await self._stop)
        finally:
            if waiting is not None:
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)

    async def close(self, problem: Problem | None = None) -> None:
        """The session is free, or could not be opened: say goodbye to everybody."""
        self.stop("keep")
        self._closed.set_result(problem)
        self._opened.set()
        await asyncio.gather(*(guest.leave(problem) for guest in self._guests))
        if self._connections:
            await asyncio.wait(self._connections, timeout=LEAVING)
        left = tuple(self._connections)
        for connection in left:
            connection.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    # Who comes

    def _own(self, work: Any) -> None:
        task = asyncio.create_task(work, name="host connection")
        self._connections.add(task)
        task.add_done_callback(self._gone)

    def _gone(self, task: asyncio.Task[None]) -> None:
        self._connections.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logging.getLogger(__name__).error("Somebody could not be understood.", exc_info=error)

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _closing(writer):
            async with asyncio.timeout(KNOCKING):
                knock = await receive(reader)
            match knock:
                case Knock(purpose="look"):
                    await _send(writer, Looked(__version__, len(self._guests)))
                case Knock(purpose="end" | "keep" as workers):
                    self.stop(workers)
                    await _send(writer, Goodbye(await asyncio.shield(self._closed)))
                case Knock(version=version) if version != __version__:
                    await _send(writer, Refused(Problem.of(self._other_version(version))))
                case Knock(purpose="stay"):
                    await self._stay(reader, writer)
                case Knock():
                    await self._attach(reader, writer)
                case _:
                    pass

    async def _attach(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _closing(writer):
            await self._opened.wait()
            if reader.at_eof():
                # Nobody waits for the session any more: the one who started it left while it was opened.
                return None if self._guests else self.stop("keep")
            if self._engine is None or self._stop.done():
                problem = self._closed.result() if self._closed.done() else None
                return await _send(writer, Refused(problem or CLOSING))
            guest = Guest(self._engine, self, reader, writer)
            self._guests.append(guest)
            if self._writing is None and len(self._guests) == 1:
                self._writing = guest
            self._here()
            self._tell_others(guest)
            try:
                await guest.run(self._attendance(guest))
            except Exception:  # a fault of ours, or of theirs: it costs this guest its connection, and nobody else
                logging.getLogger(__name__).exception("A guest could not be served.")
                await guest.leave(FAULT)
            finally:
                self._guests.remove(guest)
                if self._writing is guest:
                    self._writing = None
                self._left(self._engine)
                self._tell_others(guest)

    async def _stay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody wants the session to go on until they hang up, and hears of its end."""
        await self._opened.wait()
        if self._engine is None or self._stop.done():
            return await _send(writer, Refused(CLOSING))
        self._staying += 1
        self._here()
        hung_up = asyncio.create_task(reader.read(), name="host stay")
        try:
            await _send(writer, Looked(__version__, len(self._guests)))
            either: set[asyncio.Future[Any]] = {hung_up, self._stop}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not hung_up.done():
                await _send(writer, Goodbye(await asyncio.shield(self._closed)))
        finally:
            hung_up.cancel()
            await asyncio.gather(hung_up, return_exceptions=True)
            self._staying -= 1
            self._left(self._engine)

    def _here(self) -> None:
        self._empty.clear()
        self._somebody.set()

    def _left(self, engine: OpenSession) -> None:
        """Somebody has gone: perhaps nobody is left."""
        if not self._guests and not self._staying:
            self._empty.set()
            self._somebody.clear()
            if _untouched(engine.state):
                self.stop("keep")

    # Who writes

    def admit(self, guest: Guest, name: str, arguments: dict[str, Any]) -> bool:
        """See `guest.Table`."""
        if name == "take_over":
            self._hand_to(guest)
            return False
        if name in {"dispatch", "close"}:
            # Nobody writes once the one who did has gone: the next who does something does. A size is no such thing.
            if self._writing is None and not isinstance(arguments.get("command"), cm.ResizeTerminal):
                self._hand_to(guest)
            if self._writing is not guest:
                raise CommandError(
                    "session.watching",
                    "You watch this session: another terminal steers it.",
                    hint="Take it over first: /takeover.",
                )
        if name == "close":
            self.stop(arguments.get("workers", "end"))
            return False
        return True

    def _hand_to(self, guest: Guest) -> None:
        if self._writing is not guest:
            self._writing = guest
            self._tell_others(None)

    def _tell_others(self, guest: Guest | None) -> None:
        for other in self._guests:
            if other is not guest:
                other.signal(self._attendance(other))

    def _attendance(self, guest: Guest) -> sg.Attendance:
        return sg.Attendance(
            background=True, writing=guest is self._writing, others=len(self._guests) - 1, waking=self._waking
        )

    # Nobody

    async def _wait_alone(self, engine: OpenSession) -> None:
        while True:
            await self._empty.wait()
            try:
                await engine.idle()
                async with asyncio.timeout(self._alone):
                    await self._somebody.wait()
            except TimeoutError:
                if self._empty.is_set() and not engine.active:
                    return self.stop("keep")
            except StoreError:
                await asyncio.sleep(REFUSED)

    def _other_version(self, version: str) -> StoreError:
        session = self._engine.session if self._engine else ""
        return StoreError(
            "attach.version",
            f"The engine of session {session} is golfer {__version__}, and this is golfer {version}.",
            hint=f"End it with golfer stop {session} --keep, then golfer --resume {session} goes on with this one.",
        )


def _untouched(state: SessionState) -> bool:
    """Nothing was ever asked for: such a session need not go on alone."""
    return not state.workers and not any(entry.kind == "user" for entry in state.chat.entries)


async def _send(writer: asyncio.StreamWriter, message: Message) -> None:
    writer.write(frame(message))
    await writer.drain()


@contextlib.asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    """Close the connection in the end; that the other one has gone meanwhile, or never spoke, is nothing to tell."""
    try:
        yield
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
