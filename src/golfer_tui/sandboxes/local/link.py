"""Our end of a keeper: starts it, asks it to run, kill and measure, and confirms its end."""

import asyncio
import contextlib
import dataclasses as dc
import itertools
import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.cleanup import finish
from golfer_tui.sandboxes.gauges import Usage
from golfer_tui.sandboxes.local.launch import MARK, launch, sweep
from golfer_tui.sandboxes.local.wire import Wire
from golfer_tui.sandboxes.processes import NOT_STARTED

START = 30.0
"""Seconds until a keeper must be ready."""
END = 10.0
"""Seconds until a keeper must have ended everything before it is killed itself, and again until it must be gone."""


@dc.dataclass(frozen=True, slots=True)
class Command:
    """What is to be run."""

    id: int
    argv: Sequence[str]
    cwd: str
    environment: Mapping[str, str]
    mode: Literal["tty", "log", "pipes"]
    """A terminal with keyboard, a terminal to print on, or two pipes."""
    size: tuple[int, int] = (24, 80)
    """Rows and columns of the terminal."""
    own: bool = False
    """True for a person's shell: it is never paused."""


@dc.dataclass(slots=True)
class Running:
    """A command that was started. Who gets it owns the descriptors."""

    fds: list[int]
    status: asyncio.Future[int | None]
    """Exit status, 128 plus the signal where one ended it; None if the keeper went away first."""


