"""From settings and environment to the language model: which one, where it is, and with which options it is asked.

The provider owns its connection and closes it. Nothing is kept at the server: each request carries the whole
conversation, so that a stored session goes on in another process, or at another server.
"""

import contextlib
import dataclasses as dc
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import msgspec
from agents import (
    Model,
    ModelResponse,
    ModelSettings,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    set_tracing_disabled,
    set_tracing_export_api_key,
)
from agents.models import get_default_model
from agents.retry import ModelRetryBackoffSettings, ModelRetrySettings, RetryPolicyContext
from openai import AsyncOpenAI, BadRequestError, Timeout
from openai.types.shared import Reasoning

from golfer_tui.agents.errors import model_error
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

_RETRIED = frozenset({408, 409, 429})


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long a model is waited for, and how often it is asked again before a person is told."""

    connect: float = 10.0
    """Seconds until a connection must stand."""
    silence: float = 600.0
    """Seconds without a byte after which an answer counts as lost; models may think for minutes."""
    retries: int = 4
    """Further attempts after a failure that may pass. What has begun to answer is never asked again."""
    first_delay: float = 0.5
    """Seconds before the first further attempt; each next one waits twice as long."""
    longest_delay: float = 60.0
    """Seconds. A server that asks for more is not waited for: the person is told."""


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
        self._retry = ModelRetrySettings(
            max_retries=patience.retries,
            backoff=ModelRetryBackoffSettings(
                initial_delay=patience.first_delay, max_delay=patience.longest_delay, multiplier=2.0, jitter=True
            ),
            policy=lambda context: _may_pass(context, patience.longest_delay),
        )

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


class StatelessResponsesModel(OpenAIResponsesModel):
    """The Responses API for conversations that only we store.

    Leaves out reasoning that cannot be given back (neither sealed nor in plain text), and asks again without
    summaries where an account may not have them.
    """

    _summaries = True

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[Any],  # noqa: A002 - the SDK's name
        model_settings: ModelSettings,
        *args: Any,
        **kwargs: Any,
    ) -> ModelResponse:
        items = _replayable(input)
        asked = self._granted(model_settings)
        try:
            return await super().get_response(system_instructions, items, asked, *args, **kwargs)
        except BadRequestError as error:
            asked = self._without_summary(asked, error)
        return await super().get_response(system_instructions, items, asked, *args, **kwargs)

    async def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[Any],  # noqa: A002
        model_settings: ModelSettings,
        *args: Any,
        **kwargs: Any,
    ) -> AsyncIterator[Any]:
        items = _replayable(input)
        asked = self._granted(model_settings)
        while True:
            stream = super().stream_response(system_instructions, items, asked, *args, **kwargs)
            try:
                async with contextlib.aclosing(stream) as events:  # type: ignore[type-var]
                    async for event in events:
                        yield event
                return
            except BadRequestError as error:
                asked = self._without_summary(asked, error)

    def _granted(self, settings: ModelSettings) -> ModelSettings:
        if self._summaries or settings.reasoning is None:
            return settings
        return dc.replace(settings, reasoning=settings.reasoning.model_copy(update={"summary": None}))

    def _without_summary(self, asked: ModelSettings, error: BadRequestError) -> ModelSettings:
        """The same options without a summary, if that is all that was wrong with them; else the error is raised."""
        if error.param != "reasoning.summary" or asked.reasoning is None or asked.reasoning.summary is None:
            raise error
        self._summaries = False
        return self._granted(asked)


def _replayable(items: str | list[Any]) -> str | list[Any]:
    """Items without reasoning that names only what the server has not kept, nor ids that would ask for it."""
    if isinstance(items, str) or all(map(_whole, items)):
        return items
    return [
        item if item.get("type") == "reasoning" else {name: value for name, value in item.items() if name != "id"}
        for item in items
        if _whole(item)
    ]


def _whole(item: Any) -> bool:
    return item.get("type") != "reasoning" or bool(item.get("encrypted_content") or item.get("content"))


def _may_pass(context: RetryPolicyContext, longest: float) -> bool:
    """Ask again after what may pass: lost connections, rate limits, failures of the server. A quota does not pass."""
    failure = context.normalized
    if failure.error_code == "insufficient_quota" or (failure.retry_after or 0) > longest:
        return False
    if failure.is_timeout:
        return context.attempt == 1  # each attempt may take as long as the first
    status = failure.status_code
    return failure.is_network_error or status in _RETRIED or (status is not None and status >= 500)
