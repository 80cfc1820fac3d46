"""Reads the output of commands piece by piece and makes lines of it in a thread, so that the screen never waits."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from golfer_tui.model.errors import GolferError
from golfer_tui.terminal.printed import Printed
from golfer_tui.terminal.printout import Printout
from golfer_tui.tui.log.block import COUNTED, NEWEST, Block
from golfer_tui.tui.log.lines import LogLine

Read = Callable[[int, int], Awaitable[list[Printed]]]
"""Gives what was printed from an offset on, at most so many bytes; empty if there is nothing."""

CHUNK = 256 * 1024
"""Bytes that are read at once."""

SHOWN = 512 * 1024
"""Bytes at the end of an output that is opened of which lines are made: about as many lines as are kept."""

MISSING = "The rest of this output is not in the recording."

Result = TypeVar("Result")


class Reader:
    """For one worker. One call of `read` or `count` at a time."""

    def __init__(self, read: Read) -> None:
        self._read = read

    async def read(self, block: Block, width: int | None) -> int:
        """Read some of a block's output. Returns how many rows were dropped at its top."""
        if block.end - block.at > NEWEST and block.at >= 0:
            block.let_go(width)
        if block.at < 0:
            block.at = max(block.span.start, block.end - NEWEST)
            block.body.skipped = block.at - block.span.start
            if 0 <= block.sought <= block.at:
                # It is the very first line, or before all that is read.
                block.marked, block.sought = 0 if block.sought == block.at else -1, -1
            block.catching_up = True
        if block.printout is None:
            block.printout = Printout()
        printout = block.printout
        if block.catching_up and block.end - block.at > SHOWN:
            # Lines that would be dropped at once are not made at all.
            pieces = await self._pieces(block, block.at, min(_room(block), block.end - block.at - SHOWN))
            block.body.above += await in_thread(partial(printout.skip, pieces))
            block.at += sum(len(piece.data) for piece in pieces)
            await self._mark(block, pieces, printout)
            return 0
        pieces = await self._pieces(block, block.at, min(_room(block), block.end - block.at))
        if not pieces:
            return 0
        done, rest = await in_thread(lambda: _digest(printout, pieces))
        block.at = pieces[-1].end
        dropped = block.body.take(done, rest, width)
        await self._mark(block, pieces, printout)
        return dropped

    async def _mark(self, block: Block, pieces: list[Printed], printout: Printout) -> None:
        """The line that is sought is the next one, once all before it was read."""
        if block.sought < 0 or block.at < block.sought:
            return
        rest = await in_thread(printout.rest)
        # After a carriage return alone it is written over the last one.
        same = bool(rest) and pieces[-1].data.endswith(b"\r")
        block.marked = block.body.above + block.body.finished + len(rest) - same
        block.sought = -1

    async def count(self, block: Block) -> None:
        """Count the lines of a folded block."""
        lines, at = 0, block.span.start
        while at < block.end and block.size <= COUNTED:
            pieces = await self._pieces(block, at, min(CHUNK, block.end - at))
            if not pieces:
                return
            lines += sum(piece.data.count(b"\n") for piece in pieces)
            at = pieces[-1].end
        block.counted = lines

    async def _pieces(self, block: Block, offset: int, size: int) -> list[Printed]:
        try:
            pieces = await self._read(offset, size)
        except GolferError as error:
            block.failure = str(error)
            return []
        if not pieces:
            block.failure = MISSING
        return pieces


def _room(block: Block) -> int:
    """Bytes to be read at once: up to a line that is sought, and not beyond."""
    return min(CHUNK, block.sought - block.at) if block.sought > block.at else CHUNK


async def in_thread(work: Callable[[], Result]) -> Result:
    """Do something in a thread; whoever is cancelled waits for its end, since what it works with is not shared."""
    job = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(job)
    except asyncio.CancelledError:
        await asyncio.wait({job})
        raise


def _digest(printout: Printout, pieces: list[Printed]) -> tuple[list[LogLine], list[LogLine]]:
    done = [LogLine.of(row) for row in printout.feed(pieces)]
    return done, [LogLine.of(row) for row in printout.rest()]
