"""What some backends and sandboxes can do besides the contract: keep files, pause, expose ports, open shells, go on."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.snapshots import Kept
from golfer_tui.model.tunnels import Tunnel
from golfer_tui.sandboxes.contract import Sandbox
from golfer_tui.terminal.tape import Tape


@runtime_checkable
class Keeps(Protocol):
    """A backend that keeps the files of workers, for new sandboxes to begin with (`SandboxSpec.snapshot`)."""

    async def keep(self, sandbox: Sandbox | None, state: bytes, folder: str) -> Kept:
        """Keep the files as they are now. Interrupted or failed, it leaves nothing behind on this machine.

        Args:
            sandbox: The worker's, if it has one now.
            state: What finds the worker's newest sandbox, or what was left of it, again.
            folder: Folder on this machine that may be made for it.

        Raises:
            SandboxError: `snapshot.nothing` if there are no files, `snapshot.too_big`, `snapshot.failed`, or what the
                backend says.
        """
        ...

    def knows(self, place: str) -> bool:
        """True if this can be the `Kept.place` of a snapshot here."""
        ...


@runtime_checkable
class Pauses(Protocol):
    """A sandbox whose processes can stand still."""

    async def pause(self) -> None:
        """Stop all that its agent's commands have started, and start none; returns once they stand still.

        A person's own shell goes on. What waits for a command does not count the time until `go_on`.

        Raises:
            SandboxError: `sandbox.gone` if the sandbox has ended.
        """
        ...

    def go_on(self) -> None:
        """Let them run again."""
        ...


@runtime_checkable
class Exposes(Protocol):
    """A sandbox with ports that can be reached from outside."""

    @property
    def tunnels(self) -> tuple[Tunnel, ...]:
        """Each exposed port with its address, ascending."""
        ...


@runtime_checkable
class Outlives(Protocol):
    """A sandbox that lives on when this process dies, and whose commands can be found again."""

    @property
    def adopted(self) -> bool:
        """True if somebody else made it: `stop` ends what we started in it, and leaves it alive."""
        ...

    @property
    def recovered(self) -> tuple[tuple[int, str], ...]:
        """Id and text of the commands that ran on without us when it came back, as the shell tool knows them."""
        ...

    @property
    def unkept(self) -> str:
        """Why `stop` could not keep the workspace; empty if it did, or was not to."""
        ...

    @property
    def lost(self) -> SandboxError | None:
        """Why it has ended without us; None while it lives."""
        ...

    def on_change(self, changed: Callable[[], None]) -> None:
        """Whom to tell when `state` gives something new, or it has ended without us."""
        ...

    def own(self) -> None:
        """From now on it is ours: `stop` ends it."""
        ...


class OwnShell(Protocol):
    """A shell that a person opened in a worker's sandbox."""

    @property
    def open(self) -> bool:
        """False once it has ended."""
        ...

    def type(self, data: bytes) -> None:
        """Send keys.

        Raises:
            SandboxError: `terminal.none` if it has ended, `terminal.full` if nothing reads them.
        """
        ...

    def resize(self, columns: int, rows: int) -> None:
        """Tell its programs their size in cells."""
        ...

    async def close(self) -> None:
        """End it with all that it started; returns once that is gone. May be called twice."""
        ...


@runtime_checkable
class OffersShell(Protocol):
    """A sandbox in which a person can open a shell."""

    async def open_shell(self, tape: Tape, columns: int, rows: int, on_ended: Callable[[], None]) -> OwnShell:
        """Start an interactive shell that prints onto `tape`, not onto the worker's. It ends with the sandbox.

        Raises:
            SandboxError: the sandbox has ended, or has no shell.
        """
        ...
