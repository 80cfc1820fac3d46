"""The ledger of sandboxes: a row before a sandbox is asked for, which stays open until its end is confirmed.

Whatever happens between the two, the row says which session and worker to look for at the backend.
"""

import datetime as dt

import msgspec

from golfer_tui.model.errors import StoreError
from golfer_tui.store.database import Connection, Database, Row
from golfer_tui.store.moments import from_micros, now, to_micros

_COLUMNS = "id, session, worker, backend, sandbox, state, intended, confirmed, ended, request, gpu, adopted"


class SandboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """One sandbox that was ever asked for."""

    id: str
    """Names the row in the ledger."""
    session: str
    worker: str
    backend: str
    """`local` or `modal`."""
    sandbox: str
    """Id at the backend; empty until it is confirmed."""
    state: bytes
    """What the backend needs to find it again; empty until it is confirmed."""
    intended: dt.datetime
    """UTC, as the other times."""
    confirmed: dt.datetime | None
    """When the backend first said that it is there."""
    ended: dt.datetime | None
    """When its end was confirmed, or a newer row of the same sandbox took its place."""
    request: str = ""
    """What the backend's tag says that tells this request from all others; empty in rows of older versions."""
    gpu: str = ""
    """GPUs that were asked for, such as `H100:2`; empty: none."""
    adopted: bool = False
    """True if somebody else made it: it is ended only when a person asks for that."""


class Sandboxes:
    """`Store.sandboxes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def identity(self) -> str:
        """What tells this store's sandboxes from those of other stores that share an account."""
        [(id_,)] = await self._database.read("SELECT id FROM identity", ())
        return str(id_)

    async def intend(
        self, session: str, worker: str, backend: str, *, request: str = "", gpu: str = "", adopted: bool = False
    ) -> str:
        """Write down that a sandbox will be asked for; returns the row's id, which is never given twice.

        The arguments are the columns of `SandboxRow`.

        Raises:
            StoreError: `store.…`; do not ask for the sandbox then.
        """

        def work(connection: Connection) -> str:
            cursor = connection.execute(
                "INSERT INTO sandboxes (session, worker, backend, sandbox, state, intended, request, gpu, adopted)"
                " VALUES (?, ?, ?, '', x'', ?, ?, ?, ?)",
                (session, worker, backend, to_micros(now()), request, gpu, adopted),
            )
            return str(cursor.lastrowid)

        return await self._database.write(work)

    async def confirm(self, row: str, sandbox: str, state: bytes) -> None:
        """The sandbox is there. Call it again whenever its state changes.

        Older rows of the same sandbox, which came back in another process, end with the first call.

        Raises:
            StoreError: `sandbox.unknown`, `store.…`.
        """

        def work(connection: Connection) -> None:
            moment = to_micros(now())
            changed = connection.execute(
                "UPDATE sandboxes SET sandbox = ?, state = ?, confirmed = coalesce(confirmed, ?) WHERE id = ?",
                (sandbox, state, moment, row),
            ).rowcount
            if not changed:
                raise self._unknown(row)
            connection.execute(
                "UPDATE sandboxes SET ended = ?1 WHERE ended IS NULL AND sandbox = ?2 AND id < ?3"
                " AND backend = (SELECT backend FROM sandboxes WHERE id = ?3)",
                (moment, sandbox, row),
            )

        await self._database.write(work)

    async def ended(self, row: str) -> None:
        """The sandbox is confirmed to be gone, or was never made.

        Raises:
            StoreError: `sandbox.unknown`, `store.…`.
        """
        sql = "UPDATE sandboxes SET ended = coalesce(ended, ?) WHERE id = ?"
        if not await self._database.execute(sql, (to_micros(now()), row)):
            raise self._unknown(row)

    async def gone(self, backend: str, sandbox: str) -> None:
        """The backend itself says that this sandbox has ended: close all of its rows.

        Raises:
            StoreError: `store.…`.
        """
        sql = "UPDATE sandboxes SET ended = ? WHERE ended IS NULL AND backend = ? AND sandbox = ?"
        await self._database.execute(sql, (to_micros(now()), backend, sandbox))

    async def open(self, session: str | None = None) -> list[SandboxRow]:
        """Sandboxes whose end is not confirmed, oldest first, of one session or of all."""
        rows = await self._database.read(
            f"SELECT {_COLUMNS} FROM sandboxes WHERE ended IS NULL AND (?1 IS NULL OR session = ?1) ORDER BY id",  # noqa: S608
            (session,),
        )
        return [_row(row) for row in rows]

    async def list(self, session: str | None = None) -> list[SandboxRow]:
        """All sandboxes that were ever asked for, oldest first, of one session or of all."""
        rows = await self._database.read(
            f"SELECT {_COLUMNS} FROM sandboxes WHERE ?1 IS NULL OR session = ?1 ORDER BY id",  # noqa: S608
            (session,),
        )
        return [_row(row) for row in rows]

    def _unknown(self, row: str) -> StoreError:
        return StoreError("sandbox.unknown", f"There is no sandbox {row} in the ledger of {self._database.path}.")


def _row(row: Row) -> SandboxRow:
    values = dict(zip(SandboxRow.__struct_fields__, row, strict=True))
    values |= {"id": str(values["id"]), "adopted": bool(values["adopted"])}
    for name in ("intended", "confirmed", "ended"):
        if values[name] is not None:
            values[name] = from_micros(values[name])
    return SandboxRow(**values)
