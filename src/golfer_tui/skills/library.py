"""The library: all skills that a session can use, from the project, the settings, the person and the product."""

import dataclasses as dc
import difflib
import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

import platformdirs

from golfer_tui.model.errors import UsageError
from golfer_tui.skills.skill import GUIDE, Skill, Source, name_of, read


@dc.dataclass(frozen=True, slots=True)
class Library:
    """Skills by name. One that cannot be loaded is a problem of its own and hinders no other."""

    skills: tuple[Skill, ...]
    """Those that can be loaded, by name."""
    shadowed: tuple[Skill, ...]
    """Those whose name was taken by an earlier place, in the order of the places."""
    problems: tuple[UsageError, ...]
    """One for each skill or folder that cannot be read."""
    broken: Mapping[str, UsageError]
    """The same by name, for skills whose name no other one has taken."""

    @classmethod
    def open(cls, directory: Path, extra: Iterable[str | Path] = ()) -> Self:
        """Find and check all skills. Reads from disk; not for the event loop.

        Args:
            directory: The project; `skills` and `.golfer/skills` in it come first.
            extra: Further folders, from the settings; relative ones are meant from `directory`.
        """
        found: dict[str, Skill] = {}
        shadowed: list[Skill] = []
        problems: list[UsageError] = []
        broken: dict[str, UsageError] = {}
        seen: set[str] = set()
        for folder, source in _places(directory, extra):
            place = os.path.realpath(folder)
            if place in seen:
                continue
            seen.add(place)
            try:
                guides = tuple(_guides(folder, required=source == "extra"))
            except UsageError as error:
                problems.append(error)
                continue
            for guide in guides:
                try:
                    skill = read(guide, source, folder)
                except UsageError as error:
                    problems.append(error)
                    broken.setdefault(name_of(guide), error)
                    continue
                if skill.name in found:
                    shadowed.append(skill)
                else:
                    found[skill.name] = skill
        for name in found:
            broken.pop(name, None)
        return cls(tuple(found[name] for name in sorted(found)), tuple(shadowed), tuple(problems), broken)

    def get(self, name: str) -> Skill:
        """The skill of that name.

        Raises:
            UsageError: there is none that can be loaded; the message names close ones, or what is wrong with it.
        """
        for skill in self.skills:
            if skill.name == name:
                return skill
        if name in self.broken:
            raise self.broken[name]
        names = [skill.name for skill in self.skills]
        close = difflib.get_close_matches(name, names, n=3) or names
        hint = f"There is {', '.join(close)}." if close else "There are no skills."
        raise UsageError("skill.unknown", f"There is no skill '{name}'.", hint=hint)

    def listing(self) -> str:
        """One line for each skill, name and description, for an agent's instructions; empty without skills."""
        return "\n".join(f"- {skill.name}: {skill.description}" for skill in self.skills)


def built_in() -> Path:
    """Folder of the skills that come with the product: in the wheel, or at the top of a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "builtin_skills"
    return inside if inside.is_dir() else package.parents[1] / "skills"


def _places(directory: Path, extra: Iterable[str | Path]) -> Iterator[tuple[Path, Source]]:
    yield directory / "skills", "project"
    yield directory / ".golfer" / "skills", "project"
    for folder in extra:
        yield directory / Path(folder).expanduser(), "extra"
    yield platformdirs.user_config_path("golfer") / "skills", "user"
    yield built_in(), "built-in"


def _guides(folder: Path, *, required: bool) -> Iterator[Path]:
    """The guides in a folder of skills, by name; hidden entries, a README and folders without a guide are none.

    Raises:
        UsageError: the folder cannot be read, or is not there although a setting names it.
    """
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR) and not required:
            return
        hint = "Mend the setting `skills`." if required else "Check its permissions."
        message = f"The folder of skills {folder} cannot be read: {error.strerror}."
        raise UsageError("skill.folder", message, hint=hint) from None
    for entry in entries:
        if entry.name.startswith(".") or entry.name.lower() == "readme.md":
            continue
        if entry.suffix == ".md" and not entry.is_dir():
            yield entry
        elif os.path.lexists(entry / GUIDE) or (entry.is_dir() and not os.access(entry, os.X_OK)):
            yield entry / GUIDE
