"""What lives at Modal, whoever asked for it: found by its tags, ended by its id or by what it was asked for with."""

import asyncio
import contextlib

import modal
from modal import exception as me

from golfer_tui.sandboxes.inventory import Found
from golfer_tui.sandboxes.modal.asking import LOOKUP, REQUEST, SESSION, STORE, WORKER, Asker
from golfer_tui.sandboxes.modal.ending import sweep, terminate_by_id
from golfer_tui.sandboxes.modal.failures import explained

AT_ONCE = 8
"""Sandboxes that are asked for their tags at the same time."""
LISTED = "Modal could not be asked which sandboxes live"


class Inventory:
    """See `sandboxes.inventory.Inventory`."""

    def __init__(self, asker: Asker, app_name: str, store: str) -> None:
        self._asker = asker
        self._app_name = app_name
        self._store = store

    async def find(self) -> list[Found]:
        """Those with our store's tag, wherever they are, and all of the app, whose ever they are."""
        client = await self._asker.connected(LISTED)
        try:
            async with asyncio.timeout(LOOKUP):
                found = {}
                if self._store:
                    async for sandbox in modal.Sandbox.list.aio(tags={STORE: self._store}, client=client):
                        found[sandbox.object_id] = sandbox
                with contextlib.suppress(me.NotFoundError):  # without the app, nothing was ever asked for in it
                    app = await modal.App.lookup.aio(self._app_name, client=client)
                    async for sandbox in modal.Sandbox.list.aio(app_id=app.app_id, client=client):
                        found[sandbox.object_id] = sandbox
                turns = asyncio.Semaphore(AT_ONCE)
                described = await asyncio.gather(*(_described(sandbox, turns) for sandbox in found.values()))
        except Exception as error:
            raise explained(error, LISTED) from error
        return [each for each in described if each is not None]

    async def lives(self, id_: str) -> bool:
        """See the contract."""
        return await self._asker.find(id_, "an earlier session") is not None

    async def end(self, id_: str, request: str) -> None:
        """See the contract."""
        client = await self._asker.connected(f"The end of the sandbox {id_} is not confirmed")
        if id_:
            await terminate_by_id(id_, client)
        if request:
            await sweep(client, {REQUEST: request})


async def _described(sandbox: modal.Sandbox, turns: asyncio.Semaphore) -> Found | None:
    """What its tags say; None if it has ended meanwhile."""
    async with turns:
        try:
            tags = await sandbox.get_tags.aio()
        except me.NotFoundError:
            return None
    return Found(
        sandbox=sandbox.object_id,
        session=tags.get(SESSION, ""),
        worker=tags.get(WORKER, ""),
        request=tags.get(REQUEST, ""),
        store=tags.get(STORE, ""),
    )
