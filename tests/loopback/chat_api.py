"""`POST /v1/chat/completions`: checking a request, and an answer as one object or as a stream of chunks.

OpenAI's own endpoint takes custom tools, compatible servers mostly do not; this one refuses them, which is the harder
case for a client.
"""

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from loopback.brains import Call, CustomCall, Item, Output, Text
from loopback.models import ModelCard
from loopback.refusals import (
    Refusal,
    empty_array,
    invalid_type,
    invalid_value,
    missing_parameter,
    unknown_parameter,
)
from loopback.tool_schemas import check_function
from loopback.usage import Usage, tokens
from openai.types.chat import ChatCompletionMessageParam
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming

PARAMETERS = frozenset(CompletionCreateParamsStreaming.__annotations__)
ROLES = ("developer", "system", "user", "assistant", "tool", "function")
MESSAGE_FIELDS = dict(
    zip(ROLES, (frozenset(kind.__annotations__) for kind in get_args(ChatCompletionMessageParam)), strict=True)
)
FUNCTION_FIELDS = frozenset({"name", "description", "parameters", "strict"})
PIECE = 12
"""Characters in one delta."""


@dataclass(frozen=True)
class ChatRequest:
    """A request that was found good."""

    body: dict[str, Any]
    conversation: list[Item]
    """The messages as items of the Responses API."""
    tools: list[Item]
    """The tools in the form of the Responses API."""

    @property
    def stream(self) -> bool:
        return bool(self.body.get("stream"))


def check(body: dict[str, Any], card: ModelCard) -> ChatRequest:
    """Refuse what the API refuses."""
    for name in body:
        if name not in PARAMETERS:
            raise unknown_parameter(name)
    messages = body.get("messages")
    if messages is None:
        raise missing_parameter("messages")
    if not isinstance(messages, list):
        raise invalid_type("messages", "an array of objects")
    if not messages:
        raise empty_array("messages")
    for index, message in enumerate(messages):
        _check_message(message, f"messages[{index}]")
    _check_pairs(messages)
    if body.get("stream_options") is not None and not body.get("stream"):
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise Refusal(400, message, param="stream_options")
    tools = _check_tools(body, card)
    if tokens(body) > card.context:
        message = (
            f"This model's maximum context length is {card.context} tokens. However, your messages resulted in "
            f"{tokens(body)} tokens. Please reduce the length of the messages."
        )
        raise Refusal(400, message, code="context_length_exceeded", param="messages")
    return ChatRequest(body, list(_items(messages)), tools)


def _check_message(message: object, path: str) -> None:
    if not isinstance(message, dict):
        raise invalid_type(path, "an object")
    role = message.get("role")
    if role is None:
        raise missing_parameter(f"{path}.role")
    if role not in MESSAGE_FIELDS:
        supported = ", ".join(f"'{name}'" for name in MESSAGE_FIELDS)
        raise invalid_value(f"{path}.role", f"Invalid value: '{role}'. Supported values are: {supported}.")
    for name in message:
        if name not in MESSAGE_FIELDS[role]:
            raise unknown_parameter(f"{path}.{name}")
    if message.get("content") is None and not message.get("tool_calls"):
        message_ = "Invalid value for 'content': expected a string, got null."
        raise Refusal(400, message_, param=f"{path}.content")
    if role == "tool" and "tool_call_id" not in message:
        raise missing_parameter(f"{path}.tool_call_id")
    for index, call in enumerate(message.get("tool_calls") or ()):
        if call.get("type") != "function" or not isinstance(call.get("function", {}).get("arguments"), str):
            raise invalid_value(f"{path}.tool_calls[{index}]", "Invalid tool call.")


def _check_pairs(messages: list[dict[str, Any]]) -> None:
    waiting: list[str] = []
    for index, message in enumerate(messages):
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                text = "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
                raise Refusal(400, f"Invalid parameter: {text}", param=f"messages.[{index}].role")
            waiting.remove(message["tool_call_id"])
            continue
        _nothing_waits(waiting)
        waiting = [call["id"] for call in message.get("tool_calls") or ()]
    _nothing_waits(waiting)


def _nothing_waits(waiting: list[str]) -> None:
    if waiting:
        text = "An assistant message with 'tool_calls' must be followed by tool messages responding to each"
        missing = f"The following tool_call_ids did not have response messages: {', '.join(waiting)}"
        raise Refusal(400, f"{text} 'tool_call_id'. {missing}", param="messages")


