"""The one way to a new worker, whoever asks: its profile is applied, its skills are there, a person has approved it."""

from golfer_tui.agents.approvals import Spoken, Verdict
from golfer_tui.agents.services import Services
from golfer_tui.agents.tools import Context
from golfer_tui.model.events import By
from golfer_tui.model.profiles import with_profile
from golfer_tui.model.workers import WorkerSpec


def spawn(services: Services, spec: WorkerSpec, by: By) -> None:
    """Start a worker, or queue it.

    Raises:
        CommandError: `profile.unknown`, an unknown skill, or what `Pool.spawn` raises.
        UsageError: the profile's `gpu` is none.
    """
    services.pool.spawn(_whole(services, spec), by)


async def spawn_for_agent(services: Services, context: Context, spec: WorkerSpec, spoken: Spoken) -> Verdict:
    """Start a worker for the orchestrator, once a person has approved it where the rules want that.

    Raises:
        CommandError: as `spawn`, or what `Approvals.start` raises.
        UsageError: as `spawn`.
    """
    whole = _whole(services, spec)
    services.pool.check(whole)
    verdict = await services.approvals.start(context, whole, spoken)
    if verdict == "free":
        services.pool.spawn(whole, "orchestrator")
    return verdict


def _whole(services: Services, spec: WorkerSpec) -> WorkerSpec:
    whole = with_profile(spec, services.settings.workers)
    for skill in whole.skills:
        services.library.get(skill)
    return whole
