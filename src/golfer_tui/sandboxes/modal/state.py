"""What brings a worker's sandbox back from another process. Nothing in it is secret."""

import json
from typing import Any

import msgspec

from golfer_tui.model.errors import SandboxError


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

    @property
    def image(self) -> str:
        """Id of the image of the whole file system that has the workspace in it; empty if there is none."""
        reference = json.loads(self.snapshot.partition("\n")[2] or "{}")
        whole = reference.get("workspace_persistence") == "snapshot_filesystem"
        return str(reference["snapshot_id"]) if whole else ""


def adopted(sandbox: str) -> bytes:
    """The state (`SandboxSpec.state`) of a living sandbox that somebody else made, to work in it from now on."""
    return msgspec.json.encode(ModalState(sandbox))


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
