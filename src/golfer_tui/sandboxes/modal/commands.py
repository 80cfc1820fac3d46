"""The commands of one Modal sandbox: hidden ones for files and checks, and those of the shell tool on the tape."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

import modal
from agents.sandbox.session.pty_types import PtyExecUpdate
from modal import exception as me
from modal.container_process import ContainerProcess
from modal.stream_type import StreamType

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.cleanup import finish
from golfer_tui.sandboxes.contract import CommandSink
from golfer_tui.sandboxes.modal.failures import explained
from golfer_tui.sandboxes.modal.process import ModalProcess
from golfer_tui.sandboxes.modal.scripts import HELLO, MARK, ON_PIPE, ON_TTY, RESIZE, SIGNAL
from golfer_tui.sandboxes.processes import Process, Shell
from golfer_tui.terminal.tape import Tape

Remote = ContainerProcess[bytes]

SIZE = (24, 80)
"""Rows and columns until somebody says otherwise."""
EXEC_OUTPUT = 64 * 1024 * 1024
"""Bytes that a hidden command may print on each stream."""
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
        self.interpreter = "sh"
        """The shell that runs commands."""
        self.ended: SandboxError | None = None
        """Why nothing can run any more; None while the sandbox lives."""
        self._tape = tape
        self._workspace = workspace
        self._environment = dict(environment)
        self._size = SIZE
        self._following: set[asyncio.Task[None]] = set()
        self._resizing: asyncio.Task[None] | None = None

    def check(self) -> None:
        """Raises `SandboxError` with the reason if the sandbox has ended."""
        if self.ended is not None:
            raise self.ended

    async def hello(self) -> None:
        """The first command: makes the workspace, and finds the shell.

        Raises:
            SandboxError: the sandbox cannot run anything.
        """
        out, err, code = await self.exec(["sh", "-c", HELLO, "sh", self._workspace], seconds=None, folder=None)
        if code != 0:
            raise SandboxError(
                "sandbox.create",
                f"The sandbox's folder {self._workspace} cannot be used: {err.decode(errors='replace').strip()}",
                hint="The image needs a shell; the folder is modal.workspace in the settings.",
            )
        self.interpreter = out.decode(errors="replace").strip() or self.interpreter

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
            process = ModalProcess(id_, text, tty=tty, mark=_mark(), commands=self)
            rows, columns = self._size
            wrapped = ["sh", "-c", ON_TTY, "sh", str(rows), str(columns)] if tty else ["sh", "-c", ON_PIPE, "sh"]
            process.remote = await self._run([*wrapped, *argv], process.mark, tty=tty, stderr=StreamType.DEVNULL)
            task = asyncio.create_task(process.follow(self._tape), name=f"follow {process.mark}")
            self._following.add(task)
            task.add_done_callback(self._following.discard)
            return process

        return await self.shell.start(text, launch, yield_time_s=yield_time_s, max_output_tokens=max_output_tokens)

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
        mark = _mark()
        try:
            async with asyncio.timeout(seconds):
                process = await self._run(argv, mark, folder=folder)
                try:
                    return await _result(process)
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
        running = [process for process in self.shell.running if isinstance(process, ModalProcess)]
        for process in running:
            process.killed = True
        if running:
            await self.signal([""], "KILL")
            await asyncio.gather(*(process.over() for process in running))

    def resize(self, rows: int, columns: int) -> None:
        """Tell running and later terminals their size in cells; the running ones hear of it by one further command."""
        self._size = rows, columns
        if self._resizing is None and any(process.tty for process in self.shell.running):
            self._resizing = asyncio.create_task(self._resize(), name="resize terminals")

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
        for process in self.shell.running:
            if isinstance(process, ModalProcess):
                process.abandon()

    async def close(self) -> None:
        """Stop reading; the sandbox was ended before."""
        self.lost(None)
        tasks = {task for task in (*self._following, self._resizing) if task is not None}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for process in self.shell.running:
            self.shell.finished(process, None)

    async def _run(
        self,
        argv: Sequence[str],
        mark: str,
        *,
        tty: bool = False,
        folder: str | None = "",
        stderr: StreamType = StreamType.PIPE,
    ) -> Remote:
        self.check()
        environment = self._environment | ({MARK: mark} if mark else {})
        workdir = self._workspace if folder == "" else folder
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

    async def _resize(self) -> None:
        told = None
        while told != self._size:
            told = self._size
            marks = [process.mark for process in self.shell.running if isinstance(process, ModalProcess)]
            argv = ["sh", "-c", RESIZE, "sh", *map(str, told), *(f"{MARK}={mark}" for mark in marks)]
            try:
                await (await self._run(argv, "")).wait.aio()
            except Exception:  # noqa: BLE001 - a wrong size is no reason to end a command
                break
        self._resizing = None


async def _result(process: Remote) -> tuple[bytes, bytes, int]:
    """Everything that it printed, and its exit status, asked for at once: each answer is a way to Modal and back."""
    out = asyncio.ensure_future(_all(process.stdout))
    err = asyncio.ensure_future(_all(process.stderr))
    status = asyncio.ensure_future(process.wait.aio())
    try:
        await asyncio.gather(out, err, status)
        return out.result(), err.result(), status.result()
    finally:
        for task in (out, err, status):
            task.cancel()
        await asyncio.gather(out, err, status, return_exceptions=True)


async def _all(stream: AsyncIterator[Any]) -> bytes:
    data = bytearray()
    async for chunk in stream:
        data += chunk
        if len(data) > EXEC_OUTPUT:
            raise SandboxError("command.output", f"A hidden command printed more than {EXEC_OUTPUT} bytes.")
    return bytes(data)


def _mark() -> str:
    return secrets.token_hex(8)
