"""The whole output of a command as plain text, for the clipboard."""

from functools import partial
from typing import NamedTuple

from golfer_tui.terminal.printed import Printed
from golfer_tui.terminal.printout import Printout
from golfer_tui.terminal.sgr import bare
from golfer_tui.tui.clipboard import LIMIT
from golfer_tui.tui.log.reader import CHUNK, Read, in_thread

TAKEN = 4 * LIMIT
"""Bytes at the end of an output that are looked at for the characters that a clipboard takes."""


class Copied(NamedTuple):
    """What is to be copied: no more than the clipboards take, the last of it."""

    text: str
    left_out: int
    """Lines before it that were too many."""


async def output_text(read: Read, start: int, end: int) -> Copied:
    """All lines from one offset of the tape to another.

    Raises:
        GolferError: the recording cannot be read.
    """
    printout, kept, at = Printout(), Kept(), start
    try:
        while at < end - TAKEN and (pieces := await read(at, min(CHUNK, end - TAKEN - at))):
            at = pieces[-1].end
            kept.left_out += await in_thread(partial(printout.skip, pieces))
        while at < end and (pieces := await read(at, min(CHUNK, end - at))):
            at = pieces[-1].end
            kept.add(await in_thread(partial(_texts, printout, pieces)))
        kept.add([bare(row.text) for row in printout.rest()])
    finally:
        printout.close()
    return Copied("\n".join(kept.lines)[-LIMIT:], kept.left_out)


class Kept:
    """The last lines that together are not too long."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.left_out = 0
        self._size = 0

    def add(self, lines: list[str]) -> None:
        self.lines += lines
        self._size += sum(len(line) + 1 for line in lines)
        drop = 0
        while self._size - 1 > LIMIT and drop + 1 < len(self.lines):
            self._size -= len(self.lines[drop]) + 1
            drop += 1
        del self.lines[:drop]
        self.left_out += drop


def _texts(printout: Printout, pieces: list[Printed]) -> list[str]:
    return [bare(row.text) for row in printout.feed(pieces)]
