"""Writes what a session holds into new files in the person's folder, while the session goes on."""

import asyncio
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from golfer_tui.model.errors import CommandError
from golfer_tui.model.events import encode

if TYPE_CHECKING:
    from golfer_tui.attach.session import OpenSession

PAGE = 1000
"""Events that are read at once."""


async def write_events(engine: "OpenSession") -> Path:
    """Write all events so far, one line of JSON each, as `golfer export SESSION --jsonl` does; returns the new file.

    Raises:
        CommandError: `export.file`.
        StoreError: the journal cannot be read.
    """
    path, file = await asyncio.to_thread(_create, f"golfer-{engine.session}", "jsonl")
    try:
        try:
            seq = 0
            while page := await engine.events(seq, PAGE):
                seq = page[-1].seq
                await asyncio.to_thread(file.writelines, [encode(event).rstrip(b"\n") + b"\n" for event in page])
        finally:
            await asyncio.to_thread(file.close)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _refused(path, error) from error
        raise
    return path


async def write_file(stem: str, kind: str, data: bytes) -> Path:
    """Write a file of this kind, such as `csv`; returns it.

    Raises:
        CommandError: `export.file`.
    """
    return await asyncio.to_thread(_write, stem, kind, data)


def _write(stem: str, kind: str, data: bytes) -> Path:
    path, file = _create(stem, kind)
    try:
        with file:
            file.write(data)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _refused(path, error) from error
    return path


def _create(stem: str, kind: str) -> tuple[Path, BinaryIO]:
    """A file that was not there before: what was exported once is not written over."""
    for number in itertools.count(1):
        name = f"{stem}.{kind}" if number == 1 else f"{stem}-{number}.{kind}"
        try:
            path = Path.cwd() / name
            return path, path.open("xb")
        except FileExistsError:
            continue
        except OSError as error:
            raise _refused(Path(name), error) from error
    raise AssertionError("numbers do not end")


def _refused(path: Path, error: OSError) -> CommandError:
    return CommandError("export.file", f"{path} cannot be written: {(error.strerror or '').lower()}.")
