"""From settings and environment to the language model: which one, where it is, and with which options it is asked.

The provider owns its connection and closes it. Nothing is kept at the server: each request carries the whole
conversation, so that a stored session goes on in another process, or at another server.
"""

import re
from collections.abc import Mapping
from typing import Literal, Protocol
from urllib.parse import urlsplit

from agents import (
    Model,
    ModelSettings,
    OpenAIChatCompletionsModel,
    set_tracing_disabled,
    set_tracing_export_api_key,
)
from agents.models import get_default_model
from openai import AsyncOpenAI, Timeout
from openai.types.shared import Reasoning

from golfer_tui.agents.errors import model_error
from golfer_tui.agents.patience import Patience
from golfer_tui.agents.stateless import StatelessResponsesModel
from golfer_tui.model.errors import UsageError
from golfer_tui.model.secret import Secret
from golfer_tui.model.settings import OFFICIAL, Settings

Role = Literal["orchestrator", "worker"]

NO_KEY = "none"
"""Sent to servers that need no key, since the client insists on one."""

_REASONING = re.compile(r"^(?:o[1-9]|codex-|gpt-(?:[5-9]|\d\d)(?!.*-chat))")
"""Model names that know reasoning options; others refuse them."""

_CHAT_TOOLS_WITHOUT_REASONING = re.compile(r"^gpt-(?:5\.(?:[6-9]|\d\d)|[6-9]|\d\d)")
"""Models that take function tools over chat completions only while they do not reason."""


class Provider(Protocol):
    """What the agents need to know of their language model."""

    @property
    def name(self) -> str:
        """Name of the session's model, for people."""
        ...

    @property
    def where(self) -> str:
        """The server, for error messages: host and port; empty if there is none."""
        ...

    @property
    def scripted(self) -> bool:
        """True if no language model answers but the built-in script."""
        ...

    def model(self, name: str = "") -> Model:
        """The model of this name; empty: the session's."""
        ...

    def settings(self, role: Role, name: str = "") -> ModelSettings:
        """Options to ask the model `name` with; empty: the model that the settings give to this role."""
        ...

    async def offered(self) -> list[str]:
        """Names of the models that can be asked, as far as the server tells.

        Raises:
            ModelError: it does not tell.
        """
        ...

    async def close(self) -> None:
        """Close the connections. May be called twice."""
        ...


def resolve(
    settings: Settings, environ: Mapping[str, str], patience: Patience | None = None, *, key: Secret | None = None
) -> Provider:
    """Choose the model. Blocks for about 0.1 s, since TLS certificates are read: call it in a thread.

    `key` is the one of the settings' server where the environment has none. Also turns the SDK's tracing, which would
    go to OpenAI whatever the server is, on or off for this process.

    Raises:
        UsageError: `model.unconfigured` if there is neither key nor server nor demo; `model.unnamed` if a server
            without a key is given but no model name; `model.base_url` if the server's address is none;
            `model.key_malformed` if the key cannot be sent.
    """
    set_tracing_disabled(not settings.model.tracing)
    if settings.demo:
        from golfer_tui.agents.scripted import ScriptedProvider  # only the demo needs its scripts

        return ScriptedProvider()
    word = environ.get("OPENAI_API_KEY", "").strip() or (key.text if key is not None else "")
    base_url = (settings.model.base_url or environ.get("OPENAI_BASE_URL", "")).strip()
    if not word.isascii() or any(map(str.isspace, word)):
        raise UsageError(
            "model.key_malformed",
            "OPENAI_API_KEY holds a character that no key has.",
            hint="Copy the key again; it is one word.",
        )
    if not word and not base_url:
        raise UsageError(
            "model.unconfigured",
            "No language model is configured.",
            hint="Start golfer to set one up, set OPENAI_API_KEY or OPENAI_BASE_URL, or try the demo with --demo.",
        )
    if not word and not settings.model.name:
        raise UsageError(
            "model.unnamed",
            f"No model is named for the server {base_url}.",
            hint="Name one with --model.",
        )
    if base_url and not _is_address(base_url):
        raise UsageError(
            "model.base_url",
            f"{base_url!r} is no address of a server.",
            hint="Write it as http://host:port/v1 in OPENAI_BASE_URL or model.base_url.",
        )
    if settings.model.tracing and word:
        set_tracing_export_api_key(word)
    name = settings.model.name or environ.get("OPENAI_DEFAULT_MODEL", "") or get_default_model()
    return ServerProvider(settings, name, base_url or OFFICIAL, word or NO_KEY, patience or Patience())


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        return False


class ServerProvider:
    """A model behind OpenAI's API, at OpenAI or at a compatible server."""

    scripted = False

    def __init__(self, settings: Settings, name: str, base_url: str, key: str, patience: Patience) -> None:
        self.name = name
        self._worker = settings.model.worker or name
        self._chat = settings.model.api == "chat"
        self._models: dict[str, Model] = {}
        self._client = AsyncOpenAI(
            api_key=key,
            base_url=base_url,
            max_retries=0,  # the SDK's runner retries, since it knows what an answer has already set off
            timeout=Timeout(patience.silence, connect=patience.connect),
        )
        self._retry = patience.settings()

    @property
    def where(self) -> str:
        return urlsplit(str(self._client.base_url)).netloc.rpartition("@")[2]

    def model(self, name: str = "") -> Model:
        name = name or self.name
        if name not in self._models:
            kind = OpenAIChatCompletionsModel if self._chat else StatelessResponsesModel
            self._models[name] = kind(name, self._client)
        return self._models[name]

    def settings(self, role: Role, name: str = "") -> ModelSettings:
        """Reasoning summaries and sealed reasoning are asked for only where the model is known to have them."""
        name = (name or (self._worker if role == "worker" else self.name)).rpartition("/")[2]
        if self._chat:
            silent = _CHAT_TOOLS_WITHOUT_REASONING.match(name) is not None
            return ModelSettings(
                include_usage=True,
                store=False if urlsplit(OFFICIAL).netloc == self.where else None,
                reasoning=Reasoning(effort="none") if silent else None,
                retry=self._retry,
            )
        reasons = _REASONING.match(name) is not None
        return ModelSettings(
            store=False,
            reasoning=Reasoning(summary="auto") if reasons else None,
            # Without it the model would forget between two calls what it thought.
            response_include=["reasoning.encrypted_content"] if reasons else None,
            retry=self._retry,
        )

    async def offered(self) -> list[str]:
        """Names of the models that the server lists: proves address and key at no cost.

        Raises:
            ModelError: as `model_error` tells it.
        """
        try:
            return sorted([model.id async for model in self._client.models.list()])
        except Exception as error:
            raise model_error(error, where=self.where) from error

    async def close(self) -> None:
        await self._client.close()
