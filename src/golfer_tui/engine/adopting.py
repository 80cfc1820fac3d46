"""A sandbox that exists already becomes a worker's: written into a session that no golfer has open.

In an open session the command is `SpawnWorker` with `WorkerSpec.sandbox`.
"""

import datetime as dt
from pathlib import Path

from golfer_tui.model.errors import CommandError, SandboxError
from golfer_tui.model.events import Draft
from golfer_tui.model.session import SessionState
from golfer_tui.model.session_events import SessionRenamed, SessionStarted
from golfer_tui.model.worker_events import WorkerQueued, WorkerSuspended
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.pool.checks import check_name
from golfer_tui.sandboxes.contract import Backend
from golfer_tui.sandboxes.inventory import Adopts, Inventory
from golfer_tui.store.sessions import SessionRow, new_id
from golfer_tui.store.store import Store

TASK = (
    "You were given a sandbox that was made elsewhere. Look at what is in it and what runs there, change nothing, and "
    "report what you found and what could be done next."
)
"""What the worker does if nobody says more."""
NAME = "adopted"


async def adopt(store: Store, backend: Backend, spec: WorkerSpec, session: str | None, directory: Path) -> str:
    """Give the sandbox of `spec` to a new worker, which begins when the session is resumed.

    Args:
        store: Where the session is.
        backend: Where the sandbox lives.
        spec: An empty name: one is chosen; an empty task: `TASK`.
        session: Id of the session, or the beginning of one; None: a new one.
        directory: Where the person works.

    Returns:
        Id of the session.

    Raises:
        CommandError: `worker.name`, `worker.exists`, `session.backend`, `sandbox.taken`.
        SandboxError: `sandbox.gone`, `sandbox.adopt`, or the backend could not be asked.
        StoreError: there is no such session, or a golfer has it open.
    """
    if not isinstance(backend, Adopts) or not isinstance(backend, Inventory):
        raise SandboxError("sandbox.adopt", f"No sandbox can be taken over on the {backend.name} backend.")
    for known in await store.sandboxes.open():
        if known.sandbox == spec.sandbox and known.backend == backend.name and await store.sessions.held(known.session):
            raise CommandError(
                "sandbox.taken", f"The worker {known.worker} of session {known.session}, which is open, works in it."
            )
    if not await backend.lives(spec.sandbox):
        raise SandboxError(
            "sandbox.gone", f"There is no living sandbox {spec.sandbox}.", hint="modal container list shows them."
        )
    row = await store.sessions.get(session) if session else await _new(store, backend.name, directory)
    if row.backend != backend.name:
        raise CommandError("session.backend", f"The workers of session {row.id} are {row.backend}, not {backend.name}.")
    lease = await store.sessions.claim(row.id)
    try:
        state = SessionState(session=row.id)
        for event in await store.events(row.id):
            state.apply(event)
        named = _named(spec, state)
        # The intent first, as for every sandbox: what follows can be cut off anywhere.
        gpu = str(named.gpu or "")
        entry = await store.sandboxes.intend(row.id, named.name, backend.name, gpu=gpu, adopted=True)
        await store.sandboxes.confirm(entry, named.sandbox, backend.adopt(named.sandbox))
        async with store.journal(row.id, lambda events: None) as journal:
            if not session:
                started = SessionStarted(title="", backend=backend.name, model="", directory=str(directory))
                journal.emit(Draft(started))
                journal.emit(Draft(SessionRenamed(title=f"Adopted {named.sandbox}"), by="person"))
            journal.emit(Draft(WorkerQueued(spec=named, attempt=1, position=1), named.name, "person"))
            journal.emit(Draft(WorkerSuspended(attempt=1), named.name))
    finally:
        lease.release()
    return row.id


def _named(spec: WorkerSpec, state: SessionState) -> WorkerSpec:
    """With a name that is free, and something to do."""
    name, number = spec.name or NAME, 2
    while not spec.name and name in state.workers:
        name, number = f"{NAME}-{number}", number + 1
    check_name(name, state.workers)
    return WorkerSpec(name, spec.task or TASK, gpu=spec.gpu, sandbox=spec.sandbox)


async def _new(store: Store, backend: str, directory: Path) -> SessionRow:
    now = dt.datetime.now(dt.UTC)
    row = SessionRow(id=new_id(now), directory=str(directory), backend=backend, created=now, updated=now)
    await store.sessions.create(row)
    return row
