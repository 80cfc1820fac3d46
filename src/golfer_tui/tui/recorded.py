"""Recordings in files. Nothing here needs Textual: the screen of a moment is printed without it, too."""

import contextlib
import mmap
from collections.abc import Iterator
from pathlib import Path

from golfer_tui.model.errors import UsageError
from golfer_tui.terminal.playback import Cast

LINE = 64 * 1024 * 1024
"""Bytes of the longest line that is read."""


def cast_in(path: Path) -> Cast:
    """The recording in a file.

    Raises:
        UsageError: `cast.unreadable`, `cast.format`; later, from its events, `cast.line`.
    """
    return Cast(_lines(path), str(path), _whole(path))


def _whole(path: Path) -> mmap.mmap | bytes:
    """The file, mapped into memory: only what is looked at is read. Empty where that cannot be done."""
    with contextlib.suppress(OSError, ValueError), path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return b""


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while line := file.readline(LINE):
                if len(line) == LINE and not line.endswith(b"\n"):
                    raise UsageError("cast.line", f"{path} has a line of more than {LINE:,} bytes: it is no asciicast.")
                yield line
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError("cast.unreadable", f"{path} cannot be read: {reason}.") from error