def _check_tools(body: dict[str, Any], card: ModelCard) -> list[Item]:
    effort, tools = body.get("reasoning_effort"), body.get("tools")
    if effort is not None and not card.reasoning:
        raise Refusal(400, "Unrecognized request argument supplied: reasoning_effort")
    if tools is None:
        if body.get("parallel_tool_calls") is not None:
            message = "'parallel_tool_calls' is only allowed when 'tools' are specified."
            raise Refusal(400, f"Invalid value for 'parallel_tool_calls': {message}", param="parallel_tool_calls")
        return []
    if not tools:
        raise empty_array("tools")
    for index, tool in enumerate(tools):
        path = f"tools[{index}]"
        if tool.get("type") != "function":
            text = f"Invalid value: '{tool.get('type')}'. Supported values are: 'function'."
            raise invalid_value(f"{path}.type", text)
        for name in tool["function"]:
            if name not in FUNCTION_FIELDS:
                raise unknown_parameter(f"{path}.function.{name}")
        check_function(tool["function"], f"{path}.function", strict=bool(tool["function"].get("strict")))
    if not card.tools_on_chat and effort != "none":
        message = (
            f"Function tools with reasoning_effort are not supported for {card.name} in /v1/chat/completions. "
            "To use function tools, use /v1/responses or set reasoning_effort to 'none'."
        )
        raise Refusal(400, message, param="reasoning_effort")
    return [{"type": "function", **tool["function"]} for tool in tools]


def _items(messages: list[dict[str, Any]]) -> Iterator[Item]:
    for message in messages:
        if message["role"] == "tool":
            output = {"call_id": message["tool_call_id"], "output": message["content"]}
            yield {"type": "function_call_output", **output}
            continue
        if message.get("content") is not None:
            yield {"type": "message", "role": message["role"], "content": message["content"]}
        for call in message.get("tool_calls") or ():
            yield {"type": "function_call", "call_id": call["id"], **call["function"]}


@dataclass(frozen=True)
class Completion:
    """A finished answer."""

    request: ChatRequest
    id: str
    created: int
    text: str
    calls: list[dict[str, Any]]
    usage: Usage

    @classmethod
    def of(cls, request: ChatRequest, outputs: list[Output]) -> "Completion":
        """Reasoning stays with the server, as it does on this API."""
        assert not any(isinstance(output, CustomCall) for output in outputs), "chat completions have no custom tools"
        text = "".join(output.text for output in outputs if isinstance(output, Text))
        calls = [
            {
                "id": f"call_{uuid.uuid4().hex}",
                "type": "function",
                "function": {"name": output.name, "arguments": output.json},
            }
            for output in outputs
            if isinstance(output, Call)
        ]
        usage = Usage.of(request.body, outputs)
        return cls(request, f"chatcmpl-{uuid.uuid4().hex}", int(time.time()), text, calls, usage)

    @property
    def _finish(self) -> str:
        return "tool_calls" if self.calls else "stop"

    def _head(self, kind: str) -> dict[str, Any]:
        head = {"id": self.id, "object": kind, "created": self.created, "model": self.request.body["model"]}
        return {**head, "service_tier": "default", "system_fingerprint": None}

    def object(self) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": self.text or None, "refusal": None}
        if self.calls:
            message["tool_calls"] = self.calls
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self._finish}
        return {**self._head("chat.completion"), "choices": [choice], "usage": _usage(self.usage)}

    def frames(self) -> list[bytes]:
        """The stream, one server-sent event each; usage only for those who asked."""
        counted = bool((self.request.body.get("stream_options") or {}).get("include_usage"))
        head = self._head("chat.completion.chunk")
        extra: dict[str, Any] = {"usage": None} if counted else {}
        chunks = [{**head, "choices": [choice], **extra} for choice in self._choices()]
        if counted:
            chunks.append({**head, "choices": [], "usage": _usage(self.usage)})
        return [*map(_frame, chunks), b"data: [DONE]\n\n"]

    def cut(self) -> bytes:
        """The chunk that ends an answer which ran out of its output tokens."""
        choice = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "length"}
        return _frame({**self._head("chat.completion.chunk"), "choices": [choice]})

    def _choices(self) -> Iterator[dict[str, Any]]:
        for delta in self._deltas():
            yield {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}
        yield {"index": 0, "delta": {}, "logprobs": None, "finish_reason": self._finish}

    def _deltas(self) -> Iterator[dict[str, Any]]:
        yield {"role": "assistant", "content": "" if self.text else None, "refusal": None}
        for start in range(0, len(self.text), PIECE):
            yield {"content": self.text[start : start + PIECE]}
        for index, call in enumerate(self.calls):
            arguments = call["function"]["arguments"]
            function = {"name": call["function"]["name"], "arguments": ""}
            yield {"tool_calls": [{"index": index, "id": call["id"], "type": "function", "function": function}]}
            for start in range(0, len(arguments), PIECE):
                piece = {"arguments": arguments[start : start + PIECE]}
                yield {"tool_calls": [{"index": index, "function": piece}]}


def failure(code: str, message: str) -> bytes:
    """An error in mid-stream, as compatible servers send it."""
    return _frame({"error": {"message": message, "type": "server_error", "param": None, "code": code}})


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.read,
        "completion_tokens": usage.written,
        "total_tokens": usage.read + usage.written,
        "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": usage.thought, "audio_tokens": 0},
    }


def _frame(chunk: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(chunk, separators=(',', ':'))}\n\n".encode()
