"""A value that must not be seen: what prints or logs whatever holds it shows a dot in its place."""

import msgspec


class Secret(msgspec.Struct, frozen=True):
    """A key or a token."""

    text: str

    def __repr__(self) -> str:
        return "Secret(·)"

    __str__ = __repr__
