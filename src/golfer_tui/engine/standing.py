"""Sandboxes as they stand: what the ledger says of each, held against what lives at the backend."""

import datetime as dt
from collections.abc import Iterable
from typing import Literal

import msgspec

from golfer_tui.sandboxes.inventory import Found, Inventory
from golfer_tui.store.sandboxes import SandboxRow
from golfer_tui.store.store import Store

COMMITTED = dt.timedelta(minutes=2)
"""After so long a request of a golfer that died has made its sandbox, or never will."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One sandbox that may cost money."""

    sandbox: str
    """Id at the backend; empty if it was asked for and never heard of."""
    session: str
    worker: str
    backend: str
    state: Literal["alive", "asked", "gone", "unknown", "elsewhere"]
    """`alive`: in the ledger, and there. `asked`: in the ledger, and not there yet or never. `gone`: in the ledger, and
    the backend says that it has ended; its row is closed now. `unknown`: it names this store, which has no row of it.
    `elsewhere`: it lives in the same account, and names another store or none."""
    gpu: str = ""
    since: dt.datetime | None = None
    """When it was asked for, UTC; null if the ledger does not know it."""
    held: bool = False
    """True if a golfer that runs has its session."""
    adopted: bool = False
    """True if somebody else made it."""
    request: str = ""
    """What it was tagged with."""

    @property
    def reapable(self) -> bool:
        """True if nobody needs it: `reap --all` ends it."""
        return not self.held and not self.adopted and self.state not in {"gone", "elsewhere"}


async def compare(store: Store, backend: Inventory, name: str) -> list[Standing]:
    """All sandboxes of a backend that have an open row or live there; closes the rows of those that have ended.

    Raises:
        SandboxError: the backend could not be asked; the ledger is left as it is.
        StoreError: `store.…`.
    """
    # In this order: whatever lives has had its row since before it was asked for.
    found = await backend.find()
    rows = [row for row in await store.sandboxes.list() if row.backend == name]
    sessions = {row.id for row in await store.sessions.list()}
    held = {id_ for id_ in {*(row.session for row in rows), *(each.session for each in found)} if id_ in sessions}
    held = {id_ for id_ in held if await store.sessions.held(id_)}
    identity = await store.sandboxes.identity()
    standing, matched = [], set[str]()
    for row in rows:
        mine = [each for each in found if _same(row, each)]
        if row.ended is None:
            standing.append(await _of_row(store, backend, row, mine, held=row.session in held))
            matched.update(each.sandbox for each in mine)
    for each in found:
        if each.sandbox not in matched:
            ours = each.store == identity or (not each.store and each.session in sessions)
            if name == "local" and not ours:
                continue  # Processes of another store's golfer, which looks after them itself.
            standing.append(
                Standing(
                    sandbox=each.sandbox,
                    session=each.session,
                    worker=each.worker,
                    backend=name,
                    state="unknown" if ours else "elsewhere",
                    held=each.session in held,
                    request=each.request,
                )
            )
    return standing


async def reap(store: Store, backend: Inventory, chosen: Iterable[Standing]) -> list[tuple[Standing, str]]:
    """End sandboxes, one after the other, each while nobody can open its session.

    Returns:
        Those that were not ended, each with the reason: a golfer has its session now, or its end is not confirmed.
    """
    refused = []
    for each in chosen:
        lease = None
        try:
            if any(row.id == each.session for row in await store.sessions.list()):
                lease = await store.sessions.claim(each.session)
            await backend.end(each.sandbox, each.request)
            await _close(store, each)
        except Exception as error:  # noqa: BLE001 - the others are ended all the same
            refused.append((each, str(error)))
        finally:
            if lease is not None:
                lease.release()
    return refused


async def _of_row(store: Store, backend: Inventory, row: SandboxRow, mine: list[Found], *, held: bool) -> Standing:
    state: Literal["alive", "asked", "gone"]
    sandbox = next((each.sandbox for each in mine), row.sandbox)
    if mine:
        state = "alive"
    elif held and row.backend == "local":
        state = "alive"  # A worker between two commands has no process that could be found.
    elif row.sandbox and row.backend != "local":
        state = "alive" if await backend.lives(row.sandbox) else "gone"
    elif held or dt.datetime.now(dt.UTC) - row.intended < COMMITTED:
        state = "alive" if row.sandbox else "asked"
    else:
        state = "gone"
    if state == "gone" and not held:
        await store.sandboxes.ended(row.id)
    return Standing(
        sandbox=sandbox,
        session=row.session,
        worker=row.worker,
        backend=row.backend,
        state=state,
        gpu=row.gpu,
        since=row.intended,
        held=held,
        adopted=row.adopted,
        request=row.request,
    )


def _same(row: SandboxRow, found: Found) -> bool:
    if row.backend == "local":  # The ledger has the keeper, which is gone where processes are found without it.
        return (row.session, row.worker) == (found.session, found.worker)
    return row.sandbox == found.sandbox or (bool(row.request) and row.request == found.request)


async def _close(store: Store, ended: Standing) -> None:
    for row in await store.sandboxes.open(ended.session):
        same = row.sandbox == ended.sandbox or (bool(row.request) and row.request == ended.request)
        if row.backend == ended.backend and (same or (row.backend == "local" and row.worker == ended.worker)):
            await store.sandboxes.ended(row.id)
