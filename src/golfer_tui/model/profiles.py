"""`[workers.NAME]` and `[[mounts]]`: named sets of what workers get, and buckets in their sandboxes."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from golfer_tui.model.errors import CommandError
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.workers import WorkerSpec

MOST = 2**31 - 1
"""Largest whole number that a setting may be."""

Positive = Annotated[int, msgspec.Meta(ge=1, le=MOST)]
Amount = Annotated[float, msgspec.Meta(gt=0, le=1024)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class MountSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of `[[mounts]]`: a bucket that appears as a folder in workers' sandboxes on Modal. Holds no secret."""

    bucket: str
    """Name of the bucket."""
    path: str
    """Absolute path of the folder in the sandbox, outside of the workspace."""
    kind: Literal["s3", "r2", "gcs"] = "s3"
    """Whose bucket it is: Amazon's or one that speaks S3, Cloudflare's, or Google's."""
    endpoint: str = ""
    """Address of the server, such as `https://s3.example.org`; empty: that of the kind."""
    account: str = ""
    """Cloudflare's account id, for `r2` without an `endpoint`."""
    prefix: str = ""
    """Only what begins so in the bucket, such as `runs/`; not for `r2`."""
    read_only: bool = True
    """False: workers may write into the bucket."""
    secret: str = ""
    """Name of a secret at Modal that holds the credentials."""
    secret_environment: str = ""
    """Modal environment of that secret; empty: the usual one."""
    key_variable: str = ""
    """Name of a variable here that holds the access key's id, in the place of `secret`."""
    secret_variable: str = ""
    """Name of a variable here that holds the access key's secret."""
    token_variable: str = ""
    """Name of a variable here that holds a session token; only for `s3`."""


class ProfileSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[workers.NAME]`: what workers of this profile get; what is left out is as for all others."""

    gpu: str = ""
    """GPUs, such as `H100:2`, where nothing else was asked for."""
    model: str = ""
    """Name of the model that answers."""
    skills: tuple[str, ...] = ()
    """Skills to load, before those that were asked for."""
    image: str = ""
    """Registry tag or id (`im-…`) of the image on Modal, in the place of `image` and `dockerfile` in `[modal]`."""
    timeout: Positive | None = None
    """Seconds a sandbox on Modal may live."""
    idle_timeout: Positive | None = None
    """Seconds without activity after which Modal ends a sandbox."""
    cpu: Amount | None = None
    """Cores that are reserved on Modal."""
    cpu_limit: Amount | None = None
    """Cores at most, where `cpu` is set."""
    memory: Positive | None = None
    """MiB that are reserved on Modal."""
    memory_limit: Positive | None = None
    """MiB at most, where `memory` is set."""
    exposed_ports: tuple[Port, ...] | None = None
    """Ports of the sandbox that Modal makes reachable from outside."""
    mounts: tuple[MountSettings, ...] = ()
    """Buckets (`[[workers.NAME.mounts]]`) beside those of all workers."""


def profile_of(spec: WorkerSpec, profiles: Mapping[str, ProfileSettings]) -> ProfileSettings:
    """The profile of a worker; an empty one if it has none.

    Raises:
        CommandError: `profile.unknown`.
    """
    if not spec.profile:
        return ProfileSettings()
    if (profile := profiles.get(spec.profile)) is None:
        known = f"There is {', '.join(profiles)}." if profiles else f"Write [workers.{spec.profile}] into golfer.toml."
        raise CommandError("profile.unknown", f"There is no profile {spec.profile!r} for workers.", hint=known)
    return profile


def with_profile(spec: WorkerSpec, profiles: Mapping[str, ProfileSettings]) -> WorkerSpec:
    """The spec with what its profile adds: what was asked for itself goes first.

    Raises:
        CommandError: `profile.unknown`.
        UsageError: the profile's `gpu` is none.
    """
    profile = profile_of(spec, profiles)
    return msgspec.structs.replace(
        spec,
        gpu=spec.gpu or GpuRequest.parse(profile.gpu),
        model=spec.model or profile.model,
        skills=tuple(dict.fromkeys((*profile.skills, *spec.skills))),
    )
