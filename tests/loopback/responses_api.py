"""`POST /v1/responses`: checking a request, and a response as one object or as the API's stream of events."""

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from loopback.brains import Call, CustomCall, Item, Output, Text, Thought
from loopback.models import ModelCard
from loopback.refusals import (
    Refusal,
    invalid_type,
    invalid_value,
    too_long,
    unknown_parameter,
    unsupported_parameter,
)
from loopback.responses_items import Archive, check_items, seal
from loopback.tool_schemas import check_function, check_name
from loopback.usage import Usage, tokens
from openai.types.responses import CustomToolParam, FunctionToolParam
from openai.types.responses.response_create_params import ResponseCreateParamsStreaming

PARAMETERS = frozenset(ResponseCreateParamsStreaming.__annotations__)
TOOL_FIELDS = {
    "function": frozenset(FunctionToolParam.__annotations__),
    "custom": frozenset(CustomToolParam.__annotations__),
}
HOSTED_TOOLS = frozenset({"web_search", "file_search", "code_interpreter", "image_generation", "mcp", "tool_search"})
ENCRYPTED = "reasoning.encrypted_content"
PIECE = 12
"""Characters in one delta."""


@dataclass(frozen=True)
class ResponsesRequest:
    """A request that was found good."""

    body: dict[str, Any]
    items: list[Item]
    tools: list[Item]

    @property
    def stream(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def stored(self) -> bool:
        return self.body.get("store") is not False

    @property
    def conversation(self) -> list[Item]:
        """The items, with the instructions in front."""
        instructions = self.body.get("instructions")
        if not instructions:
            return self.items
        return [{"type": "message", "role": "system", "content": instructions}, *self.items]


def check(body: dict[str, Any], card: ModelCard, archive: Archive) -> ResponsesRequest:
    """Refuse what the API refuses."""
    for name in body:
        if name not in PARAMETERS:
            raise unknown_parameter(name)
    for name in ("stream", "store", "parallel_tool_calls"):
        if not isinstance(body.get(name, False), bool | None):
            raise invalid_type(name, "a boolean")
    for name, kind in (("previous_response_id", "Previous response"), ("conversation", "Conversation")):
        if body.get(name) is not None:
            message = f"{kind} with id '{body[name]}' not found."
            raise Refusal(400, message, code=f"{kind.lower().replace(' ', '_')}_not_found", param=name)
    _check_reasoning_options(body, card)
    items = check_items(body.get("input"), archive)
    tools = body.get("tools") or []
    for index, tool in enumerate(tools):
        _check_tool(tool, f"tools[{index}]")
    if tokens(body) > card.context:
        raise too_long("input")
    return ResponsesRequest(body, items, tools)


def _check_reasoning_options(body: dict[str, Any], card: ModelCard) -> None:
    if card.reasoning:
        if body.get("temperature") is not None:
            raise unsupported_parameter("temperature")
        if (body.get("reasoning") or {}).get("summary") and not card.summaries:
            message = "Your organization must be verified to generate reasoning summaries."
            raise Refusal(400, message, code="unsupported_value", param="reasoning.summary")
        return
    for name, value in (body.get("reasoning") or {}).items():
        if value is not None:
            raise unsupported_parameter(f"reasoning.{name}")
    if ENCRYPTED in (body.get("include") or ()):
        raise Refusal(400, "Encrypted content is not supported with this model.", param="include")


def _check_tool(tool: dict[str, Any], path: str) -> None:
    kind = tool.get("type")
    if kind in HOSTED_TOOLS:
        return
    if kind not in TOOL_FIELDS:
        raise invalid_value(f"{path}.type", f"Invalid value: '{kind}'.")
    for name in tool:
        if name not in TOOL_FIELDS[kind]:
            raise unknown_parameter(f"{path}.{name}")
    if kind == "function":
        check_function(tool, path, strict=tool.get("strict") is not False)
    else:
        check_name(tool.get("name"), f"{path}.name")


@dataclass(frozen=True)
class Answer:
    """A finished response."""

    request: ResponsesRequest
    id: str
    created: float
    output: list[Item]
    usage: Usage

    @classmethod
    def of(cls, request: ResponsesRequest, outputs: list[Output]) -> "Answer":
        output = [_item(request.body, output) for output in outputs]
        return cls(request, _new("resp"), time.time(), output, Usage.of(request.body, outputs))

    def object(self, status: str = "completed", error: dict[str, Any] | None = None) -> dict[str, Any]:
        """The response object; its output and usage are there once it is completed."""
        body, done = self.request.body, status == "completed"
        return {
            "id": self.id,
            "object": "response",
            "created_at": int(self.created),
            "status": status,
            "background": False,
            "error": error,
            "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
            "instructions": body.get("instructions"),
            "max_output_tokens": body.get("max_output_tokens"),
            "model": body["model"],
            "output": self.output if done else [],
            "parallel_tool_calls": body.get("parallel_tool_calls", True),
            "previous_response_id": None,
            "reasoning": {"effort": None, "summary": None, **(body.get("reasoning") or {})},
            "service_tier": "default",
            "store": self.request.stored,
            "temperature": body.get("temperature", 1.0),
            "text": body.get("text") or {"format": {"type": "text"}},
            "tool_choice": body.get("tool_choice", "auto"),
            "tools": self.request.tools,
            "top_p": body.get("top_p", 1.0),
            "truncation": body.get("truncation", "disabled"),
            "usage": _usage(self.usage) if done else None,
            "user": None,
            "metadata": body.get("metadata") or {},
        }

    def frames(self) -> list[bytes]:
        """The stream, one server-sent event each."""
        return [_frame(number, event) for number, event in enumerate(self._events())]

    def failure(self, number: int, code: str, message: str) -> bytes:
        """The event that ends a response which failed."""
        failed = self.object("failed", {"code": code, "message": message})
        return _frame(number, {"type": "response.failed", "response": failed})

    def cut(self, number: int) -> bytes:
        """The event that ends a response which ran out of its output tokens."""
        return _frame(number, {"type": "response.incomplete", "response": self.object("incomplete")})

    def _events(self) -> Iterator[dict[str, Any]]:
        yield {"type": "response.created", "response": self.object("in_progress")}
        yield {"type": "response.in_progress", "response": self.object("in_progress")}
        for index, item in enumerate(self.output):
            yield {"type": "response.output_item.added", "output_index": index, "item": _started(item)}
            for event in _inside(item):
                yield {**event, "item_id": item["id"], "output_index": index}
            yield {"type": "response.output_item.done", "output_index": index, "item": item}
        yield {"type": "response.completed", "response": self.object()}


def _new(prefix: str) -> str:
    return f"{prefix}_{uuid.uuid4().hex}"


def _item(body: dict[str, Any], output: Output) -> Item:
    match output:
        case Text(text):
            part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
            return {"id": _new("msg"), "type": "message", "status": "completed", "role": "assistant", "content": [part]}
        case Call(name):
            call = {"call_id": _new("call"), "name": name, "arguments": output.json}
            return {"id": _new("fc"), "type": "function_call", "status": "completed", **call}
        case CustomCall(name, text):
            call = {"call_id": _new("call"), "name": name, "input": text}
            return {"id": _new("ctc"), "type": "custom_tool_call", "status": "completed", **call}
        case Thought(summary):
            thought = _new("rs")
            wanted = bool(summary) and bool((body.get("reasoning") or {}).get("summary"))
            item: Item = {"id": thought, "type": "reasoning", "summary": []}
            if wanted:
                item["summary"] = [{"type": "summary_text", "text": summary}]
            if ENCRYPTED in (body.get("include") or ()):
                item["encrypted_content"] = seal(thought)
            return item


def _started(item: Item) -> Item:
    """The item as it is announced: still without what its deltas bring."""
    empty = {"content": [], "summary": [], "arguments": "", "input": ""}
    begun = {name: empty.get(name, value) for name, value in item.items()}
    return {**begun, "status": "in_progress"} if "status" in item else begun


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]


