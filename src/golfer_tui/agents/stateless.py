"""The Responses API for conversations that only we store: nothing is looked up at the server by a number."""

import contextlib
import dataclasses as dc
from collections.abc import AsyncIterator
from typing import Any

from agents import ModelResponse, ModelSettings, OpenAIResponsesModel
from openai import BadRequestError


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
