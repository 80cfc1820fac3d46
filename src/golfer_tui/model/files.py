"""What lies in a worker's workspace, and what has changed there since it began: plain values."""

from typing import Literal

import msgspec

LISTED = 2000
"""Entries of one folder that are listed, and changed files that are told, at most."""

SHOWN = 256 * 1024
"""Bytes of one file that are read to be shown."""

COMPARED = 64 * 1024
"""Bytes of a file up to which its text is compared; of larger ones it is only told that they changed."""

GATHERED = 8 * 1024 * 1024
"""Bytes of all texts together that are compared."""

WALKED = 20_000
"""Files of a workspace that are looked at."""

PASSED_BY = (".git", "__pycache__", "node_modules", ".venv")
"""Names of folders that are not looked into for changes: what lies there was made by programs."""


class FileEntry(msgspec.Struct, frozen=True):
    """One line of a folder's list."""

    name: str
    kind: Literal["folder", "file", "link", "other"] = "file"
    """Links are never followed; `other` is a pipe, a socket or a device."""
    size: int = 0
    """Bytes of a file."""


class Listing(msgspec.Struct, frozen=True):
    """What one folder holds: folders first, then by name."""

    entries: tuple[FileEntry, ...]
    left_out: int = 0
    """Entries beyond `LISTED`."""


class Contents(msgspec.Struct, frozen=True):
    """The beginning of a file."""

    data: bytes
    """At most `SHOWN` bytes."""
    size: int
    """Bytes of the whole file."""

    @property
    def binary(self) -> bool:
        """It is no text."""
        return b"\0" in self.data


class FileState(msgspec.Struct, frozen=True):
    """A file as it was at one moment."""

    size: int
    stamp: int
    """When it was written last, as the system counts: only to be compared."""
    data: bytes | None = None
    """What is in it, if it is small; None if it is not, or not known."""


class Tree(msgspec.Struct, frozen=True):
    """All files of a workspace at one moment."""

    files: dict[str, FileState]
    """By path below the workspace."""
    whole: bool = True
    """False if there are more than are looked at."""


class Change(msgspec.Struct, frozen=True):
    """A file that is not what it was."""

    path: str
    what: Literal["added", "changed", "deleted"]
    size: int
    """Bytes now, or before it was deleted."""
    diff: str = ""
    """Lines of a unified diff; empty if it is not told."""
    untold: str = ""
    """Why there is no diff: it is binary, or too large."""


class Difference(msgspec.Struct, frozen=True):
    """A workspace beside what its worker began with, by path."""

    changes: tuple[Change, ...]
    left_out: int = 0
    """Changes beyond `LISTED`."""
    whole: bool = True
    """False if there are files that were not looked at."""


def ordered(entries: list[FileEntry]) -> Listing:
    """The list of a folder with these entries."""
    entries.sort(key=lambda entry: (entry.kind != "folder", entry.name.casefold(), entry.name))
    return Listing(tuple(entries[:LISTED]), max(0, len(entries) - LISTED))