def _inside(item: Item) -> Iterator[dict[str, Any]]:
    """The events between an item's `added` and its `done`."""
    match item["type"]:
        case "message":
            part = item["content"][0]
            place = {"content_index": 0}
            yield {"type": "response.content_part.added", **place, "part": {**part, "text": ""}}
            for piece in _pieces(part["text"]):
                yield {"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []}
            yield {"type": "response.output_text.done", **place, "text": part["text"], "logprobs": []}
            yield {"type": "response.content_part.done", **place, "part": part}
        case "reasoning":
            for index, part in enumerate(item["summary"]):
                place = {"summary_index": index}
                yield {"type": "response.reasoning_summary_part.added", **place, "part": {**part, "text": ""}}
                for piece in _pieces(part["text"]):
                    yield {"type": "response.reasoning_summary_text.delta", **place, "delta": piece}
                yield {"type": "response.reasoning_summary_text.done", **place, "text": part["text"]}
                yield {"type": "response.reasoning_summary_part.done", **place, "part": part}
        case "function_call":
            for piece in _pieces(item["arguments"]):
                yield {"type": "response.function_call_arguments.delta", "delta": piece}
            yield {"type": "response.function_call_arguments.done", "arguments": item["arguments"]}
        case "custom_tool_call":
            for piece in _pieces(item["input"]):
                yield {"type": "response.custom_tool_call_input.delta", "delta": piece}
            yield {"type": "response.custom_tool_call_input.done", "input": item["input"]}


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.read,
        "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": 0},
        "output_tokens": usage.written,
        "output_tokens_details": {"reasoning_tokens": usage.thought},
        "total_tokens": usage.read + usage.written,
    }


def _frame(number: int, event: dict[str, Any]) -> bytes:
    data = json.dumps({"type": event["type"], "sequence_number": number, **event}, separators=(",", ":"))
    return f"event: {event['type']}\ndata: {data}\n\n".encode()
