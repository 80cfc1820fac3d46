"""The shell tool's processes, the same on every backend: start, poll, type, end, and what the model is told.

A backend gives a `Launch` that starts one command, puts what it prints on the tape and into the process's `capture`,
and calls `finished`. All else is here: ids, announcements for the pane, how long an answer waits, how long it may be,
how many may live at once.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable

from agents.sandbox.errors import PtySessionNotFoundError
from agents.sandbox.session.pty_types import (
    PTY_PROCESSES_MAX,
    PtyExecUpdate,
    clamp_pty_yield_time_ms,
    resolve_pty_write_yield_time_ms,
)

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.capture import CAPTURE
from golfer_tui.sandboxes.cleanup import finish
from golfer_tui.sandboxes.clock import Clock
from golfer_tui.sandboxes.contract import CommandEnded, CommandSink, CommandStarted
from golfer_tui.sandboxes.lease import REFUSAL, Lease
from golfer_tui.sandboxes.process import Process
from golfer_tui.terminal.tape import Tape

FIRST_ID = 1000
"""Id of the first process of a sandbox."""
TOKEN = 4
"""Bytes that the model's own limit in tokens is taken to mean, for each."""
NO_STDIN = "stdin is not available for this process"
"""What the SDK's `write_stdin` tool knows and turns into advice for the model."""
INTERRUPT = "\x03"
LOOK = 1.0
"""Seconds between two looks at the time of a command while its sandbox is paused."""
NOT_STARTED = "command.start"
"""Code of the error of a `Launch` whose program or folder is not there."""
NOT_FOUND = 127
"""Exit status that shells give for it."""


Launch = Callable[[int], Awaitable[Process]]
"""Starts a command under the id it is given. When it is cancelled or fails, nothing of the command is left."""


