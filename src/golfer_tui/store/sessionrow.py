"""One row of the table of sessions, as a value. It imports next to nothing: a list is to be there at once."""

import dataclasses as dc
import datetime as dt
from typing import Any, Literal

from golfer_tui.store.moments import from_micros

COLUMNS = (
    "id, title, directory, backend, model, scripted, created, updated, "
    "events, workers, state, answer, archived, parent, approvals"
)
"""The fields of `SessionRow`, in their order."""


@dc.dataclass(frozen=True, kw_only=True)
class SessionRow:
    """One line of the list of sessions."""

    id: str
    title: str = ""
    directory: str = ""
    """Where it was started."""
    backend: str
    model: str = ""
    scripted: bool = False
    created: dt.datetime
    """UTC, as `updated`."""
    updated: dt.datetime
    """Time of the newest event."""
    events: int = 0
    """How many events it has; also the number of the newest."""
    workers: int = 0
    """How many workers were ever asked for."""
    state: Literal["running", "done", "failed", "interrupted"] = "running"
    """`running` also after a crash: `Sessions.held` tells whether a process still has it."""
    answer: str = ""
    """The orchestrator's last message when the session was let go."""
    archived: bool = False
    """Put away: no list shows it unless it is asked for, and it is never the newest."""
    parent: str = ""
    """Id of the session that it was forked from; empty if it was not."""
    approvals: int = 0
    """How many wait for a person to answer them."""


def session_row(row: tuple[Any, ...]) -> SessionRow:
    """The value of a row with `COLUMNS`."""
    values = dict(zip(COLUMNS.split(", "), row, strict=True))
    values |= {name: bool(values[name]) for name in ("scripted", "archived")}
    values |= {name: from_micros(values[name]) for name in ("created", "updated")}
    return SessionRow(**values)
