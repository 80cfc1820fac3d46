"""One skill: `<name>/SKILL.md` with the files beside it, or a flat `<name>.md`. It is checked when it is read."""

import dataclasses as dc
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from golfer_tui.model.errors import UsageError
from golfer_tui.skills.frontmatter import FrontMatterError, split

Source = Literal["project", "extra", "user", "built-in"]

GUIDE = "SKILL.md"
"""Name of the guide in a skill's folder."""
GUIDE_BYTES = 256 * 1024
"""Largest guide."""
FILES = 200
"""Most files in a skill's folder."""
FILE_BYTES = 8 * 1024 * 1024
"""Most bytes of all its files together."""
DESCRIPTION = 1024
"""Longest description, in characters: all descriptions stand in every agent's instructions."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_PASSED_OVER = ("__pycache__", "node_modules")


@dc.dataclass(frozen=True, slots=True)
class Skill:
    """A guide that an agent may load."""

    name: str
    """Lower case letters, digits, `-` and `_`."""
    description: str
    """One line: what it is for, and when to load it."""
    body: str
    """The guide in Markdown, without the front matter."""
    path: Path
    """The guide's file."""
    source: Source
    """Where it was found."""

    @property
    def folder(self) -> Path | None:
        """The folder of its files; None for a flat skill."""
        return self.path.parent if self.path.name == GUIDE else None

    def files(self) -> tuple[tuple[str, bytes], ...]:
        """The guide as `SKILL.md` and all files beside it: path relative to the skill, with `/`, and content.

        Reads from disk; not for the event loop.

        Raises:
            UsageError: a file cannot be read, leads out of the folder, or there is too much.
        """
        folder = self.folder
        if folder is None:
            return ((GUIDE, _content(self.path, GUIDE_BYTES)),)
        found, room = [], FILE_BYTES
        for path in _walk(folder):
            data = _content(path, room)
            room -= len(data)
            found.append((path.relative_to(folder).as_posix(), data))
        return tuple(found)


def name_of(guide: Path) -> str:
    """The name that a guide's place gives to the skill."""
    return guide.parent.name if guide.name == GUIDE else guide.stem


def read(path: Path, source: Source, root: Path) -> Skill:
    """Read and check one skill.

    Args:
        path: Its guide: `SKILL.md` in its folder, or a flat `.md` file.
        source: Where it was found.
        root: The folder of skills that it belongs to; nothing of it may lie outside.

    Raises:
        UsageError: it cannot be read or is malformed; the message names the file, the hint says what to do.
    """
    _inside(path, root)
    own = name_of(path)
    try:
        text = _content(path, GUIDE_BYTES).decode()
    except UnicodeDecodeError as error:
        raise _problem("skill.encoding", path, f"is not UTF-8 at byte {error.start}", "Save it as UTF-8.") from None
    try:
        keys, body = split(text)
    except FrontMatterError as error:
        hint = f"Begin it with `---`, `name: {own}`, `description: …` and `---`."
        raise _problem("skill.front_matter", path, f"cannot be loaded: {error}", hint) from None
    name, description = keys.get("name", ""), " ".join(keys.get("description", "").split())
    if not name or not description:
        missing = "description" if name else "name"
        hint = f"Add a line `{missing}: …` between the two `---`."
        raise _problem("skill.front_matter", path, f"has no {missing} in its front matter", hint)
    if not _NAME.fullmatch(name):
        hint = "Use up to 64 of a-z, 0-9, - and _."
        raise _problem("skill.name", path, f"has the name '{name[:80]}', which a skill cannot have", hint)
    if name != own:
        hint = "Give both the same name."
        raise _problem("skill.name", path, f"is named '{name}' but lies under '{own}'", hint)
    if len(description) > DESCRIPTION:
        hint = "Move the details into the guide."
        problem = f"has a description of {len(description)} characters; at most {DESCRIPTION} fit"
        raise _problem("skill.too_large", path, problem, hint)
    skill = Skill(name, description, body, path, source)
    if skill.folder is not None:
        _weigh(skill.folder)
    return skill


def _weigh(folder: Path) -> None:
    size = 0
    for path in _walk(folder):
        try:
            size += path.stat().st_size
        except OSError as error:
            raise _unreadable(path, error) from None
        if size > FILE_BYTES:
            raise _too_large(folder, f"more than {FILE_BYTES} bytes of files")


def _walk(folder: Path) -> Iterator[Path]:
    """All files of a skill in a fixed order, without hidden ones, caches and what is no file."""
    number = 0
    for parent, folders, names in os.walk(folder):
        linked = [name for name in folders if (Path(parent) / name).is_symlink()]
        folders[:] = sorted(set(_shown(folders)) - set(linked))
        for path in (Path(parent) / name for name in sorted(_shown([*names, *linked]))):
            if os.path.islink(path):
                _inside(path, folder)
            if not os.path.isfile(path):
                continue
            number += 1
            if number > FILES:
                raise _too_large(folder, f"more than {FILES} files")
            yield path


def _shown(names: list[str]) -> list[str]:
    return [name for name in names if not name.startswith(".") and name not in _PASSED_OVER]


def _inside(path: Path, root: Path) -> None:
    try:
        target = Path(os.path.realpath(path, strict=True))
        if target.is_relative_to(os.path.realpath(root, strict=True)):
            return
    except OSError as error:
        raise _unreadable(path, error) from None
    hint = "Copy the file into the skill, or add its own folder to the setting `skills`."
    raise _problem("skill.outside", path, f"is a link to {target}, outside of {root}", hint)


def _content(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise _unreadable(path, error) from None
    if len(data) > most:
        raise _too_large(path, f"more than the {most} bytes that fit")
    return data


def _unreadable(path: Path, error: OSError) -> UsageError:
    return _problem(
        "skill.unreadable", path, f"cannot be read: {error.strerror}", "Check the file and its permissions."
    )


def _too_large(path: Path, what: str) -> UsageError:
    return _problem("skill.too_large", path, f"has {what}", "Leave out what an agent need not read.")


def _problem(code: str, path: Path, what: str, hint: str) -> UsageError:
    return UsageError(code, f"The skill {path} {what}.", hint=hint)
