"""The rules for the input items of the Responses API: their shape, and what must stand beside what."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import get_args

from loopback.brains import MODEL_TYPES, Item
from loopback.refusals import Refusal, empty_array, invalid_type, invalid_value, missing_parameter, unknown_parameter
from openai.types.responses import response_input_item_param

CALLS = {"function_call": "function_call_output", "custom_tool_call": "custom_tool_call_output"}
NOUNS = {"function_call": "function call", "custom_tool_call": "custom tool call"}
ID_PREFIXES = {
    "message": "msg",
    "function_call": "fc",
    "function_call_output": "fc",
    "custom_tool_call": "ctc",
    "custom_tool_call_output": "ctc",
    "reasoning": "rs",
}
PARTS = {
    "user": ("input_text", "input_image", "input_file"),
    "system": ("input_text", "input_image", "input_file"),
    "developer": ("input_text", "input_image", "input_file"),
    "assistant": ("output_text", "refusal"),
}


@dataclass(frozen=True)
class _Shape:
    known: frozenset[str]
    required: frozenset[str]


def _shapes() -> dict[str, _Shape]:
    """Fields of each item type, read from the types of the client library, so that they stay those of the API."""
    shapes: dict[str, _Shape] = {}
    for declared in get_args(response_input_item_param.ResponseInputItemParam):
        fields = {name: str(annotation) for name, annotation in declared.__annotations__.items()}
        found = re.search(r"Literal\[\\?'(\w+)\\?'\]", fields["type"])
        assert found is not None, declared
        required = frozenset(name for name, text in fields.items() if "Required[" in text) - {"type"}
        if found[1] == "message":  # three kinds of message share the type; roles are checked on their own
            known = shapes[found[1]].known if found[1] in shapes else frozenset()
            shapes[found[1]] = _Shape(known | frozenset(fields), frozenset({"role", "content"}))
        else:
            shapes[found[1]] = _Shape(frozenset(fields), required)
    # The API gives these out with a status, which the types do not know, and takes them back with it.
    custom = shapes["custom_tool_call"]
    shapes["custom_tool_call"] = _Shape(custom.known | {"status"}, custom.required)
    return shapes


SHAPES = _shapes()


@dataclass
class Archive:
    """What the server remembers of the items that it gave out."""

    stored: set[str] = field(default_factory=set)
    """Ids of items of responses with `store`."""
    thoughts: dict[str, str] = field(default_factory=dict)
    """Id of an item → id of the reasoning item that came before it."""

    def keep(self, output: Iterable[Item], *, store: bool) -> None:
        thought = ""
        for item in output:
            if item["type"] == "reasoning":
                thought = item["id"]
            elif thought:
                self.thoughts[item["id"]] = thought
                thought = ""
            if store:
                self.stored.add(item["id"])


def seal(item_id: str) -> str:
    """Stand-in for encrypted reasoning: any instance of the server can verify it, nobody has to store it."""
    return f"gAAAAA{item_id}.{hashlib.sha256(f'loopback {item_id}'.encode()).hexdigest()}"


def check_items(value: object, archive: Archive) -> list[Item]:
    """All of `input`, as a list of items.

    Raises:
        Refusal: as the API would refuse it.
    """
    if isinstance(value, str):
        return [{"type": "message", "role": "user", "content": value}]
    if value is None:
        raise missing_parameter("input")
    if not isinstance(value, list):
        raise invalid_type("input", "one of a string or array of input items")
    if not value:
        raise empty_array("input")
    items = [_shaped(item, f"input[{index}]") for index, item in enumerate(value)]
    _check_ids(items, archive)
    _check_pairs(items)
    _check_reasoning(items, archive)
    return items


def _shaped(item: object, path: str) -> Item:
    if not isinstance(item, dict):
        raise invalid_type(path, "an object")
    kind = item.get("type", "message" if "role" in item else None)
    if kind is None:
        raise missing_parameter(f"{path}.type")
    if kind not in SHAPES:
        supported = ", ".join(f"'{name}'" for name in sorted(SHAPES))
        raise invalid_value(f"{path}.type", f"Invalid value: '{kind}'. Supported values are: {supported}.")
    shape = SHAPES[kind]
    for name in item:
        if name not in shape.known:
            raise unknown_parameter(f"{path}.{name}")
    for name in sorted(shape.required):
        # Reasoning may come back without its id: then the encrypted content alone says what it was.
        if name not in item and not (kind == "reasoning" and name == "id"):
            raise missing_parameter(f"{path}.{name}")
    for name in ("arguments", "name", "call_id", "input"):
        if name in item and not isinstance(item[name], str):
            raise invalid_type(f"{path}.{name}", "a string")
    if kind == "message":
        _check_message(item, path)
    return {**item, "type": kind}


def _check_message(item: Item, path: str) -> None:
    role, content = item["role"], item["content"]
    if role not in PARTS:
        supported = ", ".join(f"'{name}'" for name in PARTS)
        raise invalid_value(f"{path}.role", f"Invalid value: '{role}'. Supported values are: {supported}.")
    if isinstance(content, str):
        return
    if not isinstance(content, list):
        raise invalid_type(f"{path}.content", "one of a string or array of content parts")
    for index, part in enumerate(content):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind not in PARTS[role]:
            supported = " and ".join(f"'{name}'" for name in PARTS[role])
            where = f"{path}.content[{index}]"
            raise invalid_value(where, f"Invalid value: '{kind}'. Supported values are: {supported}.")


def _check_ids(items: list[Item], archive: Archive) -> None:
    seen: set[str] = set()
    for index, item in enumerate(items):
        item_id = item.get("id")
        if item_id is None:
            continue
        prefix = ID_PREFIXES.get(item["type"], "")
        if not isinstance(item_id, str) or not item_id.startswith(prefix):
            path = f"input[{index}].id"
            raise invalid_value(path, f"Invalid '{path}': '{item_id}'. Expected an ID that begins with '{prefix}'.")
        if item_id in seen:
            message = f"Duplicate item found with id {item_id}. Remove duplicate items from your input and try again."
            raise Refusal(400, message, param="input")
        seen.add(item_id)
        if item["type"] == "item_reference" and item_id not in archive.stored:
            raise _not_found(item_id)


def _check_pairs(items: list[Item]) -> None:
    for call, output in CALLS.items():
        called: set[str] = set()
        answered: set[str] = set()
        for item in items:
            if item["type"] == call:
                called.add(item["call_id"])
            elif item["type"] == output:
                if item.get("call_id") not in called:
                    message = f"No tool call found for {NOUNS[call]} output with call_id {item.get('call_id')}."
                    raise Refusal(400, message, param="input")
                answered.add(item["call_id"])
        for missing in sorted(called - answered):
            raise Refusal(400, f"No tool output found for {NOUNS[call]} {missing}.", param="input")


def _check_reasoning(items: list[Item], archive: Archive) -> None:
    present = {item.get("id") for item in items}
    for index, item in enumerate(items):
        item_id = item.get("id")
        needed = archive.thoughts.get(item_id or "")
        if needed is not None and needed in archive.stored and needed not in present:
            message = f"Item '{item_id}' of type '{item['type']}' was provided without its required 'reasoning' item"
            raise Refusal(400, f"{message}: '{needed}'.", param="input")
        if item["type"] != "reasoning":
            continue
        encrypted = item.get("encrypted_content")
        if encrypted:
            if encrypted != seal(encrypted.removeprefix("gAAAAA").partition(".")[0]):
                message = "The encrypted content could not be verified. Reason: it could not be decrypted or parsed."
                raise Refusal(400, message, code="invalid_encrypted_content")
        elif item_id not in archive.stored:
            raise _not_found(str(item_id))
        following = items[index + 1]["type"] if index + 1 < len(items) else ""
        assistant = following == "message" and items[index + 1]["role"] == "assistant"
        if following not in MODEL_TYPES and not assistant:
            message = f"Item '{item_id}' of type 'reasoning' was provided without its required following item."
            raise Refusal(400, message, param="input")


def _not_found(item_id: str) -> Refusal:
    message = f"Item with id '{item_id}' not found. Items are not persisted when `store` is set to false."
    return Refusal(404, f"{message} Try again with `store` set to true, or remove this item.", param="input")
