"""Pausing a worker for a person or for the orchestrator, and saying what goes on all the same."""

import datetime as dt

from golfer_tui.agents.services import Services
from golfer_tui.model.agent_events import Notice
from golfer_tui.model.errors import CommandError
from golfer_tui.model.events import By, Draft
from golfer_tui.model.spending import money
from golfer_tui.sandboxes.offers import Pauses


async def pause(services: Services, name: str, by: By) -> str:
    """Pause a worker; returns what is so now, in a sentence.

    Raises:
        CommandError: see `Pool.pause`.
    """
    await services.pool.pause(name, by)
    sandbox = services.pool.sandbox(name)
    if sandbox is None or isinstance(sandbox, Pauses):
        return f"{name} is paused."
    hour = services.state.workers[name].bill(dt.datetime.now(dt.UTC)).per_hour
    costs = f", and it costs {money(hour)} an hour" if hour else ""
    text = (
        f"{name} is paused: its agent does nothing more. Its processes go on, for a sandbox on Modal cannot be stopped"
        f" where it is{costs}."
    )
    hint = "Kill it to stop that; it can go on from its workspace later."
    services.emit(Draft(Notice(level="warning", code="worker.runs_on", text=text, hint=hint), name))
    return text


def check_free(services: Services, name: str) -> None:
    """Refuse to let the orchestrator set a worker going that somebody else has paused.

    Raises:
        CommandError: `worker.held`.
    """
    worker = services.state.workers.get(name)
    if worker is not None and worker.paused_by in {"person", "engine"}:
        why = "The person has paused it" if worker.paused_by == "person" else "The budget is spent"
        raise CommandError("worker.held", f"{name} is paused. {why}: only the person can let it go on.")
