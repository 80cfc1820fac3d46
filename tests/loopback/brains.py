"""What the loopback server answers: output items, and functions from the conversation so far to the next of them.

A brain sees the conversation in one form whichever API it came by: the items of the Responses API, with the
instructions in front as a system message.
"""

import inspect
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Item = dict[str, Any]


@dataclass(frozen=True)
class Text:
    """An assistant message."""

    text: str


@dataclass(frozen=True)
class Call:
    """A call of a function tool."""

    name: str
    arguments: dict[str, Any] | str = field(default_factory=dict)
    """A string is sent as it is, so a test can send broken JSON."""

    @property
    def json(self) -> str:
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)


@dataclass(frozen=True)
class Thought:
    """A reasoning item; `summary` is streamed only if the request asked for summaries. Chat completions drop it."""

    summary: str = ""


@dataclass(frozen=True)
class CustomCall:
    """A call of a custom (free text) tool such as `apply_patch`."""

    name: str
    input: str


Output = Text | Call | Thought | CustomCall
Brain = Callable[[list[Item], list[Item]], Sequence[Output] | Awaitable[Sequence[Output]]]

MODEL_TYPES = ("reasoning", "function_call", "custom_tool_call")
OUTPUT_TYPES = ("function_call_output", "custom_tool_call_output")


async def think(brain: Brain, items: list[Item], tools: list[Item]) -> list[Output]:
    """Ask a plain or an async brain."""
    answer = brain(items, tools)
    return list(await answer if inspect.isawaitable(answer) else answer)


def text_of(item: Item) -> str:
    """The text of a message or of a tool's output."""
    content = item.get("content", item.get("output", ""))
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content or ())


def by_model(item: Item) -> bool:
    """True if a model wrote the item."""
    return item.get("type") in MODEL_TYPES or item.get("role") == "assistant"


def rounds(items: Sequence[Item]) -> int:
    """How often a model has answered since the last message of the user."""
    count, before = 0, False
    for item in items:
        if item.get("role") == "user":
            count = 0
        count += by_model(item) and not before
        before = by_model(item)
    return count


def prompt(items: Sequence[Item]) -> str:
    """The last message of the user."""
    return next((text_of(item) for item in reversed(items) if item.get("role") == "user"), "")


def instructions(items: Sequence[Item]) -> str:
    """All system messages."""
    return "\n".join(text_of(item) for item in items if item.get("role") in {"system", "developer"})


def outputs(items: Sequence[Item]) -> list[str]:
    """What the tools answered, in order."""
    return [text_of(item) for item in items if item.get("type") in OUTPUT_TYPES]


def echo(items: list[Item], tools: list[Item]) -> list[Output]:
    """Repeat the last message of the user."""
    return [Text(f"You said: {prompt(items)}")]


def script(*steps: Sequence[Output]) -> Brain:
    """Answer the first model call after each message of the user with the first step, the next with the second …

    Holds no state, so any number of conversations may run at once. The last step is repeated.
    """

    def brain(items: list[Item], tools: list[Item]) -> Sequence[Output]:
        return steps[min(rounds(items), len(steps) - 1)]

    return brain
