"""The commands of one Modal sandbox: hidden ones for files and checks, and those of the shell tool on the tape."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence

import modal
from agents.sandbox.session.pty_types import PtyExecUpdate
from modal import exception as me
from modal.stream_type import StreamType

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.cleanup import cancelled, finish
from golfer_tui.sandboxes.contract import CommandSink
from golfer_tui.sandboxes.modal.failures import explained
from golfer_tui.sandboxes.modal.handles import Remote
from golfer_tui.sandboxes.modal.own_shell import ModalShell
from golfer_tui.sandboxes.modal.process import ModalProcess
from golfer_tui.sandboxes.modal.results import result
from golfer_tui.sandboxes.modal.scripts import HELLO, MARK, ON_PIPE, ON_TTY, OWN_SHELL, SHELL, SIGNAL, becoming
from golfer_tui.sandboxes.modal.sizing import SIZE, Sizing
from golfer_tui.sandboxes.process import Process
from golfer_tui.sandboxes.processes import Shell
from golfer_tui.terminal.tape import Tape

START = 60.0
"""Seconds for Modal to start a command."""
KILL_ROUNDS = 100
"""Looks for processes of a command that is killed, 50 ms apart."""
KILL = 20.0
"""Seconds for a command's processes to be ended."""


class Commands:
    """Starts commands in a sandbox, and owns the readers of their streams."""

    def __init__(
        self,
        sandbox: modal.Sandbox,
        tape: Tape,
        on_command: CommandSink,
        *,
        workspace: str,
        environment: Mapping[str, str],
    ) -> None:
        self.shell = Shell(tape, on_command)
        self.sandbox = sandbox
        self.ended: SandboxError | None = None
        """Why nothing can run any more; None while the sandbox lives."""
        self.changed: Callable[[], None] = lambda: None
        """Called when other commands run, or one was sent keys."""
        self._tape = tape
        self._workspace = workspace
        self._environment = dict(environment)
        self._greeting = asyncio.Lock()
        self._greeted = False
        self._following: set[asyncio.Task[None]] = set()
        self._sizing = Sizing(SIZE, self.hidden, lambda: [process.mark for process in self._running if process.tty])
        self._shells: list[ModalShell] = []
        """A person's, open and ended."""

    @property
    def marks(self) -> str:
        """How the marks of all commands of this sandbox begin: those of another one may be seen from it."""
        return f"{self.sandbox.object_id}:"

    def _mark(self) -> str:
        return f"{self.marks}{secrets.token_hex(8)}"

    def check(self) -> None:
        """Raises `SandboxError` with the reason if the sandbox has ended."""
        if self.ended is not None:
            raise self.ended

    async def hello(self) -> None:
        """Make the workspace, for commands that begin in it and do not make it themselves; a second call does nothing.

        Raises:
            SandboxError: the sandbox cannot run anything.
        """
        async with self._greeting:
            if not self._greeted:
                await self._hello()
                self._greeted = True

    async def _hello(self) -> None:
        _, err, code = await self.exec(["sh", "-c", HELLO, "sh", self._workspace], seconds=None, folder=None)
        if code != 0:
            raise SandboxError(
                "sandbox.create",
                f"The sandbox's folder {self._workspace} cannot be used: {err.decode(errors='replace').strip()}",
                hint="The image needs a shell; the folder is modal.workspace in the settings.",
            )

    async def start(
        self,
        text: str,
        argv: Sequence[str],
        *,
        tty: bool,
        yield_time_s: float | None,
        max_output_tokens: int | None,
    ) -> PtyExecUpdate:
        """Run a command of the shell tool; see `Shell.start`."""
        self.check()

        async def launch(id_: int) -> Process:
            size = self._sizing.size if tty else None
            process = ModalProcess(id_, text, mark=self._mark(), commands=self, size=size, on_ended=self.shell.finished)
            wrapped = becoming(ON_TTY if size else ON_PIPE, (self._workspace, *(size or ())), argv)
            process.remote = await self._run(wrapped, process.mark, tty=tty, stderr=StreamType.DEVNULL)
            self._follow(process, self._tape)
            if size not in (None, self._sizing.size):
                self._sized()  # The size has changed while it started.
            return process

        return await self.shell.start(text, launch, yield_time_s=yield_time_s, max_output_tokens=max_output_tokens)

    async def open_shell(self, tape: Tape, columns: int, rows: int, on_ended: Callable[[], None]) -> ModalShell:
        """Start a person's shell, with the variables of the agent's commands; what is typed goes into no history file.

        Raises:
            SandboxError: it could not be started, or the sandbox ended.
        """
        size = rows, columns
        process = ModalProcess(0, "", mark=self._mark(), commands=self, size=size, on_ended=lambda *_: shell.ended())
        shell = ModalShell(process, Sizing(size, self.hidden, lambda: [process.mark]), on_ended)
        argv = becoming(OWN_SHELL, (self._workspace, *size), [*SHELL, "-i"])
        process.remote = await self._run(argv, process.mark, tty=True, stderr=StreamType.DEVNULL)
        self._follow(process, tape)
        self._shells = [*(each for each in self._shells if each.open), shell]
        return shell

    def take_up(self, process: ModalProcess) -> None:
        """Go on with a command that another process started; its handle is there already."""
        self.shell.adopt(process)
        self._follow(process, self._tape)

    async def exec(
        self, argv: Sequence[str], *, seconds: float | None, folder: str | None = ""
    ) -> tuple[bytes, bytes, int]:
        """Run a command that is not shown; returns what it wrote to standard output and error, and its exit status.

        Args:
            argv: The program and its arguments.
            seconds: How long it may take.
            folder: Where it runs; empty: the workspace; None: where the sandbox begins.

        Raises:
            TimeoutError: it took longer than `seconds`; its processes were killed, the sandbox lives on.
            SandboxError: it could not be run, printed too much, or the sandbox ended.
        """
        mark = self._mark()
        try:
            async with asyncio.timeout(seconds):
                if folder == "":
                    await self.hello()
                process = await self._run(argv, mark, folder=folder)
                try:
                    return await result(process)
                except SandboxError:
                    await self.signal([mark], "KILL")
                    raise
                except Exception as error:
                    raise await self.reason(error, f"{argv[0]} was lost") from error
        except (TimeoutError, asyncio.CancelledError):
            await finish(self.signal([mark], "KILL"))
            raise

    async def signal(self, marks: Iterable[str], name: str) -> None:
        """Send a signal to all processes of commands; with KILL, until there are none."""
        rounds = KILL_ROUNDS if name == "KILL" else 1
        async with asyncio.timeout(KILL):
            for mark in marks:
                process = await self._run(["sh", "-c", SIGNAL, "sh", f"{MARK}={mark}", name, str(rounds)], "")
                await process.wait.aio()

    async def interrupt(self) -> None:
        """End every process of every command; returns once their ends were told."""
        running = self._running
        for process in running:
            process.killed = True
        if running:
            await self.signal([self.marks], "KILL")
            await asyncio.gather(*(process.over() for process in running))

    def resize(self, rows: int, columns: int) -> None:
        """Tell running and later terminals their size in cells; the running ones hear of it by one further command."""
        self._sizing.size = rows, columns
        self._sized()

    async def reason(self, error: BaseException, doing: str) -> SandboxError:
        """Why something failed: the sandbox's end, if it has ended, or else the error itself."""
        if self.ended is None and isinstance(error, me.Error):
            with contextlib.suppress(Exception):  # The first error is the one that counts.
                await self.look()
        return self.ended or explained(error, doing)

    async def look(self) -> None:
        """Ask Modal whether the sandbox has ended."""
        if self.ended is None and (code := await self.sandbox.poll.aio()) is not None:
            self.lost(code)

    def lost(self, code: int | None) -> None:
        """The sandbox has ended with this status (124: its time was over): so have all commands."""
        if self.ended is None:
            if code == 124:
                self.ended = SandboxError(
                    "sandbox.lifetime",
                    "The sandbox reached the end of its lifetime, or was idle for too long, and Modal ended it.",
                    hint="Raise timeout or idle_timeout in [modal], and restart or continue the worker.",
                )
            else:
                self.ended = SandboxError("sandbox.gone", f"The sandbox has ended (status {code}).")
        for process in self._running:
            process.abandon()
        for shell in self._shells:
            shell.abandon()
        self.changed()

    async def close(self) -> None:
        """Stop reading; the sandbox was ended before."""
        self.lost(None)
        await self._sizing.close()
        await cancelled(*self._following)
        for process in self.shell.running:
            self.shell.finished(process, None)
        for shell in self._shells:
            await shell.let_go()

    @property
    def _running(self) -> list[ModalProcess]:
        return [process for process in self.shell.running if isinstance(process, ModalProcess)]

    def _follow(self, process: ModalProcess, tape: Tape) -> None:
        task = asyncio.create_task(process.follow(tape), name=f"follow {process.mark}")
        self._following.add(task)
        task.add_done_callback(self._over)
        self.changed()

    def _over(self, task: asyncio.Task[None]) -> None:
        self._following.discard(task)
        self.changed()

    def printed(self) -> None:
        """A command printed. Where several run, whose the bytes were is known only from what is stored."""
        if len(self._following) > 1:
            self.changed()

    def _sized(self) -> None:
        for process in self._running:
            process.resize(*self._sizing.size)
        self._sizing.tell()

    async def hidden(self, argv: Sequence[str]) -> Remote:
        """Start a command without a mark."""
        return await self._run(argv, "")

    async def _run(
        self,
        argv: Sequence[str],
        mark: str,
        *,
        tty: bool = False,
        folder: str | None = None,
        stderr: StreamType = StreamType.PIPE,
    ) -> Remote:
        self.check()
        environment = self._environment | ({MARK: mark} if mark else {})
        workdir = folder or (None if folder is None else self._workspace)
        try:
            async with asyncio.timeout(START):
                return await self.sandbox.exec.aio(
                    *argv, text=False, pty=tty, env=dict(environment), workdir=workdir, stderr=stderr
                )
        except (TimeoutError, asyncio.CancelledError) as error:
            if mark:  # It may have been started all the same.
                await finish(self.signal([mark], "KILL"))
            if isinstance(error, TimeoutError):
                raise await self.reason(error, f"{argv[0]} could not be started in the sandbox") from error
            raise
        except Exception as error:
            raise await self.reason(error, f"{argv[0]} could not be started in the sandbox") from error
