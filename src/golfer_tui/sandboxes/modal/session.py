"""The Agents SDK's Modal session with commands whose output we read, and which never makes a sandbox by itself.

The SDK ends the whole sandbox when a command times out, and makes an untagged one when it has lost its own; here the
command alone is ended, and a lost sandbox is an error. This module leans on how the SDK's class is made inside
(the methods with an underscore that are replaced or called here); a test fails loudly when one of these changes.
"""

from pathlib import Path

import modal
from agents.extensions.sandbox.modal import (
    ModalSandboxClient,
    ModalSandboxClientOptions,
    ModalSandboxSelector,
    ModalSandboxSession,
    ModalSandboxSessionState,
)
from agents.sandbox.errors import ExecTimeoutError, ExecTransportError
from agents.sandbox.manifest import Manifest
from agents.sandbox.session import SandboxSession
from agents.sandbox.session.base_sandbox_session import BaseSandboxSession
from agents.sandbox.session.manager import Instrumentation
from agents.sandbox.session.pty_types import PtyExecUpdate
from agents.sandbox.snapshot import NoopSnapshotSpec
from agents.sandbox.types import ExecResult, User

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.modal.commands import Commands
from golfer_tui.sandboxes.modal.scripts import SHELL
from golfer_tui.sandboxes.shell_calls import ShellCalls, as_written


class StreamedModalSession(ShellCalls, ModalSandboxSession):
    """Files and snapshots as the SDK does them; commands by our `Commands`."""

    _commands: Commands

    def __init__(self, inner: ModalSandboxSession, commands: Commands) -> None:
        vars(self).update(vars(inner))  # All that the SDK's constructor made.
        self._commands = commands

    async def _ensure_sandbox(self) -> bool:
        self._commands.check()
        return False

    async def _prepare_backend_workspace(self) -> None:
        """Nothing: commands make the folder."""

    async def _ensure_runtime_helpers(self) -> None:
        """Nothing yet: each is installed when a file is first asked for. Every command is a way to Modal and back."""

    async def _start_workspace(self) -> None:
        """Nothing, where there is nothing to put into the workspace."""
        if self.state.manifest.entries:
            await super()._start_workspace()

    async def _refresh_sandbox_handle_for_snapshot(self) -> modal.Sandbox:
        """The handle there is: a fresh one would open a further connection that nobody closes."""
        return self._commands.sandbox

    async def _shutdown_backend(self) -> None:
        """Nothing: ending the sandbox, confirmed, is its owner's business."""

    async def _exec_internal(
        self,
        *command: str | Path,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's signature
    ) -> ExecResult:
        argv = [str(part) for part in command]
        try:
            stdout, stderr, code = await self._commands.exec(argv, seconds=timeout)
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
        del timeout  # As on this machine: a process is polled, not timed out.
        return await self._commands.start(
            as_written(command),
            self._prepare_exec_command(*command, shell=self._plain(shell), user=user),
            tty=tty,
            yield_time_s=yield_time_s,
            max_output_tokens=max_output_tokens,
        )

    def _plain(self, shell: bool | list[str]) -> bool | list[str]:
        """bash where the image has it, and not as a login shell: /etc/profile would set the image's PATH anew."""
        if shell is True or (isinstance(shell, list) and shell[1:] == ["-lc"]):
            return [*SHELL, "-c"]
        return shell


class StreamedModalClient(ModalSandboxClient):
    """The SDK's client whose sessions are ours, for one sandbox that exists already."""

    def __init__(self, commands: Commands) -> None:
        super().__init__(sandbox=ModalSandboxSelector.from_sandbox(commands.sandbox))
        self._commands = commands

    async def make(self, workspace: str, options: ModalSandboxClientOptions) -> SandboxSession:
        """A session with an empty workspace; not started."""
        return await self.create(snapshot=NoopSnapshotSpec(), manifest=Manifest(root=workspace), options=options)

    def again(self, stored: dict[str, object]) -> SandboxSession:
        """The session that was stored, on this sandbox, whose workspace is there already; not started."""
        state = self.deserialize_session_state(stored)
        if not isinstance(state, ModalSandboxSessionState):
            raise TypeError(f"{type(state).__name__} is no state of a Modal session")
        inner = ModalSandboxSession.from_state(state, sandbox=self._commands.sandbox)
        inner._set_start_state_preserved(True)  # noqa: SLF001 - as the SDK's own `resume` does
        return self._wrap_session(inner)

    def store(self, session: SandboxSession) -> dict[str, object]:
        """What `again` needs."""
        return self.serialize_session_state(session.state)

    def _wrap_session(
        self, inner: BaseSandboxSession, *, instrumentation: Instrumentation | None = None
    ) -> SandboxSession:
        if not isinstance(inner, ModalSandboxSession):
            raise TypeError(f"{type(inner).__name__} is no Modal session")
        return super()._wrap_session(StreamedModalSession(inner, self._commands), instrumentation=instrumentation)
