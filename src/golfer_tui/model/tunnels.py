"""How a port of a sandbox is reached from outside."""

import msgspec


class Tunnel(msgspec.Struct, frozen=True):
    """One port that a sandbox exposes."""

    port: int
    """In the sandbox."""
    address: str
    """Where the world reaches it, such as `https://….modal.host`; empty: the backend does not tell."""
