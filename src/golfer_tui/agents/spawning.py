"""The one way to a new worker, whoever asks for it: its profile is applied, and its skills are there."""

from golfer_tui.agents.services import Services
from golfer_tui.model.events import By
from golfer_tui.model.profiles import with_profile
from golfer_tui.model.workers import WorkerSpec


def spawn(services: Services, spec: WorkerSpec, by: By) -> None:
    """Start a worker, or queue it.

    Raises:
        CommandError: `profile.unknown`, an unknown skill, or what `Pool.spawn` raises.
        UsageError: the profile's `gpu` is none.
    """
    whole = with_profile(spec, services.settings.workers)
    for skill in whole.skills:
        services.library.get(skill)
    services.pool.spawn(whole, by)
