"""The counters in the row of a session, which a list shows without reading its journal: counted, not added up."""

import sqlite3

from golfer_tui.model.agent_events import ApprovalAnswered, ApprovalAsked
from golfer_tui.model.events import AnyBody
from golfer_tui.model.worker_events import WorkerQueued

_COUNTED = (WorkerQueued, ApprovalAsked, ApprovalAnswered)

_COUNT = """UPDATE sessions SET
    workers = (SELECT count(DISTINCT worker) FROM events WHERE session = ?1 AND type = 'worker.queued'),
    approvals = (
        -- Those whose newest event is that they were asked for.
        SELECT count(*) FROM (
            SELECT json_extract(CAST(body AS TEXT), '$.id') AS approval, type, max(seq) FROM events
            WHERE session = ?1 AND type IN ('approval.asked', 'approval.answered') GROUP BY approval
        ) WHERE type = 'approval.asked'
    )
WHERE id = ?1"""


def counted(body: AnyBody) -> bool:
    """True if an event with this body may change a counter."""
    return isinstance(body, _COUNTED)


def count(connection: sqlite3.Connection, session: str) -> None:
    """Count anew, inside the caller's transaction. All bodies of the session have to be whole."""
    connection.execute(_COUNT, (session,))
