"""A person pauses workers and lets them go on, one or all; the orchestrator is told."""

import asyncio
import contextlib

from golfer_tui.agents import pausing
from golfer_tui.agents.orchestrator import Orchestrator
from golfer_tui.agents.services import Services
from golfer_tui.model.errors import CommandError
from golfer_tui.model.workers import WorkerState


async def pause(services: Services, orchestrator: Orchestrator, worker: str | None) -> None:
    """Carry out a `PauseWorker`.

    Raises:
        CommandError: see `Pool.pause`; `worker.none` if all are meant and there is none.
    """
    if worker is not None:
        await pausing.pause(services, worker, "person")
        orchestrator.note(f"The person paused worker {worker}: do not wait for it.")
        return
    paused = []

    async def one(name: str) -> None:
        # It may have ended by itself in the meantime.
        with contextlib.suppress(CommandError):
            await pausing.pause(services, name, "person")
            paused.append(name)

    states = services.pool.states
    await asyncio.gather(*(one(name) for name, state in states.items() if state.active or state == "queued"))
    if not paused:
        raise CommandError("worker.none", "No worker waits or runs: there is nothing to pause.")
    orchestrator.note(f"The person paused all workers: do not wait for {', '.join(paused)}.")


def go_on(services: Services, orchestrator: Orchestrator, worker: str | None) -> None:
    """Carry out a `ContinueWorker`.

    Raises:
        CommandError: see `Pool.continue_`; `worker.none` if all are meant and none is paused.
    """
    states = services.pool.states
    names = [name for name, state in states.items() if state is WorkerState.PAUSED] if worker is None else [worker]
    if not names:
        raise CommandError("worker.none", "No worker is paused.")
    for name in names:
        services.pool.continue_(name, "person")
        orchestrator.note(f"The person let worker {name} go on.")
