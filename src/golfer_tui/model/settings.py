"""Typed settings. Where they come from is `config`'s business; here is only what they are and what they may be."""

from typing import Annotated, Literal

import msgspec

MOST = 2**31 - 1
"""Largest whole number that a setting may be."""

Positive = Annotated[int, msgspec.Meta(ge=1, le=MOST)]
Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
Amount = Annotated[float, msgspec.Meta(gt=0, le=1024)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class ModelSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[model]`: which language model answers, and how it is reached. The key comes from `OPENAI_API_KEY` only."""

    name: str = ""
    """Name of the model; empty: the SDK's default."""
    worker: str = ""
    """Name of the workers' model; empty: the same."""
    base_url: str = ""
    """Address of a compatible server; empty: `OPENAI_BASE_URL`, else OpenAI."""
    api: Literal["responses", "chat"] = "responses"
    """Which of the two APIs the server speaks."""
    tracing: bool = False
    """Send traces, with all inputs and outputs, to OpenAI."""
    max_turns: Positive = 200
    """Model calls in one turn of an agent before it is stopped."""


class PoolSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[pool]`: how much may run at once."""

    max_gpus: Count | None = None
    """GPUs in all; unset: what this machine has for local workers, 8 on Modal."""
    gpus: dict[str, Count] = {}
    """GPUs by type, such as `{ H100 = 4 }`; a type that is not named is bounded by `max_gpus` alone."""
    max_local: Positive | None = None
    """Local workers that run at once; unset: two for each core, at least four, since agents mostly wait."""
    max_workers: Positive = 64
    """Workers of one session, finished ones included."""


class LocalSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[local]`: sandboxes on this machine."""

    isolation: Literal["auto", "bubblewrap", "none"] = "auto"
    """`auto` takes bubblewrap where it works."""
    pass_environment: tuple[str, ...] = ()
    """Variables of yours that workers may see beside the harmless ones; keys and tokens are never passed by default."""


class ModalSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[modal]`: sandboxes on Modal. How many GPUs of which type is asked for by worker."""

    app_name: str = "golfer"
    """Name of the app that the sandboxes belong to; it is made if there is none."""
    image: str = "python:3.11-slim"
    """Registry tag of the image, or the id (`im-…`) of one that Modal has already."""
    dockerfile: str = ""
    """Path of a Dockerfile on this machine that takes the place of `image`; empty: none."""
    apt: tuple[str, ...] = ()
    """Debian packages that are added to the image."""
    pip: tuple[str, ...] = ()
    """Python packages that are added to the image."""
    commands: tuple[str, ...] = ()
    """Shell commands that are run at last when the image is built."""
    image_builder_version: str = "2025.06"
    """Version of Modal's image builder; empty: that of your Modal environment."""
    use_sleep_cmd: bool = True
    """Let the sandbox's first process only wait; false: the image's own command runs, and its end ends the sandbox."""
    workspace: str = "/workspace"
    """Absolute path of the workspace in the sandbox."""
    workspace_persistence: Literal["snapshot_filesystem", "snapshot_directory", "tar", "none"] = "snapshot_filesystem"
    """What is kept when a sandbox ends, for the worker to go on with: a snapshot of the whole file system or of the
    workspace alone at Modal, a tar file of the workspace on this machine, or nothing."""
    snapshot_timeout: Positive = 45
    """Seconds that keeping the workspace may take."""
    restore_timeout: Positive = 120
    """Seconds that bringing it back may take."""
    timeout: Positive = 4 * 60 * 60
    """Seconds a sandbox may live."""
    idle_timeout: Positive = 30 * 60
    """Seconds without activity after which Modal ends a sandbox."""
    create_timeout: Positive = 15 * 60
    """Seconds to wait for a sandbox, image build included."""
    cpu: Amount | None = None
    """Cores that are reserved; unset: Modal's default."""
    cpu_limit: Amount | None = None
    """Cores at most, where `cpu` is set; unset: Modal's default."""
    memory: Positive | None = None
    """MiB that are reserved; unset: Modal's default."""
    memory_limit: Positive | None = None
    """MiB at most, where `memory` is set; unset: none."""
    exposed_ports: tuple[Port, ...] = ()
    """Ports of the sandbox that Modal makes reachable from outside, by TLS."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings. `docs/settings.md` lists them with their flags and variables."""

    backend: Literal["local", "modal"] = "local"
    demo: bool = False
    """Let the built-in scripted model answer."""
    skills: tuple[str, ...] = ()
    """Further folders with skills."""
    theme: str = ""
    """A Textual theme; empty: the product's own."""
    model: ModelSettings = ModelSettings()
    pool: PoolSettings = PoolSettings()
    local: LocalSettings = LocalSettings()
    modal: ModalSettings = ModalSettings()
