"""Sandboxes that this process did not make: what some backends tell of them, and how they are ended or taken over."""

from typing import Protocol, runtime_checkable

import msgspec


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A sandbox that lives at a backend, and what its tags say."""

    sandbox: str
    session: str = ""
    worker: str = ""
    request: str = ""
    """See `SandboxSpec.request`."""
    store: str = ""
    """Identity of the store that has its row; empty if it does not say."""


@runtime_checkable
class Inventory(Protocol):
    """A backend that finds and ends sandboxes which this process did not make."""

    async def find(self) -> list[Found]:
        """All that live there and are golfer's, whoever's golfer that was.

        Raises:
            SandboxError: it could not be asked.
        """
        ...

    async def lives(self, sandbox: str) -> bool:
        """False only if the backend itself says that it has ended.

        Raises:
            SandboxError: it could not be asked.
        """
        ...

    async def end(self, sandbox: str, request: str = "") -> None:
        """End the sandbox with this id, or without one whatever was made for this request; returns once it is gone.

        Raises:
            SandboxError: `sandbox.not_ended` if that could not be confirmed; it may be tried again.
        """
        ...


@runtime_checkable
class Adopts(Protocol):
    """A backend on which a worker can take over a sandbox that somebody else made."""

    def adopt(self, sandbox: str) -> bytes:
        """The state (`SandboxSpec.state`) of a living sandbox, to work in it from now on."""
        ...

    def ours(self, state: bytes) -> str:
        """Id of the sandbox that a state names, if it is ours to end; empty otherwise."""
        ...
