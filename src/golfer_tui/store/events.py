"""Events as rows of the journal's table, and back.

A row of `worker.output` holds offset and size only: the text lies in the worker's recording.
"""

import datetime as dt
import json
import math
from collections.abc import AsyncIterator, Collection, Iterable
from typing import Any

import msgspec

from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import StoreError
from golfer_tui.store.database import Connection, Database, Row
from golfer_tui.store.moments import from_micros, to_micros

PAGE = 1000
"""Rows that are read at once; writers and the event loop get their turn between two pages."""


class Entry(msgspec.Struct, frozen=True):
    """An event that has no number yet."""

    time: dt.datetime
    draft: ev.Draft
    data: bytes
    """The body as it is stored."""
    weight: int
    """About how many bytes of memory it takes."""

    def event(self, session: str, seq: int) -> ev.Event:
        """The event with its number."""
        draft = self.draft
        return ev.Event(
            seq=seq, time=self.time, session=session, body=draft.body, worker=draft.worker, by=draft.by, v=ev.VERSION
        )


def entry(draft: ev.Draft, time: dt.datetime) -> Entry:
    """Make a draft ready for the store. Half characters that UTF-8 cannot hold become question marks.

    Raises:
        ValueError: the body could not be read back: it has a value of a wrong type.
    """
    body, weight = draft.body, 0
    try:
        if isinstance(body, we.WorkerOutput):
            weight = len(body.text.encode())
            data = _pack(msgspec.structs.replace(body, text="", data=""))
        else:
            data = _pack(body)
    except UnicodeEncodeError:
        whole = json.dumps(msgspec.to_builtins(body), ensure_ascii=False).encode("utf-8", "replace")
        return entry(ev.Draft(ev.decode_body(whole), draft.worker, draft.by), time)
    return Entry(time, draft, data, weight + len(data))


def _pack(body: ev.AnyBody) -> bytes:
    """A body as it is stored, known to be readable. JSON has no `nan` and no `inf`: they are kept as words."""
    data = ev.encode_body(body)
    try:
        ev.decode_body(data)
    except msgspec.DecodeError:
        data = msgspec.json.encode(_spelled(msgspec.to_builtins(body)))
        try:
            read_body(data)
        except msgspec.DecodeError as error:
            raise ValueError(f"This event could not be read back from the store: {body!r}") from error
    return data


def _spelled(value: Any) -> Any:
    match value:
        case dict():
            return {key: _spelled(item) for key, item in value.items()}
        case list() | tuple():
            return [_spelled(item) for item in value]
        case float() if not math.isfinite(value):
            return str(value)
        case _:
            return value


def read_body(data: bytes) -> ev.AnyBody:
    """A body as it is stored.

    Raises:
        msgspec.DecodeError: this is no body that this version knows.
    """
    try:
        return ev.decode_body(data)
    except msgspec.ValidationError:
        # Words for numbers are read only where a number must be.
        body: ev.AnyBody = msgspec.convert(msgspec.json.decode(data), ev.AnyBody, strict=False)
        return body


def insert(connection: Connection, session: str, first: int, entries: Iterable[Entry]) -> None:
    """Add rows numbered from `first` on, inside the caller's transaction."""
    rows = [
        (
            session,
            seq,
            to_micros(entry.time),
            ev.VERSION,
            str(type(entry.draft.body).__struct_config__.tag),
            entry.draft.worker,
            entry.draft.by,
            entry.data,
        )
        for seq, entry in enumerate(entries, first)
    ]
    connection.executemany(
        "INSERT INTO events (session, seq, time, v, type, worker, by, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows
    )


async def pages(
    database: Database, session: str, after: int, limit: int | None, without: Collection[type[ev.AnyBody]] = ()
) -> AsyncIterator[list[ev.Event]]:
    """Events with numbers above `after`, in order, a page at a time; `limit` bounds them in all; `without` these kinds.

    Raises:
        StoreError: `store.…` as `Database.read`; `journal.unreadable` for an event that this version does not know.
    """
    left, kinds = limit, [str(kind.__struct_config__.tag) for kind in without]
    holes = f" AND type NOT IN ({', '.join('?' * len(kinds))})" if kinds else ""
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        rows = await database.read(
            "SELECT seq, time, v, worker, by, body FROM events"  # noqa: S608 - question marks
            f" WHERE session = ? AND seq > ?{holes} ORDER BY seq LIMIT ?",
            (session, after, *kinds, size),
        )
        if rows:
            yield [_event(session, row) for row in rows]
            after = rows[-1][0]
        if len(rows) < size:
            return
        left = None if left is None else left - len(rows)


def _event(session: str, row: Row) -> ev.Event:
    seq, time, v, worker, by, body = row
    try:
        content = read_body(body)
    except msgspec.DecodeError as error:
        message = f"Event {seq} of session {session} cannot be read: {error}."
        raise StoreError("journal.unreadable", message, hint="A newer golfer may have written it: update.") from error
    return ev.Event(seq=seq, time=from_micros(time), session=session, body=content, worker=worker, by=by, v=v)


def summary(entries: Iterable[Entry]) -> dict[str, Any]:
    """What events change in the row of their session: column to value."""
    columns: dict[str, Any] = {}
    for body in (entry.draft.body for entry in entries):
        match body:
            case se.SessionStarted():
                columns |= {"state": "running", "backend": body.backend, "model": body.model}
                columns |= {"scripted": body.scripted, "directory": body.directory}
                columns |= {"title": body.title} if body.title else {}
            case se.SessionResumed():
                columns |= {"state": "running", "backend": body.backend, "model": body.model}
                columns |= {"scripted": body.scripted}
            case se.SessionRenamed():
                columns |= {"title": body.title}
            case se.ModelChanged():
                columns |= {"model": body.model}
            case se.SessionFinished():
                columns |= {"state": body.state, "answer": body.answer}
            case _:
                pass
    return columns
