"""The rules for function tools that both APIs share."""

import re
from typing import Any

from loopback.refusals import Refusal, invalid_type, invalid_value, missing_parameter

NAME = re.compile(r"^[a-zA-Z0-9_-]+$")
LONGEST_NAME = 64


def check_function(tool: dict[str, Any], path: str, *, strict: bool) -> None:
    """Refuse a bad name, a schema that is no object, and what a strict schema may not leave out.

    `tool` has `name` and `parameters`; `path` is where it stands in the request.
    """
    check_name(tool.get("name"), f"{path}.name")
    schema = tool.get("parameters")
    if schema is None:
        return
    if not isinstance(schema, dict):
        raise invalid_type(f"{path}.parameters", "an object")
    name = tool["name"]
    if schema.get("type") != "object":
        got = schema.get("type")
        raise _bad(name, path, f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{got}\"'.")
    if strict:
        _check_strict(schema, (), name, path)


def check_name(name: object, path: str) -> None:
    if name is None:
        raise missing_parameter(path)
    if not isinstance(name, str) or not NAME.match(name):
        pattern = NAME.pattern
        raise invalid_value(path, f"Invalid '{path}': string does not match pattern. Expected '{pattern}'.")
    if len(name) > LONGEST_NAME:
        raise Refusal(
            400,
            f"Invalid '{path}': string too long. Expected a maximum length of {LONGEST_NAME}.",
            code="string_above_max_length",
            param=path,
        )


def _bad(name: str, path: str, why: str) -> Refusal:
    message = f"Invalid schema for function '{name}': {why}"
    return Refusal(400, message, code="invalid_function_parameters", param=f"{path}.parameters")


def _check_strict(schema: dict[str, Any], context: tuple[str, ...], name: str, path: str) -> None:
    where = f"In context={context}"
    if schema.get("type") == "object" or "properties" in schema:
        if schema.get("additionalProperties") is not False:
            raise _bad(name, path, f"{where}, 'additionalProperties' is required to be supplied and to be false.")
        properties = schema.get("properties", {})
        missing = sorted(set(properties) - set(schema.get("required", ())))
        if missing:
            need = "'required' is required to be supplied and to be an array including every key in properties."
            raise _bad(name, path, f"{where}, {need} Missing '{missing[0]}'.")
        for key, value in properties.items():
            _check_strict(value, (*context, "properties", key), name, path)
    if isinstance(schema.get("items"), dict):
        _check_strict(schema["items"], (*context, "items"), name, path)
    for key, value in schema.get("$defs", {}).items():
        _check_strict(value, (*context, "$defs", key), name, path)
    for index, value in enumerate(schema.get("anyOf", ())):
        _check_strict(value, (*context, "anyOf", str(index)), name, path)
