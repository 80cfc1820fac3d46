"""The ledger of sandboxes, as the pool writes it; the store keeps it. It is why no sandbox can be forgotten."""

import dataclasses as dc
from typing import Protocol

from golfer_tui.model.gpus import GpuRequest


class Ledger(Protocol):
    """A row for every sandbox, from before it is asked for until its end is confirmed."""

    async def intend(
        self, session: str, worker: str, backend: str, *, request: str = "", gpu: str = "", adopted: bool = False
    ) -> str:
        """Write that a sandbox will be asked for; returns the row's id.

        Args:
            session: Id of the session.
            worker: For whom it is.
            backend: Where it will be.
            request: What it is tagged with.
            gpu: GPUs that are asked for, as text.
            adopted: True if somebody else has made it.
        """
        ...

    async def confirm(self, row: str, sandbox: str, state: bytes) -> None:
        """Write the sandbox's id, and what finds it again from another process."""
        ...

    async def ended(self, row: str) -> None:
        """Write that nothing of it is left."""
        ...

    async def gone(self, backend: str, sandbox: str) -> None:
        """Write that the backend itself says that this sandbox has ended, whichever rows it has."""
        ...


@dc.dataclass(frozen=True, slots=True)
class Left:
    """A sandbox that an earlier process asked for, and whose end is not confirmed."""

    row: str
    """Id of its row in the ledger."""
    worker: str
    sandbox: str
    """Id at the backend; empty if it was never told."""
    request: str
    """What it is tagged with."""
    gpu: GpuRequest | None
