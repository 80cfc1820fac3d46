"""Recordings that come from elsewhere: made of pieces with their times, or copied up to a place. Blocks on the disk."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from golfer_tui.store.castfile import STEP, failed, whole_lines
from golfer_tui.terminal import cast
from golfer_tui.terminal.printed import SIZE


class Piece(NamedTuple):
    """Some output of a worker."""

    time: float
    """When it was printed, in seconds since 1970."""
    data: bytes


def write_pieces(path: Path, pieces: Iterable[Piece]) -> None:
    """Make a recording of these pieces, in order; none is made if there are none.

    Raises:
        StoreError: `recording.failed`.
    """
    last, since, kept = 0.0, STEP, b""
    try:
        for time, piece in pieces:
            if not last:
                last = time
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.write_bytes(cast.header(*SIZE, time))
            data = kept + piece
            kept = data[len(data) - cast.unfinished(data) :]
            with path.open("ab") as file:
                for part in cast.pieces(data[: len(data) - len(kept)]):
                    if since >= STEP:
                        file.write(cast.here(last, SIZE))
                        since = 0
                    interval = round(max(time - last, 0.0), 3)
                    file.write(cast.output(interval, part))
                    last, since = last + interval, since + len(part)
        if kept:
            with path.open("ab") as file:
                file.write(cast.output(0.0, kept))
    except OSError as error:
        raise failed(path, error, "written") from error


def copy_until(source: Path, target: Path, end: int) -> None:
    """Copy a recording up to this offset of its output; nothing is made if there is nothing before it.

    Raises:
        StoreError: `recording.failed`, `recording.foreign`.
    """
    if end <= 0 or not source.is_file():
        return
    lines = whole_lines(source)
    parser, offset, before, waiting = cast.Parser(), 0, 0.0, b""
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(next(lines))
            for line in lines:
                event = parser.feed(line)
                waiting += line
                if parser.between:
                    continue
                if event is not None and event.kind == "o" and offset + len(event.data) > end:
                    file.write(cast.output(round(event.time - before, 3), event.data[: end - offset]))
                    return
                file.write(waiting)
                waiting, before = b"", before if event is None else event.time
                offset += len(event.data) if event is not None and event.kind == "o" else 0
                if offset >= end:
                    return
    except OSError as error:
        raise failed(target, error, "copied") from error
