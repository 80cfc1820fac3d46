"""Typed settings. Where they come from is `config`'s business; here is only what they are and what they may be."""

from typing import Annotated, Literal

import msgspec

from golfer_tui.model.profiles import MOST, Amount, MountSettings, Port, Positive, ProfileSettings

Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
Minutes = Annotated[float, msgspec.Meta(ge=0, le=1024)]
Dollars = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]


OFFICIAL = "https://api.openai.com/v1"
"""Address of the model's server if none is set."""


class ModelSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[model]`: which language model answers, and how it is reached. Its key is no setting."""

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
    max_dollars: Dollars | None = None
    """Estimated dollars that a session may spend on sandboxes and models; unset: no limit."""
    on_max_dollars: Literal["stop-spawning", "pause", "end"] = "stop-spawning"
    """What happens when they are spent: nothing new begins, and workers that run go on, are paused or are ended."""
    idle_gpu_minutes: Minutes = 3.0
    """Minutes that a leased GPU may do next to nothing before that is told; 0: never."""
    idle_gpu_percent: Amount = 5.0
    """Use of a GPU below this is next to nothing."""


class ApprovalSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[approvals]`: what agents may do only once a person has approved it; nothing, unless something is set here."""

    spawn_gpus: Count | None = None
    """A worker that asks for more GPUs than this waits for a person; unset: none does."""
    spawn_dollars_per_hour: Dollars | None = None
    """So does one that costs more in an hour, by estimate, or whose GPUs have no price; unset: none does."""
    commands: tuple[str, ...] = ()
    """Regular expressions (RE2): a worker's command in which one of them is found waits for a person."""


class NoticeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[notices]`: how the cockpit tells a person who looks elsewhere what happens to workers."""

    bell: bool = True
    """Ring the terminal's bell."""
    desktop: Literal["auto", "osc9", "osc777", "off"] = "auto"
    """The sequence that makes a notice on the desktop; `auto` takes what the terminal probably knows."""
    when: tuple[Literal["finished", "failed", "needs"], ...] = ("finished", "failed", "needs")
    """What is told: a worker has finished, has failed, needs a person."""
    focused: bool = False
    """Tell it also while the cockpit's terminal has the focus."""


class LocalSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[local]`: sandboxes on this machine."""

    isolation: Literal["auto", "bubblewrap", "none"] = "auto"
    """`auto` takes bubblewrap where it works."""
    pass_environment: tuple[str, ...] = ()
    """Variables of yours that workers may see beside the harmless ones; keys and tokens are never passed by default."""
    snapshot_mib: Positive = 4096
    """MiB of the largest workspace that is copied for a snapshot."""


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


class ModelPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Dollars for a million tokens of one model."""

    input: Dollars
    cached: Dollars
    """Read from a cache."""
    output: Dollars


class PriceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[prices]`: what things cost, in US dollars. Built-in list prices fill what is not named: estimates, check
    modal.com/pricing."""

    as_of: str = "2026-08-01"
    """When the prices were read."""
    gpus: dict[str, Dollars] = {}
    """By type of GPU, for an hour of one on Modal, such as `{ H100 = 3.95 }`."""
    core: Dollars = 0.141912
    """For an hour of one CPU core of a Modal sandbox."""
    gib: Dollars = 0.024192
    """For an hour of one GiB of memory of a Modal sandbox."""
    local_gpu: Dollars = 0.0
    """For an hour of one GPU of this machine."""
    local_worker: Dollars = 0.0
    """For an hour of one worker on this machine."""
    models: dict[str, ModelPrice] = {}
    """By name of the model, for a million tokens, such as `{ "x" = { input = 1.25, cached = 0.125, output = 10 } }`."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings. `docs/settings.md` lists them with their flags and variables."""

    backend: Literal["local", "modal"] = "local"
    demo: bool = False
    """Let the built-in scripted model answer."""
    skills: tuple[str, ...] = ()
    """Further folders with skills."""
    theme: str = ""
    """A Textual theme; empty: the product's own."""
    keys: dict[str, str | tuple[str, ...]] = {}
    """`[keys]`: keys by action of the cockpit, such as `"worker.kill" = "ctrl+k"`; an empty one leaves it without."""
    background_timeout: Count = 30 * 60
    """Seconds with nothing to do and no cockpit attached after which a session in the background is let go, its
    workers kept; 0: it stays."""
    mounts: tuple[MountSettings, ...] = ()
    """`[[mounts]]`: buckets that all workers on Modal see as folders."""
    workers: dict[str, ProfileSettings] = {}
    """`[workers.NAME]`: profiles, by name."""
    model: ModelSettings = ModelSettings()
    pool: PoolSettings = PoolSettings()
    approvals: ApprovalSettings = ApprovalSettings()
    notices: NoticeSettings = NoticeSettings()
    prices: PriceSettings = PriceSettings()
    local: LocalSettings = LocalSettings()
    modal: ModalSettings = ModalSettings()
