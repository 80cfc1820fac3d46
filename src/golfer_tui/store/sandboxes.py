"""The ledger of sandboxes: a row before a sandbox is asked for, which stays open until its end is confirmed.

Whatever happens between the two, the row says which session and worker to look for at the backend.
"""

import datetime as dt

import msgspec

from golfer_tui.model.errors import StoreError
from golfer_tui.store.database import Connection, Database, Row
from golfer_tui.store.moments import from_micros, now, to_micros

_COLUMNS = "id, session, worker, backend, sandbox, state, intended, confirmed, ended"


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
    """When its end was confirmed."""


class Sandboxes:
    """`Store.sandboxes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def intend(self, session: str, worker: str, backend: str) -> str:
        """Write down that a sandbox will be asked for; returns the row's id, which is never given twice.

        Raises:
            StoreError: `store.…`; do not ask for the sandbox then.
        """

        def work(connection: Connection) -> str:
            cursor = connection.execute(
                "INSERT INTO sandboxes (session, worker, backend, sandbox, state, intended)"
                " VALUES (?, ?, ?, '', x'', ?)",
                (session, worker, backend, to_micros(now())),
            )
            return str(cursor.lastrowid)

        return await self._database.write(work)

    async def confirm(self, row: str, sandbox: str, state: bytes) -> None:
        """The sandbox is there. Call it again whenever its state changes.

        Raises:
            StoreError: `sandbox.unknown`, `store.…`.
        """
        await self._update(
            row,
            "UPDATE sandboxes SET sandbox = ?, state = ?, confirmed = coalesce(confirmed, ?) WHERE id = ?",
            (sandbox, state, to_micros(now()), row),
        )

    async def ended(self, row: str) -> None:
        """The sandbox is confirmed to be gone, or was never made.

        Raises:
            StoreError: `sandbox.unknown`, `store.…`.
        """
        await self._update(row, "UPDATE sandboxes SET ended = coalesce(ended, ?) WHERE id = ?", (to_micros(now()), row))

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

    async def _update(self, row: str, sql: str, parameters: tuple[object, ...]) -> None:
        if not await self._database.execute(sql, parameters):
            raise StoreError("sandbox.unknown", f"There is no sandbox {row} in the ledger of {self._database.path}.")


def _row(row: Row) -> SandboxRow:
    values = dict(zip(SandboxRow.__struct_fields__, row, strict=True))
    values["id"] = str(values["id"])
    for name in ("intended", "confirmed", "ended"):
        if values[name] is not None:
            values[name] = from_micros(values[name])
    return SandboxRow(**values)
