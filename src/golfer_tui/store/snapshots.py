"""What the journals tell of snapshots, over all sessions."""

import msgspec

from golfer_tui.model.snapshots import Snapshot
from golfer_tui.model.worker_events import WorkerSnapshot
from golfer_tui.store.database import Database
from golfer_tui.store.events import read_body
from golfer_tui.store.moments import from_micros


class StoredSnapshot(msgspec.Struct, frozen=True):
    """A snapshot, and the session whose workers can begin with it."""

    session: str
    snapshot: Snapshot


async def snapshots(database: Database, session: str | None = None) -> list[StoredSnapshot]:
    """All of one session, or of all sessions, oldest first.

    Raises:
        StoreError: `store.…`.
    """
    rows = await database.read(
        "SELECT session, time, worker, body FROM events"
        " WHERE type = 'worker.snapshot' AND (?1 IS NULL OR session = ?1) ORDER BY time, seq",
        (session,),
    )
    found = []
    for session_id, time, worker, data in rows:
        body = read_body(data)
        if isinstance(body, WorkerSnapshot):
            taken = Snapshot(body.id, worker or "", body.attempt, from_micros(time), body.kept, body.items)
            found.append(StoredSnapshot(session_id, taken))
    return found