class Shell:
    """All processes of one sandbox that the model may still ask about."""

    def __init__(self, tape: Tape, on_command: CommandSink, limit: int = PTY_PROCESSES_MAX) -> None:
        self.lease = Lease()
        """Who may type: the person or the agent."""
        self.clock = Clock()
        """Stands still while the sandbox is paused."""
        self._tape = tape
        self._on_command = on_command
        self._limit = limit
        self._ids = itertools.count(FIRST_ID)
        self._processes: dict[int, Process] = {}
        self._starting = 0
        self._timeout: float | None = None
        self._alarms: dict[int, tuple[float, asyncio.TimerHandle | None]] = {}
        """By id of those that run: when each began, by the clock, and what looks whether its time is over."""
        self._overdue: set[asyncio.Task[None]] = set()
        """Ends of those whose time was over."""

    @property
    def running(self) -> list[Process]:
        """Those that have not ended, oldest first."""
        return [process for process in self._processes.values() if not process.ended.is_set()]

    async def start(
        self, command: str, launch: Launch, *, yield_time_s: float | None, max_output_tokens: int | None
    ) -> PtyExecUpdate:
        """Run a command and answer what it printed until it ended or the time was over.

        When this is cancelled, the command is killed.

        Raises:
            SandboxError: the sandbox has ended. A program that is not there is an answer, as in a shell.
        """
        await self._make_room()
        id_, began = next(self._ids), time.monotonic()
        self._on_command(CommandStarted(id_, command, self._tape.end))  # Before it prints the first byte.
        self._starting += 1
        try:
            process = await launch(id_)
        except BaseException as error:
            refused = isinstance(error, SandboxError) and error.code == NOT_STARTED
            code = NOT_FOUND if refused else None
            self._on_command(CommandEnded(id_, command, self._tape.end, code, time.monotonic() - began))
            if refused:
                return PtyExecUpdate(None, str(error).encode(), code, None)
            raise
        finally:
            self._starting -= 1
        self._processes[id_] = process
        self._watch(process)
        wait = 10_000 if yield_time_s is None else round(yield_time_s * 1000)
        return await self._answer(process, clamp_pty_yield_time_ms(wait), max_output_tokens)

    def adopt(self, process: Process) -> None:
        """Take up a process that another shell started; its id stays."""
        self._processes[process.id] = process
        self._watch(process)
        self._ids = itertools.count(max(FIRST_ID, *self._processes) + 1)

    async def write(
        self, id_: int, chars: str, *, yield_time_s: float | None, max_output_tokens: int | None
    ) -> PtyExecUpdate:
        """Type into a process, or only wait, and answer what it printed since the last answer.

        Raises:
            PtySessionNotFoundError: there is no such process any more.
            RuntimeError: with `NO_STDIN`, if it does not read keys.
        """
        process = self._processes.get(id_)
        if process is None:
            raise PtySessionNotFoundError(session_id=id_)
        refused = ""
        if chars and not process.ended.is_set():
            if process.tty and self.lease.taken:
                refused = REFUSAL
            elif process.tty:
                try:
                    process.write(chars.encode("utf-8", errors="replace"))
                except SandboxError as error:
                    refused = f"[nothing was typed: {error}]\n"
            elif chars == INTERRUPT:
                process.interrupt()
            else:
                raise RuntimeError(NO_STDIN)
        wait = 250 if yield_time_s is None else round(yield_time_s * 1000)
        # Who is refused because of a person waits as long as one who only looks: they will not be done at once.
        looks = not chars or refused is REFUSAL
        wait = resolve_pty_write_yield_time_ms(yield_time_ms=wait, input_empty=looks)
        return await self._answer(process, wait, max_output_tokens, refused)

    def type(self, data: bytes) -> None:
        """Send a person's keys to the newest running process that reads them.

        While they have the lease, they stay with the process that they began to type into.

        Raises:
            SandboxError: `terminal.none` if there is none, `terminal.full` if it does not read.
        """
        readers = [process for process in self.running if process.tty]
        if not readers:
            raise SandboxError(
                "terminal.none",
                "Nothing that reads keys runs in this terminal.",
                hint="Only a command that was started with tty=true does; a shell of your own always does.",
            )
        held = self.lease.place if self.lease.taken else None
        process = next((reader for reader in readers if reader is held), readers[-1])
        process.write(data)
        self.lease.place = process

    def finished(self, process: Process, exit_code: int | None) -> None:
        """The backend says that a process ended and all it printed is on the tape."""
        if process.ended.is_set():
            return
        _, alarm = self._alarms.pop(process.id, (0.0, None))
        if alarm is not None:
            alarm.cancel()
        process.exit_code = None if process.killed else exit_code
        process.ended.set()
        seconds = time.monotonic() - process.started
        self._on_command(CommandEnded(process.id, process.command, self._tape.end, process.exit_code, seconds))

    def limit(self, seconds: float | None) -> None:
        """See `sandboxes.contract.Sandbox.limit`."""
        self._timeout = seconds
        for process in self.running:
            self._watch(process)

    def _watch(self, process: Process) -> None:
        """Look again when the time of a process may be over."""
        if process.ended.is_set():
            return
        began, alarm = self._alarms.get(process.id, (self.clock.now, None))
        if alarm is not None:
            alarm.cancel()
        alarm = None
        if self._timeout is not None:
            left = began + self._timeout - self.clock.now
            if left <= 0 and not self.clock.stopped:
                process.outlasted = self._timeout
                task = asyncio.create_task(self._kill(process), name=f"overdue {process.id}")
                self._overdue.add(task)
                task.add_done_callback(self._overdue.discard)
            else:
                wait = max(left, LOOK) if self.clock.stopped else left
                alarm = asyncio.get_running_loop().call_later(wait, self._watch, process)
        self._alarms[process.id] = began, alarm

    async def kill_all(self) -> None:
        """End every process; the model can ask for none of them any more."""
        processes = list(self._processes.values())
        self._processes.clear()
        await asyncio.gather(*map(self._kill, processes), *self._overdue)

    async def _answer(self, process: Process, wait: int, tokens: int | None, said: str = "") -> PtyExecUpdate:
        try:
            async with self.clock.timeout(wait / 1000):
                await process.ended.wait()
        except TimeoutError:
            pass
        except asyncio.CancelledError:
            self._processes.pop(process.id, None)
            await finish(self._kill(process))
            raise
        process.last_used = time.monotonic()
        ended = process.ended.is_set()
        if ended and process.outlasted is not None:
            said += f"[it was ended: a command of yours may run for {process.outlasted:.10g} s]\n"
        bound = CAPTURE if tokens is None else min(CAPTURE, tokens * TOKEN)
        excerpt = process.capture.take(bound, final=ended)
        if ended:
            self._processes.pop(process.id, None)
        return PtyExecUpdate(
            process_id=None if ended else process.id,
            output=(said + excerpt.text).encode("utf-8", errors="replace"),
            # The tool needs a number here; -1 is "killed without a status".
            exit_code=(-1 if process.exit_code is None else process.exit_code) if ended else None,
            original_token_count=excerpt.size // TOKEN if excerpt.omitted else None,
        )

    async def _make_room(self) -> None:
        """Let go of those that have ended, then of those that were not asked about for longest."""
        while self._processes and len(self._processes) + self._starting >= self._limit:
            oldest = min(self._processes.values(), key=lambda each: (not each.ended.is_set(), each.last_used))
            await self._kill(self._processes.pop(oldest.id))

    async def _kill(self, process: Process) -> None:
        process.killed = process.killed or not process.ended.is_set()
        await process.kill()
        await process.ended.wait()
