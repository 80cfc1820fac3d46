"""The built-in scripted model: what answers in the demo, where no language model is configured.

It is a real implementation of the SDK's `Model`: it streams, calls tools and reads their answers through the same
runner, tools, pool, sandboxes and store as any model. What it says follows from the conversation by plain rules, in
`demo/` beside this file. It invents no number: every score that it repeats was printed by a training run.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec
from agents import Model, ModelResponse, ModelSettings, Tool
from agents.usage import Usage
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseCreatedEvent,
    ResponseFunctionCallArgumentsDeltaEvent,
    ResponseFunctionToolCall,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseTextDeltaEvent,
    ResponseUsage,
)
from openai.types.responses.response_usage import InputTokensDetails, OutputTokensDetails

NAME = "scripted"

PACE = 0.012
"""Seconds between two streamed words: as fast as a quick model, and slow enough to be seen."""

BYTES_PER_TOKEN = 4
"""No tokenizer runs here; usage is counted at the usual four bytes a token."""


class Call(msgspec.Struct, frozen=True):
    """A tool call that a script makes."""

    tool: str
    arguments: dict[str, Any]


Say = Sequence[str | Call]
"""What a script answers: text and tool calls, in order."""

Script = Callable[[list[dict[str, Any]]], Say]
"""From the conversation so far, in the Responses API's input format, to the next answer."""


class ScriptedModel(Model):
    """Answers by a script; one for each kind of agent, told apart by the tools that it has."""

    def __init__(self, orchestrator: Script, worker: Script) -> None:
        self._orchestrator = orchestrator
        self._worker = worker

    def _answer(self, items: str | list[Any], tools: list[Tool]) -> list[Any]:
        history: list[dict[str, Any]] = (
            [{"role": "user", "content": items}] if isinstance(items, str) else [dict(item) for item in items]
        )
        commands = any(tool.name == "spawn_worker" for tool in tools)
        return [_item(said) for said in (self._orchestrator if commands else self._worker)(history)]

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[Any],  # noqa: A002 - the SDK's name
        model_settings: ModelSettings,
        tools: list[Tool],
        *args: Any,
        **kwargs: Any,
    ) -> ModelResponse:
        output = self._answer(input, tools)
        used = _usage(input, output)
        usage = Usage(
            requests=1,
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            total_tokens=used.total_tokens,
        )
        return ModelResponse(output=output, usage=usage, response_id=None)

    async def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[Any],  # noqa: A002
        model_settings: ModelSettings,
        tools: list[Tool],
        *args: Any,
        **kwargs: Any,
    ) -> AsyncIterator[Any]:
        output = self._answer(input, tools)
        number = iter(range(10**9))
        yield ResponseCreatedEvent(response=_response([]), sequence_number=next(number), type="response.created")
        for index, item in enumerate(output):
            yield ResponseOutputItemAddedEvent(
                item=item, output_index=index, sequence_number=next(number), type="response.output_item.added"
            )
            if isinstance(item, ResponseFunctionToolCall):
                yield ResponseFunctionCallArgumentsDeltaEvent(
                    delta=item.arguments,
                    item_id=item.call_id,
                    output_index=index,
                    sequence_number=next(number),
                    type="response.function_call_arguments.delta",
                )
            else:
                for word in _words(item.content[0].text):
                    await asyncio.sleep(PACE)
                    yield ResponseTextDeltaEvent(
                        content_index=0,
                        delta=word,
                        item_id=item.id,
                        logprobs=[],
                        output_index=index,
                        sequence_number=next(number),
                        type="response.output_text.delta",
                    )
            yield ResponseOutputItemDoneEvent(
                item=item, output_index=index, sequence_number=next(number), type="response.output_item.done"
            )
        done = _response(output, _usage(input, output))
        yield ResponseCompletedEvent(response=done, sequence_number=next(number), type="response.completed")


def _item(said: str | Call) -> ResponseFunctionToolCall | ResponseOutputMessage:
    if isinstance(said, Call):
        return ResponseFunctionToolCall(
            call_id=f"call_{secrets.token_hex(8)}",
            name=said.tool,
            arguments=json.dumps(said.arguments),
            type="function_call",
        )
    text = ResponseOutputText(text=said, annotations=[], type="output_text")
    return ResponseOutputMessage(
        id=f"msg_{secrets.token_hex(8)}", content=[text], role="assistant", status="completed", type="message"
    )


def _words(text: str) -> list[str]:
    return [part + " " for part in text.split(" ")[:-1]] + [text.split(" ")[-1]]


def _usage(items: str | list[Any], output: list[Any]) -> ResponseUsage:
    read = len(json.dumps(items, default=str)) // BYTES_PER_TOKEN
    wrote = sum(len(item.model_dump_json()) for item in output) // BYTES_PER_TOKEN
    return ResponseUsage(
        input_tokens=read,
        input_tokens_details=InputTokensDetails(cached_tokens=0, cache_write_tokens=0),
        output_tokens=wrote,
        output_tokens_details=OutputTokensDetails(reasoning_tokens=0),
        total_tokens=read + wrote,
    )


def _response(output: list[Any], usage: ResponseUsage | None = None) -> Response:
    return Response(
        id=f"resp_{secrets.token_hex(8)}",
        created_at=0,
        model=NAME,
        object="response",
        output=output,
        tool_choice="auto",
        tools=[],
        parallel_tool_calls=True,
        usage=usage,
    )


class ScriptedProvider:
    """The scripted model, whatever name is asked for; with the demo's scripts, or others. Reaches no network."""

    name = NAME
    where = ""
    scripted = True

    def __init__(self, orchestrator: Script | None = None, worker: Script | None = None) -> None:
        from golfer_tui.agents.demo.orchestrator_script import orchestrator_script
        from golfer_tui.agents.demo.worker_script import worker_script

        self._model = ScriptedModel(orchestrator or orchestrator_script, worker or worker_script)

    def model(self, name: str = "") -> Model:
        return self._model

    def settings(self, role: str, name: str = "") -> ModelSettings:
        return ModelSettings()

    async def offered(self) -> list[str]:
        return [self.name]

    async def close(self) -> None:
        """Nothing is open."""
