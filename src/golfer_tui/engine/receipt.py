"""The receipt of a resumed session: sandboxes that were left open, what came back with each worker, what did not."""

import asyncio
import os
from collections.abc import Mapping

from golfer_tui.engine.recorder import Restored
from golfer_tui.model.receipts import SandboxReceipt, WorkerReceipt
from golfer_tui.model.session import SessionState
from golfer_tui.model.session_events import SessionReceipt
from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.workers import WorkerState
from golfer_tui.store.layout import Layout
from golfer_tui.store.sandboxes import Sandboxes
from golfer_tui.store.store import Store


async def settle_sandboxes(ledger: Sandboxes, session: str) -> tuple[SandboxReceipt, ...]:
    """End what an earlier process left of its local sandboxes, and say what of the ledger was open.

    The caller holds the session's lease: none of its sandboxes belongs to a living cockpit. A keeper that was killed
    together with its cockpit may have left processes; they carry the session's mark. Sandboxes elsewhere stay open:
    their workers go on in them.
    """
    rows = await ledger.open(session)
    local = [row for row in rows if row.backend == "local"]
    left = 0
    if local:
        from golfer_tui.sandboxes.local.launch import sweep

        left = await asyncio.to_thread(sweep, session)
    if not left:
        for row in local:
            await ledger.ended(row.id)
    return tuple(
        SandboxReceipt(
            worker=row.worker, backend=row.backend, sandbox=row.sandbox, ended=row.backend == "local" and not left
        )
        for row in rows
    )


async def sandbox_states(ledger: Sandboxes, session: str, backend: str) -> dict[str, bytes]:
    """By worker, what finds its newest sandbox on this backend again."""
    return {row.worker: row.state for row in await ledger.list(session) if row.backend == backend and row.state}


def unfinished_workers(state: SessionState) -> dict[str, WorkerState]:
    """Workers that waited or ran when the process went away."""
    return {
        worker.name: worker.state
        for worker in state.workers.values()
        if worker.holds or worker.state is WorkerState.QUEUED
    }


async def receipt(
    store: Store,
    state: SessionState,
    *,
    restored: Mapping[str, Restored],
    lost: Mapping[str, WorkerState],
    mended: Mapping[str | None, int],
    sandboxes: tuple[SandboxReceipt, ...],
) -> SessionReceipt:
    """Look at what is there now.

    Args:
        store: Where memories and workspaces are.
        state: After everything was mended.
        restored: The recordings, by worker.
        lost: See `unfinished_workers`, from before it was mended.
        mended: Steps that were brought back into cut turns, by worker.
        sandboxes: From `settle_sandboxes`.
    """
    alive = {sandbox.worker: sandbox.sandbox for sandbox in sandboxes if not sandbox.ended}
    workers = []
    for worker in state.workers.values():
        workspace, missing = await _workspace(store.layout, state, worker)
        missing = [*_lost(lost.get(worker.name), alive.get(worker.name, "")), *missing]
        record = restored[worker.name]
        if record.cut:
            missing.append(f"{record.cut} bytes at the end of its recording: a crash had left them unfinished.")
        if record.end < worker.tape_end:
            missing.append(f"Its output from byte {record.end} to {worker.tape_end}: the recording lacks it.")
        workers.append(
            WorkerReceipt(
                name=worker.name,
                state=worker.state,
                items=await store.memory(state.session, worker.name).count(),
                mended=mended.get(worker.name, 0),
                output=record.end,
                workspace=workspace,
                sandbox=alive.get(worker.name, ""),
                missing=tuple(missing),
            )
        )
    return SessionReceipt(
        items=await store.memory(state.session).count(),
        mended=mended.get(None, 0),
        workers=tuple(workers),
        sandboxes=sandboxes,
        approvals=len(state.approvals),
    )


def _lost(state: WorkerState | None, sandbox: str) -> list[str]:
    if state is None:
        return []
    if state is WorkerState.QUEUED:
        return ["Its place in the queue: the engine went away before it began."]
    if sandbox:
        return ["Its agent's run: it ended with the cockpit; the sandbox may still be there."]
    return ["Its processes: they ended with the cockpit."]


async def _workspace(layout: Layout, state: SessionState, worker: Worker) -> tuple[str, list[str]]:
    """Path of the workspace, and a sentence if it should be there and is not."""
    if not worker.begun or state.backend != "local":
        return worker.workspace if worker.begun else "", []
    path = str(layout.workspace(state.session, worker.name) / str(worker.origin))
    if await asyncio.to_thread(os.path.isdir, path):
        return path, []
    return "", [f"Its workspace: {path} is not there any more."]
