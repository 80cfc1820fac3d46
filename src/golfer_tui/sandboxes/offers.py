"""What some backends and sandboxes can do besides the contract: keep a worker's files, pause it, expose its ports."""

from typing import Protocol, runtime_checkable

from golfer_tui.model.snapshots import Kept
from golfer_tui.model.tunnels import Tunnel
from golfer_tui.sandboxes.contract import Sandbox


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
