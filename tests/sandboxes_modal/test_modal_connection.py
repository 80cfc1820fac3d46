"""The connection that a process shares: closed in a bounded time, whatever modal waits for."""

import asyncio

import modal
import pytest

from golfer_tui.sandboxes.modal import connection
from golfer_tui.sandboxes.modal.connection import Connection


@pytest.mark.usefixtures("plane")
async def test_a_connection_that_does_not_close_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CLOSE", 0.1)
    first, second = Connection(), Connection()
    client = await first.open()
    closed = client._close

    class Stuck:
        async def aio(self) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(client, "_close", Stuck())
    await first.close()
    other = await second.open()
    assert other is not client
    await modal.App.lookup.aio("app", create_if_missing=True, client=other)
    await second.close()
    await closed.aio()
