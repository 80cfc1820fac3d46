"""What every session of ours does alike with the SDK's shell calls, wherever the commands run."""

import abc
import re
import shlex
from pathlib import Path
from typing import Protocol

from agents.sandbox.errors import ExecTimeoutError, ExecTransportError
from agents.sandbox.session.base_sandbox_session import BaseSandboxSession
from agents.sandbox.session.pty_types import PtyExecUpdate
from agents.sandbox.types import ExecResult, User

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.processes import Shell

_CHANGE_FOLDER = re.compile(r"\Acd [^\n]+ \|\| exit\n")
"""What the shell tool puts before a command that has a `workdir`."""


def _as_written(command: tuple[str | Path, ...]) -> str:
    """A command as the model wrote it."""
    text = str(command[0]) if len(command) == 1 else shlex.join(map(str, command))
    return _CHANGE_FOLDER.sub("", text)


class _HasShell(Protocol):
    @property
    def shell(self) -> Shell: ...


class ShellCalls(BaseSandboxSession):
    """To be mixed into an SDK session, in front of the SDK's class: its commands are those of our shell."""

    _commands: _HasShell

    @abc.abstractmethod
    async def _execute(self, argv: list[str], seconds: float | None) -> tuple[bytes, bytes, int]:
        """Run a command that is not shown: what it wrote to output and error, and its status.

        Raises:
            TimeoutError: it took longer than `seconds`.
            SandboxError: it could not be run, or the sandbox ended.
        """

    @abc.abstractmethod
    async def _start(
        self, text: str, argv: list[str], *, tty: bool, yield_time_s: float | None, max_output_tokens: int | None
    ) -> PtyExecUpdate:
        """Run a command of the shell tool; see `Shell.start`."""

    @abc.abstractmethod
    def _plain(self, shell: bool | list[str]) -> bool | list[str]:
        """The shell to take, which is never a login shell: /etc/profile would set PATH anew."""

    async def _exec_internal(
        self,
        *command: str | Path,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's signature
    ) -> ExecResult:
        try:
            stdout, stderr, code = await self._execute([str(part) for part in command], timeout)
        except TimeoutError as error:
            raise ExecTimeoutError(command=command, timeout_s=timeout, cause=error) from error
        except SandboxError as error:
            raise ExecTransportError(command=command, message=str(error), cause=error) from error
        return ExecResult(stdout=stdout, stderr=stderr, exit_code=code)

    async def pty_exec_start(
        self,
        *command: str | Path,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's signature
        shell: bool | list[str] = True,
        user: str | User | None = None,
        tty: bool = False,
        yield_time_s: float | None = None,
        max_output_tokens: int | None = None,
    ) -> PtyExecUpdate:
        del timeout  # The SDK's own sandboxes have no use for it either: a process is polled, not timed out.
        return await self._start(
            _as_written(command),
            self._prepare_exec_command(*command, shell=self._plain(shell), user=user),
            tty=tty,
            yield_time_s=yield_time_s,
            max_output_tokens=max_output_tokens,
        )

    async def pty_write_stdin(
        self,
        *,
        session_id: int,
        chars: str,
        yield_time_s: float | None = None,
        max_output_tokens: int | None = None,
    ) -> PtyExecUpdate:
        return await self._commands.shell.write(
            session_id, chars, yield_time_s=yield_time_s, max_output_tokens=max_output_tokens
        )

    async def pty_terminate_all(self) -> None:
        await self._commands.shell.kill_all()
