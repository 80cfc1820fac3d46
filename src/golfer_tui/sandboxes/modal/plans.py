"""What a worker's sandbox on Modal is to be: `[modal]`, changed by the worker's profile, and its buckets."""

from collections.abc import Mapping

import msgspec

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.profiles import MountSettings, ProfileSettings
from golfer_tui.model.settings import ModalSettings

CHANGED = ("timeout", "idle_timeout", "cpu", "cpu_limit", "memory", "memory_limit", "exposed_ports")
"""Options of `[modal]` that a profile may change; beside them the image."""


class Plan(msgspec.Struct, frozen=True):
    """For one sandbox."""

    settings: ModalSettings
    mounts: tuple[MountSettings, ...] = ()


class Plans:
    """By profile."""

    def __init__(
        self, settings: ModalSettings, profiles: Mapping[str, ProfileSettings], mounts: tuple[MountSettings, ...]
    ) -> None:
        """`mounts` are those of all workers."""
        self._settings = settings
        self._profiles = profiles
        self._mounts = mounts

    def plan(self, profile: str, worker: str) -> Plan:
        """For a worker of this profile; empty: without one.

        Raises:
            SandboxError: `profile.unknown`: it was asked for in an earlier process, with other settings.
        """
        if not profile:
            return Plan(self._settings, self._mounts)
        if (wanted := self._profiles.get(profile)) is None:
            raise SandboxError(
                "profile.unknown",
                f"The sandbox of {worker} could not be made: its profile {profile!r} is not in the settings any more.",
                hint=f"Write [workers.{profile}] into golfer.toml, or start another worker.",
            )
        changes = {name: value for name in CHANGED if (value := getattr(wanted, name)) is not None}
        if wanted.image:
            changes |= {"image": wanted.image, "dockerfile": ""}
        return Plan(msgspec.structs.replace(self._settings, **changes), (*self._mounts, *wanted.mounts))
