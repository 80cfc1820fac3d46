"""Checks one value at a time against the typed settings, so that an error names its key and says what is allowed.

The settings' own annotations are the only source of what is known and allowed. Nothing here does I/O.
"""

import difflib
import typing
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import inspect as mi

from golfer_tui.config.tables import TABLES, check_table
from golfer_tui.model.errors import UsageError
from golfer_tui.model.gpus import ANY, GpuRequest
from golfer_tui.model.patterns import pattern
from golfer_tui.model.settings import Settings

Flat = dict[str, Any]
"""Checked values by dotted key, such as `pool.max_gpus`."""

SHOWN = 60
"""Characters of a wrong value that an error repeats."""


def _walk(struct: type[msgspec.Struct], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for name, annotation in typing.get_type_hints(struct, include_extras=True).items():
        if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
            yield from _walk(annotation, f"{prefix}{name}.")
        else:
            yield prefix + name, annotation


KEYS: dict[str, Any] = dict(_walk(Settings))
"""Every dotted key with its annotation."""

SECTIONS = {key.split(".")[0] for key in KEYS if "." in key}


def flatten(raw: Mapping[str, Any], where: str) -> Flat:
    """A file's tables as dotted keys, unchecked; a table with values of its own, such as `pool.gpus`, stays whole.

    Raises:
        UsageError: `settings.unknown` or `settings.value`.
    """
    flat: Flat = {}
    for name, value in raw.items():
        if name not in SECTIONS:
            flat[_known(name, where)] = value
        elif not isinstance(value, dict):
            raise UsageError("settings.value", f"{where}: {name} is a table.", hint=f"Write [{name}] on a line.")
        else:
            flat |= {_known(f"{name}.{inner}", where): item for inner, item in value.items()}
    return flat


def _known(key: str, where: str) -> str:
    if key not in KEYS:
        raise UsageError("settings.unknown", f"{where}: unknown key {key}.", hint=_instead(key))
    return key


def _instead(key: str) -> str:
    section = f"{key.split('.')[0]}." if "." in key else ""
    known = sorted(other for other in KEYS if other.startswith(section)) if section else [*KEYS]
    if near := closest(key, KEYS):
        return f"Did you mean {near}?"
    shown = known if section else sorted({*SECTIONS, *(other for other in known if "." not in other)})
    return f"Known here: {', '.join(shown)}."


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant: a slip of the keyboard, or the right name in the wrong section."""
    names = list(known)
    if near := difflib.get_close_matches(name, names, n=1, cutoff=0.75):
        return near[0]
    last = name.split(".")[-1]
    return next((other for other in names if other.split(".")[-1] == last), None)


def check(key: str, value: object, where: str, *, name: str = "", text: bool = False) -> Any:
    """The value of a known key in its right type.

    Args:
        key: The dotted key.
        value: As it was read.
        where: The file, or empty if `name` says it all.
        name: What the person wrote, if it is not the key: a variable or a flag.
        text: True if the value came as text and has to be read.

    Raises:
        UsageError: `settings.value`, `approvals.pattern`.
    """
    if key in TABLES:
        return check_table(key, value, f"{where}: {name}" if where and name else name or where, allowed, text=text)
    annotation = KEYS[key]
    info = mi.type_info(annotation)
    subject = f"{where}: {name or key}" if where else name or key
    try:
        given = _parse(info, value) if text else _dotted(value) if key == "keys" else value
        checked = msgspec.convert(given, annotation, strict=not text)
        checked = _types(checked) if key in {"pool.gpus", "prices.gpus"} else checked
    except (msgspec.ValidationError, ValueError, UsageError):
        raise UsageError(
            "settings.value",
            f"{subject} cannot be {_show(value)}.",
            hint=f"It takes {allowed(info, text=text)}.",
        ) from None
    if key == "approvals.commands":
        for each in checked:
            pattern(each, subject)
    return checked


def _types(gpus: Mapping[str, float]) -> dict[str, float]:
    """Limits or prices by type, under the names that requests use."""
    requests = {name: GpuRequest.parse(name) for name in gpus}
    if any(request is None or request.count != 1 or request.fallbacks for request in requests.values()):
        raise ValueError("a key is no type of GPU")
    if any(name.endswith(("!", "+")) or name.upper() == ANY for name in gpus):
        raise ValueError("a key says how to choose a type, and is none")
    return {request.type: gpus[name] for name, request in requests.items() if request}


def _dotted(value: object) -> object:
    """`worker.kill = "k"` without quotes is a table in a table."""
    if not isinstance(value, dict):
        return value
    flat: dict[str, object] = {}
    for name, item in value.items():
        flat |= {f"{name}.{inner}": each for inner, each in item.items()} if isinstance(item, dict) else {name: item}
    return flat


def _parse(info: mi.Type, value: object) -> object:
    """Split a variable's text where the setting is a list or a table; the rest is left to the conversion."""
    items = [item for part in str(value).split(",") if (item := part.strip())]
    match info:
        case mi.VarTupleType():
            return items
        case mi.DictType(value_type=mi.StructType(fields=fields)):
            pairs = [item.rpartition("=") for item in items]
            names = [field.name for field in fields]
            return {key.strip(): dict(zip(names, words.split("/"), strict=True)) for key, _, words in pairs}
        case mi.DictType(value_type=mi.UnionType()):
            several: dict[str, list[str]] = {}
            for key, _, word in (item.partition("=") for item in items):
                several.setdefault(key.strip(), []).append(word.strip())
            return several
        case mi.DictType():
            pairs = [item.partition("=") for item in items]
            return {key.strip(): amount.strip() for key, _, amount in pairs}
        case _:
            return str(value).strip()


def allowed(info: mi.Type, *, text: bool = False) -> str:
    """What a setting of this type takes, in words; `text`: as it is written in a variable."""
    match info:
        case mi.LiteralType(values=values):
            return " or ".join(str(value) for value in values)
        case mi.BoolType():
            return "true or false"
        case mi.IntType(ge=least, le=most):
            return f"a whole number from {least} to {most}"
        case mi.FloatType(ge=0, le=most):
            return f"a number from 0 to {most}"
        case mi.FloatType(gt=above, le=most):
            return f"a number above {above} and up to {most}"
        case mi.VarTupleType(item_type=mi.IntType(ge=least, le=most)):
            example = "8000,8080" if text else "[8000, 8080]"
            return f"a list of whole numbers from {least} to {most}, such as {example}"
        case mi.VarTupleType(item_type=mi.LiteralType(values=values)):
            return f"a list of {', '.join(map(str, values))}" + (", with commas between" if text else "")
        case mi.VarTupleType():
            return "a list, with commas between" if text else 'a list of texts, such as ["a", "b"]'
        case mi.DictType(value_type=mi.StructType(fields=fields)):
            names = [field.name for field in fields]
            example = "gpt-5=1.25/0.125/10" if text else '{ "gpt-5" = { input = 1.25, cached = 0.125, output = 10 } }'
            return f"names with {', '.join(names)}, such as {example}"
        case mi.DictType(value_type=mi.UnionType()):
            example = (
                "worker.kill=ctrl+k,worker.zoom=z" if text else '{ "worker.kill" = "ctrl+k", "worker.zoom" = ["z"] }'
            )
            return f"actions with a key or a list of keys, such as {example}"
        case mi.DictType(value_type=mi.FloatType()):
            return "types of GPU with dollars, such as " + ("H100=3.95,A100-80GB=2.5" if text else "{ H100 = 3.95 }")
        case mi.DictType():
            return "types of GPU with counts, such as " + ("H100=4,A100=2" if text else "{ H100 = 4, A100 = 2 }")
        case mi.UnionType(types=types):
            return " or ".join(allowed(part, text=text) for part in types if not isinstance(part, mi.NoneType))
        case _:
            return "a text"


def _show(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"


def nest(flat: Flat) -> dict[str, Any]:
    """Dotted keys as tables again."""
    nested: dict[str, Any] = {}
    for key, value in flat.items():
        section, dot, name = key.partition(".")
        if dot:
            nested.setdefault(section, {})[name] = value
        else:
            nested[key] = value
    return nested
