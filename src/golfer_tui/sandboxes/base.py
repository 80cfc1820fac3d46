"""What a sandbox does alike wherever it is: it has its parts, and hands on what its commands are to do."""

from typing import Generic, Protocol, TypeVar

from agents.sandbox.session import SandboxSession

from golfer_tui.sandboxes.lease import Lease
from golfer_tui.sandboxes.processes import Shell
from golfer_tui.terminal.tape import Tape


class _Commands(Protocol):
    shell: Shell

    def resize(self, rows: int, columns: int) -> None: ...

    async def interrupt(self) -> None: ...


C = TypeVar("C", bound=_Commands)
"""The commands of one backend."""


class BaseSandbox(Generic[C]):
    """See `sandboxes.contract.Sandbox`."""

    def __init__(self, commands: C, session: SandboxSession, tape: Tape, workspace: str) -> None:
        self._commands = commands
        self._session = session
        self._tape = tape
        self._workspace = workspace

    @property
    def workspace(self) -> str:
        return self._workspace

    @property
    def session(self) -> SandboxSession:
        return self._session

    @property
    def tape(self) -> Tape:
        return self._tape

    @property
    def lease(self) -> Lease:
        return self._commands.shell.lease

    async def type(self, data: bytes) -> None:
        self._commands.shell.type(data)

    async def resize(self, columns: int, rows: int) -> None:
        self._commands.resize(rows, columns)

    def limit(self, seconds: float | None) -> None:
        self._commands.shell.limit(seconds)

    async def interrupt(self) -> None:
        await self._commands.interrupt()
