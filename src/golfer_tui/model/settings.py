"""Typed settings. Where they come from is `config`'s business; here is only what they are and what they may be."""

from typing import Annotated, Literal

import msgspec

MOST = 2**31 - 1
"""Largest whole number that a setting may be."""

Positive = Annotated[int, msgspec.Meta(ge=1, le=MOST)]
Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]


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
    """`[modal]`: sandboxes on Modal."""

    app_name: str = "golfer"
    image: str = "python:3.11-slim"
    """Registry tag of the image."""
    timeout: Positive = 4 * 60 * 60
    """Seconds a sandbox may live."""
    idle_timeout: Positive = 30 * 60
    """Seconds without activity after which Modal ends a sandbox."""
    create_timeout: Positive = 15 * 60
    """Seconds to wait for a sandbox, image build included."""
    cpu: Annotated[float, msgspec.Meta(gt=0, le=1024)] | None = None
    """Cores; unset: Modal's default."""
    memory: Positive | None = None
    """MiB; unset: Modal's default."""


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
