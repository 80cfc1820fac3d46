"""A person changes what one worker may do, also while it runs; the worker and the orchestrator are told."""

import msgspec

from golfer_tui.agents.orchestrator import Orchestrator
from golfer_tui.agents.services import Services
from golfer_tui.model.commands import LimitWorker
from golfer_tui.model.errors import CommandError
from golfer_tui.model.events import Draft
from golfer_tui.model.worker_events import WorkerLimited


def limit(services: Services, orchestrator: Orchestrator, command: LimitWorker) -> None:
    """Carry out a `LimitWorker`.

    Raises:
        CommandError: `worker.unknown`, or `limits.malformed` if a limit is not above 0.
    """
    name, turns, timeout = command.worker, command.turns, command.timeout
    worker = services.state.workers.get(name)
    if turns is msgspec.UNSET:
        turns = worker.max_turns if worker is not None else None
    if timeout is msgspec.UNSET:
        timeout = worker.timeout if worker is not None else None
    if (turns is not None and turns < 1) or (timeout is not None and timeout <= 0):
        raise CommandError("limits.malformed", "A limit of a worker is above 0.", hint="None takes it away.")
    services.pool.limit(name, timeout)
    services.emit(Draft(WorkerLimited(turns=turns, timeout=timeout), name, "person"))
    told = "as many model calls in a turn as any" if turns is None else f"{turns} model calls in a turn"
    told += ", and commands that run for any time" if timeout is None else f", and commands of {timeout:.10g} s"
    orchestrator.note(f"The person set the limits of worker {name}: {told}.")
    services.pool.tell(name, f"[The person set your limits: {told}. A longer command is ended.]")
