"""The ledger of sandboxes, as the pool writes it; the store keeps it. It is why no sandbox can be forgotten."""

from typing import Protocol


class Ledger(Protocol):
    """A row for every sandbox, from before it is asked for until its end is confirmed."""

    async def intend(self, session: str, worker: str, backend: str) -> str:
        """Write that a sandbox will be asked for; returns the row's id."""
        ...

    async def confirm(self, row: str, sandbox: str, state: bytes) -> None:
        """Write the sandbox's id, and what finds it again from another process."""
        ...

    async def ended(self, row: str) -> None:
        """Write that nothing of it is left."""
        ...
