"""What is seen of one worker's log: where the window is, which command keys mean, how lines are shown. It reads on."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from golfer_tui.model.worker_fold import Worker
from golfer_tui.tui.log.block import Block
from golfer_tui.tui.log.blocks import Blocks
from golfer_tui.tui.log.drawing import EDGE
from golfer_tui.tui.log.reader import Read, Reader
from golfer_tui.tui.log.times import CYCLE, WIDTH, Times
from golfer_tui.tui.log.window import Spot, Window

SLIDE = 16
"""Columns that unwrapped lines move at once."""


class Line(NamedTuple):
    """The marked line of a block."""

    block: int
    missed: Callable[[], object]
    """Is called if the line is not there."""


class View:
    """Begin with `start`, end with `close`; `changed` is called when there is something new to be drawn."""

    def __init__(self, worker: Worker, tape_end: int, read: Read, changed: Callable[[], object]) -> None:
        self.blocks = Blocks(worker, tape_end)
        self.window = Window(self.blocks)
        self.current = max(0, len(self.blocks) - 1)
        """Number of the block that keys mean."""
        self.wrapped = True
        self.times: Times = ""
        self.left = 0
        """Columns of unwrapped lines that are out of sight."""
        self._goal: Spot | Line | None = None
        """What a jump wants at the top of the window, as soon as there is enough below it; or a line in sight."""
        self._reader = Reader(read)
        self._changed = changed
        self._columns = 80
        self._spots: list[Spot] | None = None
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._read_on(), name="log reader")

    async def close(self) -> None:
        """Stop reading and let go of everything."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        self.blocks.close()
        if task is not None and not task.cancelled():
            task.result()  # It reads for ever: what ended it was a fault of ours.

    @property
    def rows(self) -> list[Spot]:
        """The rows that are seen, from the top."""
        if self._spots is None:
            self._spots = self.window.spots()
        return self._spots

    @property
    def seen(self) -> list[int]:
        """Numbers of the blocks that are seen."""
        return sorted({spot.block for spot in self.rows})

    @property
    def chosen(self) -> Block | None:
        """The block that keys mean; None without commands."""
        return self.blocks[self.current] if len(self.blocks) else None

    def sync(self, tape_end: int) -> None:
        """Take up what happened."""
        newest = self.window.following and self.current >= len(self.blocks) - 1
        self.blocks.sync(tape_end)
        if newest:
            self.current = max(0, len(self.blocks) - 1)
        self.settle()

    def settle(self) -> None:
        """Something may have to be drawn, or read, anew."""
        if isinstance(self._goal, Line):
            self._seek_line(self._goal)
        elif self._goal is not None:
            self._seek(self._goal)
        self.window.settle()
        self._spots = None
        if seen := self.seen:
            # Keys mean a block that is seen: the nearest one, if the one before is out of sight.
            self.current = min(max(self.current, seen[0]), seen[-1])
        self._wake.set()
        self._changed()

    def fit(self, columns: int, rows: int) -> None:
        """The log has this size; the line at the top stays there."""
        self._columns, self.window.room = columns, rows
        old, new = self.blocks.width, None
        if self.wrapped:
            new = max(2, columns - EDGE - (WIDTH if self.times else 0))
        top = self.window.top
        if old != new:
            self.blocks.width = new
            if top.row and not self.window.following:
                self.window.top = Spot(top.block, self.blocks[top.block].moved(top.row, old, new))
        self.settle()

    # What the person does

    def jump(self, step: int, *, failed: bool) -> bool:
        """Go to the next or previous command, or one that failed. Returns False if there is none."""
        index = self.current + step
        while failed and 0 <= index < len(self.blocks) and not self.blocks.failed(index):
            index += step
        if not 0 <= index < len(self.blocks):
            return False
        self._go(index)
        return True

    def _go(self, index: int) -> None:
        self.current, self._goal = index, Spot(index, 0)
        self.settle()

    def _seek(self, goal: Spot) -> None:
        self.window.go(goal)
        if goal.block + 1 == len(self.blocks) and not self.window.below() and not self.blocks[goal.block].behind:
            # It is seen to its end.
            self._goal = None
            self.window.follow()

    def go_to(self, offset: int, missed: Callable[[], object]) -> None:
        """Mark the line that begins at an offset of the tape, and bring it into sight as soon as it was read."""
        for index in range(len(self.blocks) - 1, -1, -1):
            block = self.blocks[index]
            if block.span.start <= offset < block.end:
                block.mark(offset, self.blocks.width)
                self.current, self._goal = index, Line(index, missed)
                self.window.go(Spot(index, 0))
                self.settle()
                return
        missed()

    def _seek_line(self, goal: Line) -> None:
        block = self.blocks[goal.block]
        row = block.marked_row(self.blocks.width)
        if row is not None:
            # It stays in sight, whatever comes, until the person moves.
            self.window.go(Spot(goal.block, max(0, 1 + row - self.window.room // 3)))
        elif not block.behind:
            self._goal = None
            goal.missed()

    def choose(self, index: int) -> None:
        """Let keys mean this block, which is seen."""
        self.current = index
        self._changed()

    def fold(self) -> None:
        """Fold or unfold the block that keys mean; its header stays in sight."""
        if self.chosen is not None:
            self.chosen.folded = not self.chosen.folded
            top, self._goal = self.window.top, None
            self.window.go(Spot(self.current, 0) if top.block == self.current else top)
            self.settle()

    def fold_all(self) -> None:
        """Unfold all, or fold them if most are open."""
        blocks = [self.blocks[index] for index in range(len(self.blocks))]
        folded = sum(block.folded for block in blocks) * 2 < len(blocks)
        for block in blocks:
            block.folded = folded
        if blocks:
            self._goal = None
            self.window.go(Spot(self.current, 0), above=self.window.room // 3)
        self.settle()

    def scroll(self, rows: int) -> None:
        self._goal = None
        self.window.scroll(rows)
        self.settle()

    def oldest(self) -> None:
        """Go to the first command."""
        if len(self.blocks):
            self._go(0)

    def follow(self) -> None:
        """Show the newest output, and what comes."""
        self._goal = None
        self.window.follow()
        self.current = max(0, len(self.blocks) - 1)
        self.settle()

    def slide(self, steps: int) -> None:
        """Move unwrapped lines sideways."""
        if not self.wrapped:
            widest = max((self.blocks[index].body.widest() for index in self.seen), default=0)
            self.left = min(max(0, self.left + steps * SLIDE), max(0, widest - SLIDE))
            self._changed()

    def wrap(self) -> None:
        """Wrap long lines, or no longer."""
        self.wrapped, self.left = not self.wrapped, 0
        self.fit(self._columns, self.window.room)

    def next_times(self) -> None:
        self.times = CYCLE[(CYCLE.index(self.times) + 1) % len(CYCLE)]
        self.fit(self._columns, self.window.room)

    # Reading

    async def _read_on(self) -> None:
        """Read what is looked at, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while (index := self.blocks.wanted(self.seen)) is not None:
                await self._read(index)
            for index in self.seen:
                block = self.blocks[index]
                if block.folded and block.counted is None and not self.blocks.runs(index):
                    await self._reader.count(block)
                    self._changed()

    async def _read(self, index: int) -> None:
        block, height = self.blocks[index], self.blocks.height(index)
        dropped = await self._reader.read(block, self.blocks.width)
        self.window.grew(index, self.blocks.height(index) - height if block.catching_up else -dropped)
        block.catching_up = block.catching_up and block.behind
        if self.blocks.finished(block):
            block.close()
        self.blocks.save_memory()
        self.settle()
