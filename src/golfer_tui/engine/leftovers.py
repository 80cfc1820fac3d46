"""Sandboxes that an earlier process left: which of them the workers go on in, and which are ended.

At the start, in the background, the whole ledger is held against what lives at the backend, too.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import NamedTuple

from golfer_tui.engine.receipt import unfinished_workers
from golfer_tui.engine.standing import compare
from golfer_tui.model.agent_events import Notice
from golfer_tui.model.events import Draft
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.session import SessionState
from golfer_tui.model.workers import WorkerState
from golfer_tui.pool.ledger import Left
from golfer_tui.sandboxes.contract import Backend
from golfer_tui.sandboxes.inventory import Adopts, Inventory
from golfer_tui.store.sandboxes import SandboxRow
from golfer_tui.store.store import Store

KEPT = {WorkerState.SUSPENDED, WorkerState.PAUSED}
"""They have no sandbox here now, and go on in the one that they had."""

COMPARE = 120.0
"""Seconds for the look at what lives."""


class Divided(NamedTuple):
    """The open rows of a session that is opened again."""

    alive: dict[str, Left]
    """By worker that ran in it, a sandbox that may live: they go on in it at once."""
    left: tuple[Left, ...]
    """Sandboxes that nobody goes on in: they are ended, and hold their GPUs until then."""


def divide(rows: list[SandboxRow], states: dict[str, bytes], state: SessionState, backend: Backend) -> Divided:
    """Tell the sandboxes that are gone on in from those that are ended.

    Args:
        rows: The session's open ones.
        states: By worker, what finds its newest sandbox again.
        state: As the process left it.
        backend: Of this process; rows of another backend are left alone.
    """
    if not isinstance(backend, Inventory) or not isinstance(backend, Adopts):
        return Divided({}, ())
    rows = [row for row in rows if row.backend == backend.name]
    lost = unfinished_workers(state)
    alive: dict[str, Left] = {}
    left: list[Left] = []
    for row in rows:
        known = Left(row.id, row.worker, row.sandbox, row.request, GpuRequest.parse(row.gpu))
        worker = state.workers.get(row.worker)
        goes_on = worker is not None and (row.worker in lost or worker.state in KEPT) and worker.begun
        if row.sandbox and row.state == states.get(row.worker) and goes_on:
            alive[row.worker] = known
        elif not row.adopted:
            left.append(known)
    return Divided(alive, tuple(left))


class Look:
    """The comparison in the background. It delays nothing, and tells a person what costs money somewhere."""

    def __init__(self, store: Store, session: str, backend: Backend, emit: Callable[[Draft], None]) -> None:
        self._store = store
        self._session = session
        self._backend = backend
        self._emit = emit
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._look(), name="look at what lives")

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        backend = self._backend
        if not isinstance(backend, Inventory):
            return
        rows = [row for row in await self._store.sandboxes.open() if row.session != self._session]
        if backend.name == "local" and not any(row.backend == "local" for row in rows):
            return  # Processes end with their golfer, and looking at all of the machine's is not free.
        try:
            async with asyncio.timeout(COMPARE):
                standing = await compare(self._store, backend, backend.name)
        except Exception as error:  # noqa: BLE001 - the ledger stays as it is, and the next start looks again
            if any(row.backend == backend.name for row in rows):
                self._tell("sandboxes.unseen", f"It is not known which sandboxes still live: {error}")
            return
        found = [each for each in standing if each.reapable and each.session != self._session]
        if found:
            names = ", ".join(each.sandbox or f"one asked for {each.worker}" for each in found[:3])
            more = f" and {len(found) - 3} more" if len(found) > 3 else ""
            text = f"Sandboxes of other sessions are alive, and nobody uses them: {names}{more}."
            self._tell("sandboxes.left", text)

    def _tell(self, code: str, text: str) -> None:
        hint = "golfer sandboxes lists them, golfer sandboxes reap ends them; resuming a session goes on in its own."
        with contextlib.suppress(Exception):
            self._emit(Draft(Notice(level="warning", code=code, text=text, hint=hint)))
