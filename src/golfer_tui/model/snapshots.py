"""A worker's files at one moment, kept so that new workers can begin with them."""

import datetime as dt
from typing import Literal

import msgspec

SnapshotKind = Literal["filesystem", "workspace"]
"""`filesystem`: all files of a sandbox, an image at Modal. `workspace`: the workspace alone, copied on this machine."""


class Kept(msgspec.Struct, frozen=True):
    """What a backend kept."""

    kind: SnapshotKind
    place: str
    """Where it is: an image id (`im-…`) at Modal, or a path on this machine."""
    size: int | None = None
    """Bytes; None where the backend does not tell."""


class Snapshot(msgspec.Struct, frozen=True):
    """A snapshot that can be used."""

    id: str
    worker: str
    """Whose files they are."""
    attempt: int
    time: dt.datetime
    """When it was taken, UTC."""
    kept: Kept
    items: int = 0
    """Items of the worker's conversation up to then, which were kept beside the files."""
