"""Checks the settings that hold tables of their own, `[workers.NAME]` and `[[mounts]]`, one value at a time.

The one place that says which options of a bucket go together.
"""

import json
import posixpath
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import msgspec
from msgspec import inspect as mi

from golfer_tui.model.errors import UsageError
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.profiles import MountSettings, ProfileSettings
from golfer_tui.model.settings import Settings

SHOWN = 60
"""Characters of a wrong value that an error repeats."""
TABLES = ("mounts", "workers")
"""Keys of these settings."""


class Words(Protocol):
    """Says what a setting of this type takes."""

    def __call__(self, info: mi.Type, *, text: bool = False) -> str: ...


def check_table(key: str, value: object, where: str, words: Words, *, text: bool) -> Any:
    """The value of one of `TABLES` in its right type.

    Args:
        key: Which one.
        value: As it was read.
        where: What it comes from, to begin the sentence with.
        words: Says what is allowed.
        text: True if it came as text: JSON then.

    Raises:
        UsageError: `settings.unknown`, `settings.value` or `settings.mount`.
    """
    if text:
        try:
            value = json.loads(str(value))
        except ValueError as error:
            hint = "Write it as JSON, or as tables into golfer.toml."
            raise UsageError("settings.value", f"{where} is no JSON: {error}.", hint=hint) from None
    if key == "mounts":
        return _mounts("mounts", value, where, words)
    profiles = _whole(value, dict, f"{where}: workers", "tables such as [workers.big]")
    return {str(name): _profile(f"workers.{name}", table, where, words) for name, table in profiles.items()}


def _profile(name: str, value: object, where: str, words: Words) -> ProfileSettings:
    table = dict(_whole(value, dict, f"{where}: {name}", f"a table: write [{name}]"))
    mounts = _mounts(f"{name}.mounts", table.pop("mounts", []), where, words)
    profile: ProfileSettings = _struct(ProfileSettings, name, table, where, words)
    try:
        GpuRequest.parse(profile.gpu)
    except UsageError as error:
        raise UsageError("settings.value", f"{where}: {name}.gpu: {error.message}", hint=error.hint) from None
    return msgspec.structs.replace(profile, mounts=mounts)


def _mounts(name: str, value: object, where: str, words: Words) -> tuple[MountSettings, ...]:
    tables = _whole(value, list, f"{where}: {name}", f"tables: write [[{name}]]")
    mounts = []
    for number, table in enumerate(tables, 1):
        title = f"{name} number {number}"
        found = _whole(table, dict, f"{where}: {title}", f"a table: write [[{name}]]")
        mount = _struct(MountSettings, title, found, where, words)
        if wrong := wrong_mount(mount):
            raise UsageError("settings.mount", f"{where}: {title} ({mount.bucket}): {wrong}")
        mounts.append(mount)
    return tuple(mounts)


def _struct(kind: type[Any], name: str, table: Mapping[str, object], where: str, words: Words) -> Any:
    fields = {field.name: field for field in mi.type_info(kind).fields}  # type: ignore[attr-defined]
    for key, value in table.items():
        if key not in fields:
            raise UsageError(
                "settings.unknown", f"{where}: {name}: unknown key {key}.", hint=f"Known here: {', '.join(fields)}."
            )
        try:
            msgspec.convert({**_required(fields), key: value}, kind)
        except msgspec.ValidationError:
            hint = f"It takes {words(fields[key].type)}."
            raise UsageError("settings.value", f"{where}: {name}: {key} cannot be {_show(value)}.", hint=hint) from None
    for key in _required(fields):
        if not table.get(key):
            hint = f"It takes {words(fields[key].type)}."
            raise UsageError("settings.value", f"{where}: {name}: {key} is missing.", hint=hint)
    return msgspec.convert(table, kind)


def _required(fields: Mapping[str, Any]) -> dict[str, str]:
    return {name: "" for name, field in fields.items() if field.required}


def _whole(value: Any, kind: type[Any], where: str, takes: str) -> Any:
    if not isinstance(value, kind):
        raise UsageError("settings.value", f"{where} cannot be {_show(value)}.", hint=f"It takes {takes}.")
    return value


def _show(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"


def wrong_mount(mount: MountSettings) -> str:
    """Why these options of a bucket do not go together, in a sentence; empty if they do."""
    inline = bool(mount.key_variable or mount.secret_variable)
    path = posixpath.normpath(mount.path)
    checks = (
        (not mount.path.startswith("/") or path == "/", f"path must be absolute and no root, and is {mount.path!r}."),
        (bool(mount.secret) and inline, "credentials come from a secret or from variables, not from both."),
        (bool(mount.key_variable) != bool(mount.secret_variable), "key_variable and secret_variable go together."),
        (bool(mount.token_variable) and not inline, "token_variable needs key_variable and secret_variable."),
        (bool(mount.token_variable) and mount.kind != "s3", "token_variable is for s3 only."),
        (bool(mount.secret_environment) and not mount.secret, "secret_environment needs secret."),
        (bool(mount.account) and mount.kind != "r2", "account is for r2 only."),
        (mount.kind == "r2" and not (mount.account or mount.endpoint), "r2 needs account, or endpoint."),
        (mount.kind == "r2" and bool(mount.account and mount.endpoint), "r2 takes account or endpoint, not both."),
        (mount.kind == "r2" and bool(mount.prefix), "r2 takes no prefix."),
        (
            mount.kind == "gcs" and not (mount.secret or inline),
            "gcs needs secret, or key_variable and secret_variable.",
        ),
    )
    return next((sentence for failed, sentence in checks if failed), "")


def check_places(settings: Settings) -> None:
    """See that no two buckets of a worker, and no bucket and its workspace, lie in each other.

    Raises:
        UsageError: `settings.mount`.
    """
    _apart(settings.mounts, settings.modal.workspace)
    for profile in settings.workers.values():
        _apart((*settings.mounts, *profile.mounts), settings.modal.workspace)


def _apart(mounts: Iterable[MountSettings], workspace: str) -> None:
    taken = {"the workspace": posixpath.normpath(workspace)}
    for mount in mounts:
        path = posixpath.normpath(mount.path)
        for name, other in taken.items():
            if f"{path}/".startswith(f"{other}/") or f"{other}/".startswith(f"{path}/"):
                raise UsageError(
                    "settings.mount",
                    f"mounts: the bucket {mount.bucket} at {path} and {name} at {other} lie in each other.",
                    hint="Give each a path of its own.",
                )
        taken[f"the bucket {mount.bucket}"] = path


def missing_variables(settings: Settings, environ: Mapping[str, str]) -> None:
    """See that the credentials of all buckets are there, where workers run on Modal.

    Raises:
        UsageError: `settings.mount`.
    """
    if settings.backend != "modal":
        return
    mounts = [*settings.mounts, *(mount for profile in settings.workers.values() for mount in profile.mounts)]
    for mount in mounts:
        for name in (mount.key_variable, mount.secret_variable, mount.token_variable):
            if name and not environ.get(name):
                raise UsageError(
                    "settings.mount",
                    f"mounts: the bucket {mount.bucket} takes its credentials from {name}, which is not set.",
                    hint=f"Set {name}, or name a secret at Modal.",
                )