class Keeper:
    """One keeper process. All methods belong to one event loop."""

    def __init__(self, id_: str, sock: socket.socket) -> None:
        self.id = id_
        self._wire = Wire(sock, self._heed, self._disconnected)
        self._loop = asyncio.get_running_loop()
        self._process: subprocess.Popen[bytes] | None = None
        self._ready: asyncio.Future[int] = self._loop.create_future()
        self._starts: dict[int, asyncio.Future[Running]] = {}
        self._statuses: dict[int, asyncio.Future[int | None]] = {}
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)
        self._ended: asyncio.Task[None] | None = None
        self._said = ""
        self.going = asyncio.Event()
        """Set unless it is paused."""
        self.going.set()

    @classmethod
    async def start(cls, id_: str, argv: Sequence[str]) -> "Keeper":
        """Start a keeper by its full command line and wait until it serves.

        Raises:
            SandboxError: `sandbox.keeper` with what it said.
        """
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        keeper = cls(id_, ours)
        try:
            with theirs:
                # In a thread, since it waits for the program to be found; shielded, so that it is never forgotten.
                launching = asyncio.ensure_future(asyncio.to_thread(launch, argv, theirs))
                try:
                    keeper._process = await asyncio.shield(launching)
                except asyncio.CancelledError:
                    await finish(launching)
                    keeper._process = None if launching.exception() else launching.result()
                    raise
            async with asyncio.timeout(START):
                await asyncio.shield(keeper._ready)
        except (OSError, SandboxError) as error:
            said = await keeper.close()
            raise SandboxError(
                "sandbox.keeper",
                f"The sandbox's keeper did not start: {said or error or 'no answer'}.",
                hint="`golfer doctor` tells what works here.",
            ) from error
        except asyncio.CancelledError:
            await finish(keeper.close())
            raise
        return keeper

    @property
    def pid(self) -> int:
        """Process id on this machine; with bubblewrap, of bubblewrap."""
        return self._process.pid if self._process else 0

    @property
    def alive(self) -> bool:
        """False once the connection is gone: nothing can be run or asked any more."""
        return self._wire.open

    async def run(self, command: Command) -> Running:
        """Start a command; while it is paused, wait first. When this is cancelled, the command's processes are killed.

        Raises:
            SandboxError: `command.start` if the program or its folder is not there; `sandbox.gone` without a keeper.
        """
        if not command.own:
            await self.going.wait()
        started: asyncio.Future[Running] = self._loop.create_future()
        self._send({"op": "run", **dc.asdict(command)})
        self._starts[command.id] = started
        self._statuses[command.id] = self._loop.create_future()
        try:
            return await started
        except asyncio.CancelledError:
            if started.done() and not started.cancelled() and started.exception() is None:
                for fd in started.result().fds:
                    os.close(fd)
            await finish(self.kill(command.id))
            raise

    async def kill(self, id_: int | None = None) -> None:
        """Kill all processes of a command, or all there are; returns once none is left."""
        with contextlib.suppress(SandboxError):  # Without a keeper there is none.
            await self._ask({"op": "kill", "id": id_})

    def signal(self, id_: int, number: signal.Signals) -> None:
        """Send a signal to a command's process group, if it still runs."""
        with contextlib.suppress(SandboxError):
            self._send({"op": "signal", "id": id_, "signal": int(number)})

    async def pause(self) -> None:
        """Stop all processes but those of a person's shells; returns once they stand still.

        Raises:
            SandboxError: `sandbox.gone` without a keeper.
        """
        self.going.clear()
        await self._ask({"op": "pause"})

    def go_on(self) -> None:
        """Let them run again."""
        self.going.set()
        with contextlib.suppress(SandboxError):  # Without a keeper there is none.
            self._send({"op": "go_on"})

    async def sample(self) -> Usage:
        """What the keeper's descendants use, ended ones included in `cpu`.

        Raises:
            SandboxError: `sandbox.gone` without a keeper.
        """
        answer = await self._ask({"op": "sample"})
        return Usage(cpu=answer["cpu"], memory=answer["memory"], processes=answer["processes"])

    async def close(self) -> str:
        """Kill everything and wait for the end of the keeper; returns what it said on standard error.

        Raises:
            SandboxError: `sandbox.not_ended` if processes are left.
        """
        if self._ended is None or (self._ended.done() and self._ended.exception()):
            self._ended = asyncio.create_task(self._end())
        await asyncio.shield(self._ended)
        return self._said

    async def _end(self) -> None:
        unasked = not self.alive
        self._wire.finish()
        process = self._process
        if process is None:
            self._wire.close()
            return
        for kill in (False, True):
            if kill:
                process.kill()
            try:
                _, said = await asyncio.to_thread(process.communicate, timeout=END)
                self._said = said.decode(errors="replace").strip()
                break
            except subprocess.TimeoutExpired:
                unasked = True
        self._wire.close()
        left = await asyncio.to_thread(sweep, self.id) if unasked else 0
        if process.returncode is None or left:
            raise SandboxError(
                "sandbox.not_ended",
                f"Processes of the sandbox {self.id} could not be ended.",
                hint=f"Look for {MARK}={self.id} in the environment of your processes.",
                retry=True,
            )

    async def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        answer: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        self._answers[number] = answer
        try:
            self._send({**message, "request": number})
            return await answer
        finally:
            self._answers.pop(number, None)

    def _send(self, message: dict[str, Any]) -> None:
        if not self.alive or self._ended is not None:
            raise _gone()
        self._wire.send(message)

    def _heed(self, reply: dict[str, Any]) -> None:
        match reply:
            case {"ready": int(pid)} if not self._ready.done():
                self._ready.set_result(pid)
            case {"id": int(id_), "pid": int()}:
                fds = self._wire.take(reply["fds"])
                started = self._starts.pop(id_)
                if started.cancelled():
                    for fd in fds:
                        os.close(fd)
                else:
                    started.set_result(Running(fds, self._statuses[id_]))
            case {"id": int(id_), "error": str(text)}:
                self._statuses.pop(id_)
                started = self._starts.pop(id_)
                if not started.cancelled():
                    started.set_exception(SandboxError(NOT_STARTED, f"The command could not be started: {text}."))
            case {"id": int(id_), "exit": int(code)} | {"id": int(id_), "signal": int(code)}:
                status = self._statuses.pop(id_)
                if not status.done():
                    status.set_result(code if "exit" in reply else 128 + code)
            case {"request": int(number)} if number in self._answers and not self._answers[number].done():
                self._answers[number].set_result(reply)

    def _disconnected(self) -> None:
        self.going.set()  # Who waits to run something is told that it has ended.
        every: list[asyncio.Future[Any]] = [self._ready, *self._starts.values(), *self._answers.values()]
        for waiting in every:
            if not waiting.done():
                waiting.set_exception(_gone())
                waiting.exception()  # Whoever waits still gets it; nobody may be waiting.
        for status in self._statuses.values():
            if not status.done():
                status.set_result(None)
        self._starts.clear()
        self._statuses.clear()


def _gone() -> SandboxError:
    return SandboxError("sandbox.gone", "The sandbox has ended.", hint="Restart the worker.")
