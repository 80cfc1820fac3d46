"""A worker's mailbox: what was said to it and not yet taken up by its agent. It outlives attempts that go on."""

import asyncio
import secrets
from collections.abc import Iterable

import msgspec

from golfer_tui.model.errors import CommandError

MAILBOX = 64
"""Messages that a worker may have waiting."""


class Mail(msgspec.Struct, frozen=True):
    """One message."""

    id: str
    """As in its `message` event: by it the journal tells whether the message was taken up."""
    text: str


class Mailbox:
    """A bounded queue of messages, taken out all at once."""

    def __init__(self, owner: str, unread: Iterable[Mail] = ()) -> None:
        self._owner = owner
        self._mail: list[Mail] = list(unread)
        self._filled = asyncio.Event()
        if self._mail:
            self._filled.set()

    def __len__(self) -> int:
        return len(self._mail)

    def check(self) -> None:
        """See that there is room for one more.

        Raises:
            CommandError: `mailbox.full`; a retry helps once the worker has read its messages.
        """
        if len(self._mail) >= MAILBOX:
            raise CommandError(
                "mailbox.full",
                f"{self._owner} has {MAILBOX} messages waiting and takes no more.",
                hint="Wait until it has read them.",
                retry=True,
            )

    def post(self, text: str) -> Mail:
        """Leave a message; there must be room."""
        mail = Mail(secrets.token_hex(4), text)
        self._mail.append(mail)
        self._filled.set()
        return mail

    def take(self) -> list[Mail]:
        """All messages, oldest first; the mailbox is empty then."""
        taken, self._mail = self._mail, []
        self._filled.clear()
        return taken

    async def wait(self) -> None:
        """Return once there is a message."""
        await self._filled.wait()
