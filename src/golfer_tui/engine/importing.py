"""Takes a session in from a file of JSON Lines, as `golfer export --jsonl` and `golfer run --json` write it.

A file from elsewhere is not trusted: it is read to its end before anything of it is stored, and a line that cannot be
has its number in the error. The recordings are made anew from what the workers printed, and the agents' conversations
from what was said.
"""

import asyncio
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from golfer_tui.agents.retelling import retell
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import CommandError, UsageError
from golfer_tui.model.session import SessionState
from golfer_tui.pool.checks import check_name
from golfer_tui.store.castcopy import Piece, write_pieces
from golfer_tui.store.layout import Layout
from golfer_tui.store.sessions import SessionRow, new_id
from golfer_tui.store.store import Store

LONGEST = 64 * 1024 * 1024
"""Bytes of one line at most."""

REASON = "the session was exported here"
"""Why a turn without an end was cut, as the agents are told."""

_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")


async def take_in(store: Store, path: Path) -> SessionRow:
    """Store the session of a file, under its own id if that is free.

    Returns:
        The new session's row.

    Raises:
        UsageError: `import.file`, `import.line`.
        StoreError: it cannot be written. In either case nothing is left behind.
    """
    now = dt.datetime.now(dt.UTC)
    first = await asyncio.to_thread(lambda: next(read(path), None))
    if first is None:
        raise UsageError("import.file", f"{path} has no events.", hint="Give a file made by `golfer export --jsonl`.")
    taken = {row.id for row in await store.sessions.list()}
    mine = first.session if _ID.match(first.session) and first.session not in taken else new_id(now)
    async with store.admission(mine) as admission:
        state, last = await asyncio.to_thread(_record, path, store.layout, mine)
        conversations = await asyncio.to_thread(lambda: retell(read(path), REASON))
        row = SessionRow(
            id=mine,
            title=state.title,
            directory=state.directory,
            backend=state.backend,
            model=state.model,
            scripted=state.scripted,
            created=state.started or first.time,
            updated=last,
            events=state.seq,
            workers=len(state.workers),
            state=state.finished.state if state.finished is not None else "interrupted",
            answer=state.finished.answer if state.finished is not None else "",
            approvals=len(state.approvals),
        )
        await admission.admit(row, read(path), conversations)
    return row


def read(path: Path) -> Iterator[ev.Event]:
    """The events of a file, checked: numbered from 1 on without gaps, of one session, outputs without holes.

    Raises:
        UsageError: `import.file`, `import.line` with the number of the line.
    """
    session, printed = "", dict[str, int]()
    for seq, (number, line) in enumerate(_lines(path), 1):
        try:
            event = ev.decode(line)
        except (msgspec.MsgspecError, UnicodeError, RecursionError, OverflowError) as error:
            raise _wrong(path, number, f"this is no event that this golfer knows: {error}") from None
        session = session or event.session
        if event.seq != seq:
            raise _wrong(path, number, f"the event has number {event.seq}, and {seq} comes next")
        if event.session != session:
            raise _wrong(path, number, f"the event belongs to session {event.session!r}, the others to {session!r}")
        if event.time.tzinfo is None:
            raise _wrong(path, number, "the time has no zone")
        if seq == 1 and not isinstance(event.body, se.SessionStarted):
            raise _wrong(path, number, "a session begins with session.started")
        if event.worker is not None:
            _plain(path, number, event.worker)
        if isinstance(event.body, we.WorkerOutput):
            _whole(path, number, event.body, printed.get(event.worker or "", 0))
            printed[event.worker or ""] = event.body.offset + event.body.size
        yield event


def _whole(path: Path, number: int, body: we.WorkerOutput, end: int) -> None:
    if body.offset != end:
        raise _wrong(path, number, f"the output begins at byte {body.offset}, and byte {end} comes next")
    try:
        size = len(_printed(body))
    except ValueError:
        raise _wrong(path, number, "`data` is no base64") from None
    if size != body.size:
        raise _wrong(path, number, f"the output is said to have {body.size} bytes, and has {size}")


def _printed(body: we.WorkerOutput) -> bytes:
    """The bytes; those that were lost with their recording are zeros, which terminals ignore."""
    lost = 0 < body.size <= LONGEST and not body.text and not body.data
    return bytes(body.size) if lost else body.printed()


def _plain(path: Path, number: int, worker: str) -> None:
    try:
        check_name(worker, ())
    except CommandError:
        raise _wrong(path, number, f"no worker can have the name {worker!r}") from None


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST + 1):
                number += 1
                if len(line) > LONGEST:
                    raise _wrong(path, number, f"the line has more than {LONGEST:,} bytes")
                if line.strip():
                    yield number, line
    except OSError as error:
        raise UsageError("import.file", f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from error


def _record(path: Path, layout: Layout, session: str) -> tuple[SessionState, dt.datetime]:
    """Make the recordings; returns the state that the whole file tells, and the time of its last event."""
    state, workers, last = SessionState(), set[str](), dt.datetime.now(dt.UTC)
    for event in read(path):
        state.apply(event)
        last = event.time
        if isinstance(event.body, we.WorkerOutput) and event.worker is not None:
            workers.add(event.worker)
    for worker in sorted(workers):
        pieces = (
            Piece(event.time.timestamp(), _printed(event.body))
            for event in read(path)
            if event.worker == worker and isinstance(event.body, we.WorkerOutput)
        )
        write_pieces(layout.recording(session, worker), pieces)
    return state, last


def _wrong(path: Path, number: int, what: str) -> UsageError:
    return UsageError("import.line", f"{path}, line {number}: {what}.", hint="Nothing was imported.")
