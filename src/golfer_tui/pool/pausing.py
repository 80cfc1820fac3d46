"""Pausing a worker and letting it go on: where it is, with its sandbox, or without one.

A worker that keeps its sandbox has its agent held before its next step, and its processes stopped where the sandbox can
do that. One that waits, or whose sandbox is to be given up, ends its attempt and is kept: the next attempt goes on.
"""

import contextlib
from collections.abc import Callable

from golfer_tui.model.errors import CommandError, SandboxError
from golfer_tui.model.events import By, Draft
from golfer_tui.model.worker_events import WorkerContinued, WorkerPaused
from golfer_tui.model.workers import WorkerState
from golfer_tui.pool.crew import Crew
from golfer_tui.pool.worker import Worker
from golfer_tui.sandboxes.offers import Pauses


async def pause(crew: Crew, worker: Worker, emit: Callable[[Draft], None], by: By, *, release: bool) -> None:
    """See `Pool.pause`. Returns once its processes stand still, or its sandbox has ended."""
    name, life = worker.name, worker.life
    if worker.state.final or worker.state is WorkerState.SUSPENDED:
        raise CommandError("worker.ended", f"{name} is {worker.state}: there is nothing to pause.")
    if worker.state is WorkerState.PAUSED and not (release and life is not None):
        raise CommandError("worker.paused", f"{name} is paused already.", hint="Let it go on, or kill it.")
    if life is not None and not life.listens:
        raise CommandError("worker.ended", f"{name} is about to end: there is nothing to pause.")
    worker.paused_by = worker.paused_by or by
    worker.going.clear()
    if life is None or release:
        await crew.end(worker, "suspended", "Paused.", by)
        return
    sandbox = life.sandbox
    worker.state = WorkerState.PAUSED
    stopped = sandbox is None or isinstance(sandbox, Pauses)
    emit(Draft(WorkerPaused(attempt=worker.attempt, stopped=stopped), worker=name, by=by))
    crew.stir()
    if sandbox is not None and isinstance(sandbox, Pauses):
        # One that has ended has nothing to stop, and is told of otherwise.
        with contextlib.suppress(SandboxError):
            await sandbox.pause()


def go_on(worker: Worker, emit: Callable[[Draft], None], by: By) -> bool:
    """Let a paused worker go on in the sandbox that it kept; False if it is not paused or has none."""
    life = worker.life
    if worker.state is not WorkerState.PAUSED or life is None or not life.listens:
        return False
    worker.state, worker.paused_by = life.stage, None
    emit(Draft(WorkerContinued(attempt=worker.attempt), worker=worker.name, by=by))
    if life.sandbox is not None and isinstance(life.sandbox, Pauses):
        life.sandbox.go_on()
    worker.going.set()
    return True
