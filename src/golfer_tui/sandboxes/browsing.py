"""Looking into workers' workspaces: what a backend offers for it, and how it says that something cannot be seen."""

from pathlib import PurePosixPath
from typing import Protocol, runtime_checkable

from golfer_tui.model.errors import CommandError, SandboxError
from golfer_tui.model.files import Contents, Listing, Tree
from golfer_tui.sandboxes.contract import Sandbox


@runtime_checkable
class Browses(Protocol):
    """A backend that shows what lies in workspaces, while their sandboxes live and, where it can, afterwards.

    `sandbox` is the worker's, if it has one now; `state` is what finds its newest one again. Links are not followed.
    All raise `SandboxError`: `files.none` without a workspace, `files.gone` if it ended with its sandbox,
    `files.missing` if nothing is there by this name, `files.failed`.
    """

    async def list_folder(self, sandbox: Sandbox | None, state: bytes, folder: str) -> Listing:
        """What a folder of the workspace holds; `folder` is a path below it, empty for itself."""
        ...

    async def read_file(self, sandbox: Sandbox | None, state: bytes, path: str) -> Contents:
        """The beginning of a file."""
        ...

    async def gather(self, sandbox: Sandbox | None, state: bytes) -> Tree:
        """All files, with the texts of small ones."""
        ...

    def begins_empty(self, profile: str) -> bool:
        """A worker of this profile has no files when it begins, unless it is given a snapshot or a sandbox."""
        ...


def below(path: str) -> tuple[str, ...]:
    """The parts of a path below a workspace.

    Raises:
        CommandError: `files.outside`.
    """
    parts = PurePosixPath(path).parts
    if ".." in parts or path.startswith("/") or "\0" in path:
        raise CommandError("files.outside", f"{path!r} is not below the workspace.")
    return parts


def none() -> SandboxError:
    """There is no workspace yet."""
    return SandboxError("files.none", "There is no workspace yet.", hint="Wait until the worker runs.", retry=True)


def missing(path: str) -> SandboxError:
    """Nothing is there by this name."""
    return SandboxError("files.missing", f"There is no {path or 'workspace'} any more that can be read.")
