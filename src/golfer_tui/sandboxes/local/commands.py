"""The commands of one local sandbox: each on a terminal of its own, or on pipes, all of them through the keeper."""

import asyncio
import itertools
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agents.sandbox.session.pty_types import PTY_PROCESSES_MAX, PtyExecUpdate

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.cleanup import finish
from golfer_tui.sandboxes.contract import CommandSink
from golfer_tui.sandboxes.local.link import Command, Keeper
from golfer_tui.sandboxes.local.own_shell import LocalShell
from golfer_tui.sandboxes.local.pipe import Pipe
from golfer_tui.sandboxes.local.terminal import Terminal
from golfer_tui.sandboxes.process import Process
from golfer_tui.sandboxes.processes import Shell
from golfer_tui.terminal.answers import Answers
from golfer_tui.terminal.tape import Tape

SIZE = (24, 80)
"""Rows and columns until somebody says otherwise."""
FOR_AGENTS = frozenset({"PAGER", "GIT_PAGER"})
"""Variables that a person's shell does without: a person can use a pager."""
EXEC_OUTPUT = 64 * 1024 * 1024
"""Bytes that a command on pipes may print on each of them."""


class LocalProcess(Process):
    """A command of the shell tool, on a PTY."""

    def __init__(self, id_: int, command: str, *, tty: bool, keeper: Keeper) -> None:
        super().__init__(id_, command, tty=tty)
        self._keeper = keeper
        self.terminal: Terminal | None = None

    def write(self, data: bytes) -> None:
        if self.terminal is not None:
            self.terminal.write(data)

    def interrupt(self) -> None:
        self._keeper.signal(self.id, signal.SIGINT)

    async def kill(self) -> None:
        await self._keeper.kill(self.id)


class Commands:
    """Starts commands and owns their terminals."""

    def __init__(
        self, keeper: Keeper, tape: Tape, on_command: CommandSink, *, cwd: str, environment: Mapping[str, str]
    ) -> None:
        self.shell = Shell(tape, on_command)
        self._keeper = keeper
        self._tape = tape
        self._cwd = cwd
        self._environment = dict(environment)
        self._size = SIZE
        self._terminals: dict[int, Terminal] = {}
        """Open ones by the id of their command, oldest first; children in the background may hold one after its end."""
        self._numbers = itertools.count(-1, -1)
        """Ids of commands on pipes and of a person's shells, apart from those of the shell tool."""
        self._shells: list[LocalShell] = []
        """A person's, open and ended."""

    @property
    def alive(self) -> bool:
        """False once the keeper is gone."""
        return self._keeper.alive

    async def start(
        self,
        text: str,
        argv: Sequence[str],
        *,
        tty: bool,
        environment: Mapping[str, str],
        yield_time_s: float | None,
        max_output_tokens: int | None,
    ) -> PtyExecUpdate:
        """Run a command of the shell tool; see `Shell.start`."""

        async def launch(id_: int) -> Process:
            await self._make_room()
            process = LocalProcess(id_, text, tty=tty, keeper=self._keeper)
            variables = {**self._environment, **environment}
            command = Command(id_, argv, self._cwd, variables, "tty" if tty else "log", self._size)
            running = await self._keeper.run(command)
            rows, columns = self._size
            answers = Answers(columns, rows) if tty else None
            terminal = Terminal(running.fds[0], self._tape, process.capture, lambda: self._closed(id_), answers)
            process.terminal = self._terminals[id_] = terminal
            terminal.resize(rows, columns)  # The size may have changed while it started.
            running.status.add_done_callback(lambda status: self._ended(process, terminal, status))
            return process

        return await self.shell.start(text, launch, yield_time_s=yield_time_s, max_output_tokens=max_output_tokens)

    async def open_shell(
        self, shell: str, tape: Tape, columns: int, rows: int, on_ended: Callable[[], None]
    ) -> LocalShell:
        """Start a person's shell, with the variables of the agent's commands, so that both find the same programs.

        It is no login shell: /etc/profile would set PATH anew. What is typed is not kept in a history file, for the
        worker could read it.

        Raises:
            SandboxError: `command.start`, `sandbox.gone`.
        """
        id_ = next(self._numbers)
        variables = {name: value for name, value in self._environment.items() if name not in FOR_AGENTS}
        variables |= {"HISTFILE": ""}
        command = Command(id_, [shell, "-i"], self._cwd, variables, "tty", (rows, columns), own=True)
        running = await self._keeper.run(command)
        own = LocalShell(self._keeper, id_, running, tape, on_ended, Answers(columns, rows))
        self._shells = [*(each for each in self._shells if each.open), own]
        return own

    async def exec(
        self, argv: Sequence[str], *, environment: Mapping[str, str], seconds: float | None
    ) -> tuple[bytes, bytes, int]:
        """Run a command that is not shown; returns what it wrote to standard output and error, and its exit status.

        Raises:
            TimeoutError: it took longer than `seconds`; its processes were killed.
            SandboxError: it could not be started, printed too much, or the sandbox ended.
        """
        id_ = next(self._numbers)
        too_much: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        pipes: list[Pipe] = []
        try:
            async with self.shell.clock.timeout(seconds):
                variables = {**self._environment, **environment}
                running = await self._keeper.run(Command(id_, argv, self._cwd, variables, "pipes"))
                pipes += [Pipe(fd, EXEC_OUTPUT, too_much) for fd in running.fds]
                either: list[asyncio.Future[Any]] = [running.status, too_much]
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        except (TimeoutError, asyncio.CancelledError):
            await finish(self._keeper.kill(id_))
            raise
        finally:
            outputs = [pipe.finish() for pipe in pipes]
        if too_much.done():
            await self._keeper.kill(id_)
            raise SandboxError("command.output", f"{argv[0]} printed more than {EXEC_OUTPUT} bytes.")
        code = running.status.result()
        if code is None:
            raise SandboxError("sandbox.gone", f"The sandbox ended while {argv[0]} ran.")
        return outputs[0], outputs[1], code

    def resize(self, rows: int, columns: int) -> None:
        """Tell running and later terminals their size in cells."""
        self._size = rows, columns
        for terminal in self._terminals.values():
            terminal.resize(rows, columns)

    async def pause(self) -> None:
        """See `sandboxes.offers.Pauses`."""
        self.shell.clock.stop()
        await self._keeper.pause()

    def go_on(self) -> None:
        """Let all run again."""
        self._keeper.go_on()
        self.shell.clock.go_on()

    async def interrupt(self) -> None:
        """End every process of the sandbox."""
        for process in self.shell.running:
            process.killed = True
        await self._keeper.kill()

    def close(self) -> None:
        """Let go of the terminals, with the last of what they hold on the tape. The processes were ended before."""
        for terminal in list(self._terminals.values()):
            terminal.drain()
            terminal.close()
        for shell in self._shells:
            shell.let_go()

    def _ended(self, process: LocalProcess, terminal: Terminal, status: "asyncio.Future[int | None]") -> None:
        terminal.drain()
        self.shell.finished(process, None if status.cancelled() else status.result())

    def _closed(self, id_: int) -> None:
        self._terminals.pop(id_, None)

    async def _make_room(self) -> None:
        """Of terminals that only children in the background hold, end the oldest when there are too many."""
        while len(self._terminals) >= PTY_PROCESSES_MAX:
            running = {process.id for process in self.shell.running}
            idle = next((id_ for id_ in self._terminals if id_ not in running), None)
            if idle is None:
                return
            await self._keeper.kill(idle)
            if (terminal := self._terminals.get(idle)) is not None:
                terminal.drain()
                terminal.close()
