"""The Agents SDK's local sandbox with every command sent through our keeper.

This module and `files` lean on how the SDK's class is made inside (`_exec_internal`, `_prepare_exec_command`,
`_wrap_session`, `_read_bounded`, `_write_new_file`); a test fails loudly when one of these changes.
"""

from agents.sandbox.manifest import Manifest
from agents.sandbox.sandboxes.unix_local import UnixLocalSandboxClient, UnixLocalSandboxSession
from agents.sandbox.session import SandboxSession
from agents.sandbox.session.base_sandbox_session import BaseSandboxSession
from agents.sandbox.session.manager import Instrumentation
from agents.sandbox.session.pty_types import PtyExecUpdate
from agents.sandbox.snapshot import NoopSnapshotSpec

from golfer_tui.sandboxes.local.commands import Commands
from golfer_tui.sandboxes.local.files import ThreadedFiles, apart
from golfer_tui.sandboxes.shell_calls import ShellCalls


class LocalSandboxSession(ShellCalls, ThreadedFiles):
    """Files as the SDK does them; commands on terminals that we read, with our environment and our cleaning up."""

    _commands: Commands

    def __init__(self, inner: UnixLocalSandboxSession, commands: Commands, shell: str) -> None:
        vars(self).update(vars(inner))  # All that the SDK's constructor made; it would look at files once more.
        self._commands = commands
        self._shell = shell

    def supports_pty(self) -> bool:
        return True

    async def running(self) -> bool:
        return self._commands.alive and await super().running()

    async def _execute(self, argv: list[str], seconds: float | None) -> tuple[bytes, bytes, int]:
        environment = await self.state.manifest.environment.resolve()
        return await self._commands.exec(argv, environment=environment, seconds=seconds)

    async def _start(
        self, text: str, argv: list[str], *, tty: bool, yield_time_s: float | None, max_output_tokens: int | None
    ) -> PtyExecUpdate:
        environment = await self.state.manifest.environment.resolve()
        return await self._commands.start(
            text,
            argv,
            tty=tty,
            environment=environment,
            yield_time_s=yield_time_s,
            max_output_tokens=max_output_tokens,
        )

    def _plain(self, shell: bool | list[str]) -> bool | list[str]:
        """The same shell; our PATH leads to the interpreter."""
        if shell is True:
            return [self._shell, "-c"]
        if isinstance(shell, list) and shell[1:] == ["-lc"]:
            return [shell[0], "-c"]
        return shell


class LocalSandboxClient(UnixLocalSandboxClient):
    """The SDK's client whose sessions are ours, for one sandbox."""

    def __init__(self, commands: Commands, shell: str) -> None:
        super().__init__(inherit_host_environment=False, host_environment_allowlist=())
        self._commands = commands
        self._shell = shell

    async def make(self, workspace: str) -> SandboxSession:
        """A started session in this folder. The SDK looks at files on the way, so it happens in a thread."""
        session = await apart(self.create(snapshot=NoopSnapshotSpec(), manifest=Manifest(root=workspace)))
        await apart(session.start())
        return session

    def _wrap_session(
        self, inner: BaseSandboxSession, *, instrumentation: Instrumentation | None = None
    ) -> SandboxSession:
        if not isinstance(inner, UnixLocalSandboxSession):
            raise TypeError(f"{type(inner).__name__} is no local session")
        ours = LocalSandboxSession(inner, self._commands, self._shell)
        return super()._wrap_session(ours, instrumentation=instrumentation)
