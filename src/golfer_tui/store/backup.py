"""A copy of a whole store, taken while others use it: the database by SQLite's own online backup, and the recordings.

Workspaces are left out: they are the workers' own files, of any size.
"""

import contextlib
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from golfer_tui.model.errors import StoreError, UsageError
from golfer_tui.store.database import explain
from golfer_tui.store.inspection import opened_for_reading
from golfer_tui.store.layout import Layout

TARS = {".tar": "w", ".tgz": "w:gz", ".tar.gz": "w:gz"}


def back_up(layout: Layout, target: Path) -> int:
    """Copy the store to a tar file (by its name: `.tar`, `.tar.gz`, `.tgz`) or a new folder; returns bytes copied.

    The copy is a home folder: with `GOLFER_HOME` set to it (unpacked) every session is there. Blocks.

    Raises:
        UsageError: `backup.exists`.
        StoreError: `store.none`, `backup.failed`, `store.corrupt`; nothing half-finished is left.
    """
    if target.exists():
        raise UsageError("backup.exists", f"{target} is there already.", hint="Give another name.")
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.absolute().parent) as folder:
            place = Path(folder) / target.name
            mode = next((mode for suffix, mode in TARS.items() if target.name.endswith(suffix)), None)
            total = _to_folder(layout, place) if mode is None else _to_tar(layout, place, mode, Path(folder))
            place.rename(target)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        message = f"The backup {target} could not be made: {reason}."
        raise StoreError("backup.failed", message, hint="Give another place, with room.", retry=True) from error
    return total


def _to_folder(layout: Layout, place: Path) -> int:
    place.mkdir(mode=0o700)
    database = place / layout.database.name
    _copy_database(layout, database)
    total = database.stat().st_size
    for path in _recordings(layout):
        copy = place / path.relative_to(layout.home)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        total += copy.stat().st_size
    return total


def _to_tar(layout: Layout, place: Path, mode: str, scratch: Path) -> int:
    database = scratch / layout.database.name
    _copy_database(layout, database)
    total = 0
    with open(place, "xb", opener=_private) as file, tarfile.open(fileobj=file, mode=mode) as tar:  # type: ignore[call-overload]
        for path, name in [
            (database, Path(database.name)),
            *((p, p.relative_to(layout.home)) for p in _recordings(layout)),
        ]:
            with path.open("rb") as source:
                # As long as it is now: a recording may grow meanwhile.
                entry = tar.gettarinfo(arcname=str(name), fileobj=source)
                tar.addfile(entry, source)
                total += entry.size
    return total


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _copy_database(layout: Layout, target: Path) -> None:
    """Before the recordings, so that they hold at least what its events tell of."""
    target.touch(mode=0o600)
    with opened_for_reading(layout.database) as source, contextlib.closing(sqlite3.connect(target)) as copy:
        try:
            source.backup(copy)
        except sqlite3.Error as error:
            raise explain(error, layout.database) from error


def _recordings(layout: Layout) -> Iterator[Path]:
    yield from sorted((layout.home / "sessions").glob("*/recordings/*.cast*"))
