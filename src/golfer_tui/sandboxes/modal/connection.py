"""The connection to Modal, which its client shares within a process: closed when the last who uses it lets go."""

import asyncio
from typing import ClassVar

import modal

WAIT = 0.05
"""Seconds between two looks whether a connection that is being closed is gone."""


class Connection:
    """One backend's share of the process's connection."""

    _users: ClassVar[int] = 0

    def __init__(self) -> None:
        self._client: modal.Client | None = None

    async def open(self) -> modal.Client:
        """The client; connects if nobody has yet.

        Raises:
            modal.exception.Error: there is no token.
        """
        if self._client is None:
            while (client := await modal.Client.from_env.aio()).is_closed():  # noqa: ASYNC110 - modal tells nobody
                await asyncio.sleep(WAIT)
            if self._client is None:  # nobody was faster meanwhile
                self._client = client
                Connection._users += 1
        return self._client

    async def close(self) -> None:
        """Let go of it. May be called twice."""
        client, self._client = self._client, None
        if client is not None:
            Connection._users -= 1
            if Connection._users == 0:
                await client._close.aio()  # noqa: SLF001 - modal itself closes it only when the interpreter ends
