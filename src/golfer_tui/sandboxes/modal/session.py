"""The Agents SDK's Modal session with commands whose output we read, and which never makes a sandbox by itself.

The SDK ends the whole sandbox when a command times out, and makes an untagged one when it has lost its own; here the
command alone is ended, and a lost sandbox is an error. This module leans on how the SDK's class is made inside
(the methods with an underscore that are replaced or called here); a test fails loudly when one of these changes.
"""

import modal
from agents.extensions.sandbox.modal import (
    ModalSandboxClient,
    ModalSandboxClientOptions,
    ModalSandboxSelector,
    ModalSandboxSession,
    ModalSandboxSessionState,
)
from agents.sandbox.manifest import Manifest
from agents.sandbox.session import SandboxSession
from agents.sandbox.session.base_sandbox_session import BaseSandboxSession
from agents.sandbox.session.manager import Instrumentation
from agents.sandbox.session.pty_types import PtyExecUpdate
from agents.sandbox.snapshot import NoopSnapshotSpec

from golfer_tui.sandboxes.modal.commands import Commands
from golfer_tui.sandboxes.modal.scripts import SHELL
from golfer_tui.sandboxes.shell_calls import ShellCalls


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

    async def _execute(self, argv: list[str], seconds: float | None) -> tuple[bytes, bytes, int]:
        return await self._commands.exec(argv, seconds=seconds)

    async def _start(
        self, text: str, argv: list[str], *, tty: bool, yield_time_s: float | None, max_output_tokens: int | None
    ) -> PtyExecUpdate:
        return await self._commands.start(
            text, argv, tty=tty, yield_time_s=yield_time_s, max_output_tokens=max_output_tokens
        )

    def _plain(self, shell: bool | list[str]) -> bool | list[str]:
        """bash where the image has it."""
        if shell is True or (isinstance(shell, list) and shell[1:] == ["-lc"]):
            return [*SHELL, "-c"]
        return shell


class StreamedModalClient(ModalSandboxClient):
    """The SDK's client whose sessions are ours, for one sandbox that exists already."""

    def __init__(self, commands: Commands) -> None:
        super().__init__(sandbox=ModalSandboxSelector.from_sandbox(commands.sandbox))
        self._commands = commands
        self._inner: StreamedModalSession

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

    async def start(self) -> None:
        """Start the session that was made last, without the SDK's events about it, which nobody hears."""
        await self._inner.start()

    def store(self, session: SandboxSession) -> dict[str, object]:
        """What `again` needs."""
        return self.serialize_session_state(session.state)

    def _wrap_session(
        self, inner: BaseSandboxSession, *, instrumentation: Instrumentation | None = None
    ) -> SandboxSession:
        if not isinstance(inner, ModalSandboxSession):
            raise TypeError(f"{type(inner).__name__} is no Modal session")
        self._inner = StreamedModalSession(inner, self._commands)
        return super()._wrap_session(self._inner, instrumentation=instrumentation)
