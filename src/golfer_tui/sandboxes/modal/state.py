"""What brings a worker's sandbox back from another process. Nothing in it is secret."""

import json
from typing import Any

import msgspec

from golfer_tui.model.errors import SandboxError

IMAGE = "im-"
"""How the id of an image begins."""


class RunningCommand(msgspec.Struct, frozen=True, omit_defaults=True):
    """A command of the shell tool that runs in the sandbox, to be found again."""

    id: int
    """As the shell tool knows it."""
    exec: str
    """As Modal knows it."""
    mark: str
    """What all its processes carry in their environment."""
    command: str
    tty: bool = False
    shown: int = 0
    """Bytes of it that were on the tape."""
    typed: int = 0
    """Bytes of keys that it was sent."""


class ModalState(msgspec.Struct, frozen=True, omit_defaults=True, tag="modal"):
    """The sandbox by its id, and what was kept of its workspace once it ended."""

    sandbox: str
    """`sb-…`; it stays even when the sandbox has ended, so that nobody takes a failed probe for an end."""
    session: dict[str, Any] = {}
    """The SDK's session state; empty for a sandbox that somebody else made."""
    snapshot: str = ""
    """The SDK's reference to a snapshot with the workspace; empty if there is none."""
    archive: str = ""
    """Path on this machine of a tar file with the workspace; empty if there is none."""
    last: str = ""
    """Id of the image of the newest snapshot that was taken while it lived; empty if none was."""
    adopted: bool = False
    """True if somebody else made it: it is not ours to end."""
    running: tuple[RunningCommand, ...] = ()
    """Empty once the sandbox was told to end."""
    tape: int = 0
    """Offset of the tape's end when `running` was so."""

    @property
    def image(self) -> str:
        """Id of the image of the whole file system that has the workspace in it; empty if there is none.

        Where nothing was kept at the end, it is that of the newest snapshot.
        """
        if not self.snapshot and not self.archive:
            return self.last
        reference = json.loads(self.snapshot.partition("\n")[2] or "{}")
        whole = reference.get("workspace_persistence") == "snapshot_filesystem"
        return str(reference["snapshot_id"]) if whole else ""


def adopted(sandbox: str) -> bytes:
    """The state (`SandboxSpec.state`) of a living sandbox that somebody else made, to work in it from now on."""
    return msgspec.json.encode(ModalState(sandbox, adopted=True))


def ours(state: bytes) -> str:
    """Id of the sandbox in a state, if it is ours to end; empty for one that was adopted, or for no state of ours."""
    try:
        known = msgspec.json.decode(state, type=ModalState)
    except msgspec.DecodeError:
        return ""
    return "" if known.adopted else known.sandbox


def decode(state: bytes, worker: str) -> ModalState:
    """Read a state.

    Raises:
        SandboxError: `sandbox.state` if it is not one of ours.
    """
    try:
        return msgspec.json.decode(state, type=ModalState)
    except msgspec.DecodeError as error:
        raise SandboxError(
            "sandbox.state",
            f"The sandbox of {worker} cannot be brought back: what was stored of it is not Modal's ({error}).",
            hint="Restart the worker to begin with an empty workspace.",
        ) from error
