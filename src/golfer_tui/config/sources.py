"""Reads the sources of settings: files, variables and flags. Each gives checked values by dotted key."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from golfer_tui.config.check import KEYS, Flat, check, closest, flatten
from golfer_tui.model.errors import UsageError

PREFIX = "GOLFER_"

NOT_SETTINGS = frozenset({"GOLFER_HOME", "GOLFER_CONFIG"})
"""Variables that say where files are, and so cannot stand in one."""

FLAGS = {
    "backend": "--backend",
    "model.name": "--model",
    "demo": "--demo",
    "pool.max_gpus": "--max-gpus",
    "pool.gpus": "--gpus",
    "pool.max_local": "--max-local",
    "pool.max_dollars": "--max-dollars",
}

SIZE = 1024 * 1024
"""Bytes of the largest settings file that is read."""


def from_file(path: Path, *, required: bool = False) -> Flat:
    """The settings in a TOML file; none if there is no such file.

    Raises:
        UsageError: `settings.unreadable`, `settings.malformed`, `settings.unknown` or `settings.value`.
    """
    where = str(path)
    text = _read(path, required=required)
    if text is None:
        return {}
    checked = {key: check(key, value, where) for key, value in flatten(_parse(text, where), where).items()}
    return _resolve(checked, path.parent)


def _read(path: Path, *, required: bool) -> str | None:
    try:
        if path.is_dir() or path.is_fifo():
            raise UsageError("settings.unreadable", f"{path} is not a file.", hint="Rename it.")
        with path.open("rb") as file:
            data = file.read(SIZE + 1)
    except (FileNotFoundError, NotADirectoryError):
        if not required:
            return None
        raise UsageError(
            "settings.unreadable", f"{path} does not exist.", hint="GOLFER_CONFIG must be the path of a settings file."
        ) from None
    except OSError as error:
        raise UsageError(
            "settings.unreadable", f"{path} cannot be read: {error.strerror}.", hint="Mend its permissions."
        ) from None
    if len(data) > SIZE:
        raise UsageError("settings.unreadable", f"{path} has more than {SIZE:,} bytes: that is no settings file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError(
            "settings.malformed", f"{path}, line {line}: not UTF-8.", hint="Save the file in UTF-8."
        ) from None


def _parse(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # The parser ends its message with the place, in one of these two forms.
        what = str(error)
        if at := re.search(r" \(at line (\d+), column (\d+)\)$", what):
            line, what = f"{at[1]}, column {at[2]}", what[: at.start()]
        else:
            line, what = str(len(text.splitlines())), what.removesuffix(" (at end of document)")
        raise UsageError(
            "settings.malformed", f"{where}, line {line}: {what}.", hint="See docs/settings.md for an example."
        ) from None
    except RecursionError:
        raise UsageError("settings.malformed", f"{where}: the values are nested too deeply.") from None


def from_variables(environ: Mapping[str, str], directory: Path) -> Flat:
    """The settings in `GOLFER_*` variables; two underscores stand for the dot. An empty variable counts as unset.

    Raises:
        UsageError: `settings.unknown` or `settings.value`.
    """
    names = {variable(key): key for key in KEYS}
    flat: Flat = {}
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in NOT_SETTINGS:
            continue
        if name not in names:
            near = closest(name.removeprefix(PREFIX).lower().replace("__", "."), KEYS)
            raise UsageError(
                "settings.unknown",
                f"The variable {name} is no setting.",
                hint=f"Did you mean {variable(near)}?" if near else "Unset it; docs/settings.md lists all of them.",
            )
        if environ[name]:
            key = names[name]
            flat[key] = check(key, environ[name], "", name=f"The variable {name}", text=True)
    return _resolve(flat, directory)


def variable(key: str) -> str:
    """Name of the variable for a dotted key: `model.base_url` is `GOLFER_MODEL__BASE_URL`."""
    return PREFIX + key.upper().replace(".", "__")


def from_flags(overrides: Mapping[str, object], directory: Path) -> Flat:
    """The flags that were given.

    Raises:
        UsageError: `settings.unknown`, `settings.value`.
    """
    given = {key: value for key, value in overrides.items() if value is not None}
    for key in given:
        if key not in KEYS:
            near = closest(key, KEYS)
            hint = f"Did you mean {near}?" if near else "docs/settings.md lists all of them."
            raise UsageError("settings.unknown", f"--set: unknown key {key}.", hint=hint)
    checked = {
        key: check(key, value, "", name=FLAGS.get(key, f"--set {key}"), text=isinstance(value, str))
        for key, value in given.items()
    }
    return _resolve(checked, directory)


def _resolve(flat: Flat, base: Path) -> Flat:
    """Folders of skills are meant from where the setting stands."""
    if "skills" in flat:
        flat["skills"] = tuple(os.path.abspath(base / Path(folder).expanduser()) for folder in flat["skills"])
    return flat
