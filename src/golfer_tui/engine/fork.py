"""Forks a session: everything up to one event is copied into a new session, which then goes its own way.

The journal is cut there and closed properly, so that the copy is a session like any other: a turn that was going on is
told as cut, a worker that ran as stopped. The agents' conversations are told anew from what is left of the journal.
Workers keep their recordings up to that point. Their workspaces are not what they were then: they are copied as they
are now, or not at all.
"""

import asyncio
import dataclasses as dc
import datetime as dt
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from golfer_tui.agents.retelling import retell
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.conversation import Conversation
from golfer_tui.model.errors import StoreError, UsageError
from golfer_tui.model.session import SessionState
from golfer_tui.store.castcopy import copy_until
from golfer_tui.store.layout import Layout
from golfer_tui.store.sessions import SessionRow, new_id
from golfer_tui.store.store import Store

REASON = "the session was forked here"
"""Why a turn was cut, as the agents are told."""


async def fork(store: Store, session: str, at: int | None = None, *, workspaces: bool = False) -> SessionRow:
    """Make a new session out of the beginning of another one, which may be running.

    Args:
        store: Where both are.
        session: Id of the other one.
        at: Number of the last event that is copied; None for all there are.
        workspaces: Copy what the workers' folders hold now.

    Returns:
        The new session's row.

    Raises:
        UsageError: `fork.at`: there is no such event.
        StoreError: it cannot be read or written; nothing is left behind.
    """
    row = await store.sessions.get(session)
    events = await store.events(row.id, limit=at)
    if not events or (at is not None and not 0 < at <= len(events)):
        message = f"Session {row.id} has events 1 to {row.events:,}; {at} is none of them."
        raise UsageError(
            "fork.at", message, hint=f"golfer sessions show {row.id} lists its messages with their numbers."
        )
    now = dt.datetime.now(dt.UTC)
    mine = new_id(now)
    state = SessionState()
    for event in events:
        state.apply(event)
    told = [msgspec.structs.replace(event, session=mine) for event in events]
    for seq, draft in enumerate(_closing(state, events[-1], row.id), len(told) + 1):
        told.append(ev.Event(seq=seq, time=now, session=mine, body=draft.body, worker=draft.worker, by=draft.by))
    async with store.admission(mine) as admission:
        for worker in state.workers.values():
            source, target = (store.layout.recording(each, worker.name) for each in (row.id, mine))
            await asyncio.to_thread(copy_until, source, target, worker.tape_end)
            if workspaces:
                await asyncio.to_thread(_copy_workspace, store.layout, row.id, mine, worker.name)
                await store.starts.copy(row.id, mine, worker.name)
        copy = dc.replace(
            row,
            id=mine,
            title=f"{state.title} (fork)" if state.title else "",
            created=now,
            updated=now,
            events=len(told),
            workers=len(state.workers),
            state="interrupted",
            answer="",
            archived=False,
            parent=row.id,
            approvals=0,
        )
        await admission.admit(copy, told, retell(events, REASON))
    return copy


def _closing(state: SessionState, last: ev.Event, parent: str) -> Iterator[ev.Draft]:
    """What makes the copy a session in which nothing runs."""
    stopped = [worker for worker in state.workers.values() if not worker.state.final]
    talks: list[tuple[str | None, Conversation]] = [(None, state.chat)]
    talks += [(worker.name, worker.conversation) for worker in stopped]
    for name, talk in talks:
        if talk.turn is not None:
            yield ev.Draft(ae.TurnFinished(turn=talk.turn, state="interrupted", error=REASON), name)
    for approval in state.approvals.values():
        # It waits on in the other session, where it is answered.
        yield ev.Draft(ae.ApprovalAnswered(id=approval.id, answer="withdrawn"), approval.worker)
    for worker in state.workers.values():
        if (lease := worker.leasing.open) is not None:
            seconds = max((last.time - lease.begun).total_seconds(), 0.0)
            yield ev.Draft(we.LeaseReturned(attempt=worker.attempt, seconds=seconds), worker.name)
    for worker in stopped:
        summary = f"It was {worker.state} when the session was forked. Here it stands still; its memory is there."
        yield ev.Draft(we.WorkerFinished(attempt=worker.attempt, state="killed", summary=summary), worker.name)
        yield ev.Draft(we.ReportDelivered(attempt=worker.attempt), worker.name)
    yield ev.Draft(se.SessionForked(parent=parent, at=last.seq), by="person")
    if stopped:
        names = ", ".join(worker.name for worker in stopped)
        text = f"The session was forked here. These workers ran, and stand still in this copy: {names}."
        yield ev.Draft(ae.Message(role="system", text=text, id=secrets.token_hex(4)))


def _copy_workspace(layout: Layout, source: str, target: str, worker: str) -> None:
    """Copy a worker's folders as they are; links stay links, and what is no file or folder is left out.

    Raises:
        StoreError: `fork.workspace`.
    """
    found, place = layout.workspace(source, worker), layout.workspace(target, worker)
    if not found.is_dir():
        return
    try:
        shutil.copytree(found, place, symlinks=True, ignore=_special, ignore_dangling_symlinks=True)
    except (OSError, shutil.Error) as error:
        message = f"The workspace of {worker} cannot be copied: {error}."
        raise StoreError("fork.workspace", message, hint="Fork it without workspaces, or make room.") from error


def _special(folder: str, names: list[str]) -> list[str]:
    """Sockets, pipes and devices."""
    paths = ((name, Path(folder, name)) for name in names)
    return [name for name, path in paths if not (path.is_symlink() or path.is_dir() or path.is_file())]
