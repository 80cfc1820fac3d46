"""The lines of a recording from a place in its middle on: with their offsets, or with times and sizes. Blocks."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from golfer_tui.terminal import cast
from golfer_tui.terminal.printed import SIZE, Printed


class Mark(NamedTuple):
    """A place between two lines."""

    offset: int
    """Bytes of output before it."""
    position: int
    """Bytes of the file before it."""


def lines_from(file: BinaryIO, start: Mark) -> Iterator[tuple[Mark, bytes]]:
    """Output and end of each whole line from `start` on. Ends before the first line that is torn or none of ours."""
    parser = cast.Parser()
    offset, position = start
    file.seek(position)
    for line in file:
        try:
            event = parser.feed(line)
        except ValueError:
            return
        if not line.endswith(b"\n"):
            return
        data = event.data if event is not None and event.kind == "o" else b""
        offset += len(data)
        position += len(line)
        if not parser.between:
            yield Mark(offset, position), data


def pieces_from(file: BinaryIO, start: Mark, begin: int, stop: int, *, last: bool) -> list[Printed] | None:
    """Output from offset `begin` to `stop`, read from a place at or before it; fewer bytes where the recording ends.

    None if nothing between the place and the output tells the time, unless this is the `last` place to try.
    """
    parser = cast.Parser(size=_first_size(file))
    found: list[Printed] = []
    offset = start.offset
    file.seek(start.position)
    for line in file:
        try:
            event = parser.feed(line)
        except ValueError:
            break
        if not line.endswith(b"\n"):
            break
        if event is None or event.kind != "o":
            continue
        first, offset = offset, offset + len(event.data)
        if offset <= begin:
            continue
        if parser.zero is None and not last:
            return None
        time = None if parser.zero is None else parser.zero + event.time
        data = event.data[max(begin - first, 0) : stop - first]
        found.append(Printed(max(first, begin), data, time, *(parser.size or SIZE)))
        if offset >= stop:
            break
    return found


def at_line(file: BinaryIO, position: int) -> bool:
    """True if a line ends just before this place."""
    file.seek(position - 1)
    return file.read(1) == b"\n"


def _first_size(file: BinaryIO) -> tuple[int, int] | None:
    """The size that the recording began with: later lines tell where it is another one."""
    file.seek(0)
    try:
        header = cast.read_header(file.readline())
    except ValueError:
        return None
    return header.columns, header.rows
