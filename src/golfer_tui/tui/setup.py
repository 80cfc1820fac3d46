"""What the first steps try and set up: the screen knows none of it, and is given somebody who does."""

from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from golfer_tui.model.secret import Secret

if TYPE_CHECKING:
    from golfer_tui.tui.holding import OpenEngine


class Offer(msgspec.Struct, frozen=True):
    """What a server was found to have."""

    models: tuple[str, ...]
    """Empty if it keeps no list."""
    api: Literal["responses", "chat"] = "responses"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A model that was chosen on the screen."""

    server: str
    """Its address; empty for OpenAI's own."""
    key: Secret | None
    model: str
    """Empty for the default."""
    api: Literal["responses", "chat"]
    modal: bool
    """Whether workers run on Modal."""


class Setup(Protocol):
    """Made by whoever starts the cockpit."""

    @property
    def address(self) -> str:
        """The server that the settings name already; empty if they name none."""

    @property
    def model(self) -> str:
        """The model that they name."""

    def find(self) -> "OpenEngine | None":
        """What opens the session, if a key is kept somewhere; None if there is no model. Blocks."""

    async def keyring(self) -> str:
        """Name of what can keep keys on this machine; empty if nothing can."""

    async def offered(self, server: str, key: Secret | None) -> Offer:
        """Ask a server what it has; an empty address is OpenAI's own.

        Raises:
            ModelError: it cannot be reached, or refuses the key.
        """

    async def modal(self) -> str:
        """Try Modal's token; returns what was found.

        Raises:
            SandboxError: there is none, it is refused, or Modal does not answer.
        """

    async def choose(self, choice: Choice, *, keep: bool) -> list[str]:
        """Take this model from now on, at the next start as well if it is kept; returns what is to be told.

        What cannot be kept counts for now all the same, and the text says so.
        """

    def opener(self) -> "OpenEngine":
        """What opens the session with the model that was chosen."""

    def open_new(self) -> "OpenEngine":
        """What opens a new session with it, whatever the one was that this start is about."""

    def open_other(self, session: str) -> "OpenEngine":
        """What opens a stored session with it, by its id."""
