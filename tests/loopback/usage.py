"""Counting tokens: four characters of JSON are one, which is near enough to test limits and sums."""

import json
from dataclasses import dataclass
from typing import Any

from loopback.brains import Call, CustomCall, Output, Text, Thought


def tokens(value: Any) -> int:
    """Tokens of anything that JSON can hold; at least one."""
    return max(1, len(value if isinstance(value, str) else json.dumps(value)) // 4)


@dataclass(frozen=True)
class Usage:
    """What one response cost."""

    read: int
    written: int
    thought: int
    """The part of `written` that was reasoning."""
    cached: int = 0
    """The part of `read` that came from the cache."""

    @classmethod
    def of(cls, request: Any, answer: list[Output]) -> "Usage":
        thought = sum(64 + tokens(item.summary) for item in answer if isinstance(item, Thought))
        return cls(tokens(request), thought + sum(map(_written, answer)), thought)


def _written(item: Output) -> int:
    match item:
        case Text(text):
            return tokens(text)
        case Call():
            return tokens(item.name) + tokens(item.json)
        case CustomCall(name, text):
            return tokens(name) + tokens(text)
        case Thought():
            return 0
