"""The connection to Modal, which its client shares within a process: closed when the last who uses it lets go."""

import asyncio
from typing import ClassVar

import modal

from golfer_tui.sandboxes.cleanup import cancelled

WAIT = 0.05
"""Seconds between two looks whether a connection that is being closed is gone."""
CLOSE = 5.0
"""Seconds for the connection to be closed: modal waits for calls that went on although they were cancelled."""


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
                # modal itself closes it only when the interpreter ends.
                closing = asyncio.create_task(client._close.aio(), name="close Modal's client")  # noqa: SLF001
                try:
                    async with asyncio.timeout(CLOSE):
                        await asyncio.shield(closing)
                except (TimeoutError, asyncio.CancelledError) as error:
                    modal.Client.set_env_client(None)  # Whoever comes next gets another one.
                    await cancelled(closing)
                    if not isinstance(error, TimeoutError):
                        raise
