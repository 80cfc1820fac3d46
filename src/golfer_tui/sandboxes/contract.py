"""The contract of a sandbox: what the pool, the agents and the engine need of one, wherever it runs.

A backend makes sandboxes. A sandbox is one worker's place: a workspace, the Agents SDK session that the worker's tools
run on, one tape onto which everything printed goes, and an end that is confirmed.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import msgspec

from golfer_tui.model.gauges import Sample
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.sandboxes.lease import Lease
from golfer_tui.terminal.tape import Tape

if TYPE_CHECKING:
    # The SDK takes seconds to import; who only needs the contract need not wait for it.
    from agents.sandbox.session import SandboxSession


class SandboxSpec(msgspec.Struct, frozen=True):
    """What is asked of a backend."""

    session: str
    """Id of our session; tags the sandbox."""
    worker: str
    """Name of the worker; tags the sandbox."""
    workspace: str
    """Folder on this machine for the workspace; a remote backend keeps at most an archive of it there."""
    gpu: GpuRequest | None = None
    devices: tuple[str, ...] = ()
    """Ids of the local GPUs that were leased to the worker; a remote backend ignores it."""
    environment: dict[str, str] = {}
    """Further variables for the worker's commands; no secrets."""
    state: bytes = b""
    """What `Sandbox.state` gave earlier: bring that sandbox back. Empty: make a new one."""
    profile: str = ""
    """Name of the profile whose options a remote backend takes; empty: those of all workers."""
    snapshot: str = ""
    """`Kept.place` of the snapshot to begin with, where `state` is empty; empty: an empty workspace."""
    request: str = ""
    """Tells this request from all others; a remote backend tags the sandbox with it. Empty: it thinks of one."""


class CommandStarted(msgspec.Struct, frozen=True):
    """A command began in the sandbox's terminal."""

    id: int
    command: str
    offset: int
    """Offset on the tape at that moment."""


class CommandEnded(msgspec.Struct, frozen=True):
    """A command ended; every byte it printed is on the tape."""

    id: int
    command: str
    offset: int
    exit_code: int | None
    """None if it was killed without a status."""
    seconds: float


CommandSink = Callable[[CommandStarted | CommandEnded], None]


class Sandbox(Protocol):
    """One worker's sandbox, started and ready."""

    @property
    def id(self) -> str:
        """Id at the backend: the keeper's pid, or Modal's `sb-…`."""
        ...

    @property
    def workspace(self) -> str:
        """Root of the workspace, as the worker's commands see it."""
        ...

    @property
    def session(self) -> "SandboxSession":
        """What a `SandboxAgent` runs on (`SandboxRunConfig(session=…)`); started."""
        ...

    @property
    def tape(self) -> Tape:
        """Everything that the sandbox's commands print."""
        ...

    @property
    def lease(self) -> Lease:
        """Who may type into its terminal: the person or the agent."""
        ...

    def state(self) -> bytes:
        """All that is needed to find this sandbox again from another process. Holds no secret."""
        ...

    async def type(self, data: bytes) -> None:
        """Send keys to the newest running terminal.

        Raises:
            SandboxError: `terminal.none` if nothing that reads keys runs.
        """
        ...

    async def resize(self, columns: int, rows: int) -> None:
        """Tell running and later terminals their size in cells."""
        ...

    async def sample(self) -> Sample | None:
        """What it uses now; None if that cannot be told."""
        ...

    def limit(self, seconds: float | None) -> None:
        """End commands of the agent that run for longer, and tell it so; None: they may run for any time.

        Holds for those that run already. Time in which the sandbox is paused does not count.
        """
        ...

    async def interrupt(self) -> None:
        """End all running commands, keep the sandbox."""
        ...

    async def stop(self) -> None:
        """End every process and the sandbox; returns once the end is confirmed. May be called twice.

        The workspace of a local sandbox stays: it belongs to the session.

        Raises:
            SandboxError: `sandbox.not_ended` if the end could not be confirmed.
        """
        ...


class Backend(Protocol):
    """Makes sandboxes of one kind."""

    @property
    def name(self) -> str:
        """`local` or `modal`."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know once before workers run, such as missing isolation."""
        ...

    async def create(self, spec: SandboxSpec, tape: Tape, on_command: CommandSink) -> Sandbox:
        """Make and start a sandbox that prints onto `tape`, which may hold what earlier attempts printed.

        When it is cancelled or fails, nothing that it made is left.

        Raises:
            SandboxError: with a code such as `sandbox.create`, and whether a retry may help; with `sandbox.not_ended`
                if what it made may still be there, so that the books on it stay open.
        """
        ...

    async def close(self) -> None:
        """Let go of what the backend itself holds; its sandboxes were stopped before."""
        ...
