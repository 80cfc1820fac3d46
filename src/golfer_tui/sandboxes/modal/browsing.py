"""Looks into the workspace of a living sandbox on Modal, by small programs that every image can run."""

import asyncio
import io
import stat
import tarfile
from collections.abc import Awaitable, Callable

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.files import (
    COMPARED,
    GATHERED,
    PASSED_BY,
    SHOWN,
    WALKED,
    Contents,
    FileEntry,
    FileState,
    Listing,
    Tree,
    ordered,
)
from golfer_tui.sandboxes.browsing import below, missing

Run = Callable[[list[str], float], Awaitable[tuple[bytes, bytes, int]]]
"""Runs a command in the workspace, for so many seconds: what it wrote to standard output and error, and its status."""

SECONDS = 20.0
"""How long a look may take."""

GONE = 66
"""Status of a program that found nothing there."""

LIST = f"""\
[ -L "./$1" ] && exit {GONE}
cd -- "./$1" 2>/dev/null || exit {GONE}
find . ! -name . -prune ! -name '*
*' -exec stat -c '%f %s %n' {{}} + 2>/dev/null | head -c 4000000
"""
"""Tells mode, size and name of all in folder $1; a name that holds the end of a line is left out, as it cannot be told
from two."""

READ = f"""\
[ -f "./$1" ] && [ ! -L "./$1" ] || exit {GONE}
stat -c %s -- "./$1" && head -c {SHOWN} -- "./$1"
"""
"""Tells the size of file $1, and after one line its beginning."""

_LOOKED_INTO = " -o ".join(f"-name {name}" for name in PASSED_BY)

GATHER = f"""\
all() {{
    find . -xdev \\( {_LOOKED_INTO} \\) -prune -o -type f ! -name '*
*' "$@" 2>/dev/null
}}
all -exec stat -c '%s %Y %n' {{}} + | head -n {WALKED + 1} >&2
all -size -{COMPARED // 512 + 1} -exec tar -cf - {{}} + | head -c {GATHERED}
"""
"""Tells size, time and path of all files as errors, and puts the small ones out as archives, one after the other."""


async def list_folder(run: Run, folder: str) -> Listing:
    """See `sandboxes.browsing.Browses`."""
    out = await _do(run, LIST, "/".join(below(folder)))
    entries = []
    for line in _lines(out):
        mode, size, name = (*line.split(" ", 2), "", "")[:3]
        try:
            kind = stat.S_IFMT(int(mode, 16))
            entry = _entry(name.removeprefix("./"), kind, int(size))
        except ValueError:
            continue
        entries.append(entry)
    return ordered(entries)


def _entry(name: str, kind: int, size: int) -> FileEntry:
    match kind:
        case stat.S_IFDIR:
            return FileEntry(name, "folder")
        case stat.S_IFLNK:
            return FileEntry(name, "link")
        case stat.S_IFREG:
            return FileEntry(name, "file", size)
        case _:
            return FileEntry(name, "other")


async def read_file(run: Run, path: str) -> Contents:
    """See `sandboxes.browsing.Browses`."""
    size, _, data = (await _do(run, READ, "/".join(below(path)))).partition(b"\n")
    return Contents(data, int(size))


async def gather(run: Run) -> Tree:
    """See `sandboxes.browsing.Browses`."""
    out, told, _ = await _run(run, GATHER)
    files: dict[str, FileState] = {}
    lines = _lines(told)
    for line in lines[:WALKED]:
        size, stamp, path = (*line.split(" ", 2), "", "")[:3]
        if size.isdecimal() and stamp.isdecimal():
            files[path.removeprefix("./")] = FileState(int(size), int(stamp))
    for path, data in (await asyncio.to_thread(_unpacked, out)).items():
        if (known := files.get(path)) is not None:
            files[path] = FileState(known.size, known.stamp, data)
    return Tree(files, whole=len(lines) <= WALKED)


def _unpacked(archives: bytes) -> dict[str, bytes]:
    """The files of archives one after the other, of which the last may be cut."""
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(archives), mode="r:", ignore_zeros=True, errors="backslashreplace") as tar:
            for member in tar:
                if not member.isreg() or member.issparse() or member.size > COMPARED:
                    continue
                if (file := tar.extractfile(member)) is not None and len(data := file.read()) == member.size:
                    found[member.name.removeprefix("./")] = data
    except (tarfile.TarError, OSError, ValueError, EOFError):
        pass
    return found


async def _do(run: Run, program: str, path: str) -> bytes:
    out, _, status = await _run(run, program, path)
    if status:
        raise missing(path)
    return out


async def _run(run: Run, program: str, *arguments: str) -> tuple[bytes, bytes, int]:
    try:
        return await run(["sh", "-c", program, "sh", *arguments], SECONDS)
    except TimeoutError as error:
        text = f"The sandbox took longer than {SECONDS:g} seconds to show its files."
        raise SandboxError("files.failed", text, retry=True) from error


def _lines(data: bytes) -> list[str]:
    return data.decode(errors="backslashreplace").split("\n")[:-1]
