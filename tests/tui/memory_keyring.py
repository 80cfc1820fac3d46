"""A keyring that keeps what it is given in memory, in the place of the system's."""

import contextlib
from collections.abc import Iterator
from unittest import mock

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import PasswordSetError


class MemoryKeyring(KeyringBackend):
    """As the system's, without the system."""

    priority = 5
    name = "the memory"

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False
        """It gives and takes nothing."""

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise PasswordSetError("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise PasswordSetError(f"locked, and cannot take {password}")
        self.kept[service, username] = password


@contextlib.contextmanager
def memory_keyring() -> Iterator[MemoryKeyring]:
    """The machine's keyring is this one, until the block ends."""
    own = MemoryKeyring()
    with mock.patch.object(keyring.core, "_keyring_backend", own):
        yield own
