"""All commands of one worker as blocks, kept up with the session; heights for the window."""

import itertools
from collections.abc import Sequence

from golfer_tui.model.worker_fold import Worker
from golfer_tui.tui.log.block import SHORT, Block
from golfer_tui.tui.log.spans import running, spans_of

NEAR = 8
"""Blocks before and after those that are seen that are read already."""

MEMORY = 32 * 1024 * 1024
"""Characters of output that are kept of all commands together."""


class Blocks:
    """In the order in which the commands were started."""

    def __init__(self, worker: Worker, tape_end: int) -> None:
        self.worker = worker
        self.width: int | None = 80
        """Columns at which lines are wrapped; None if none is."""
        self._blocks: list[Block] = []
        self._state: tuple[object, ...] = ()
        self._clock = 0
        self.sync(tape_end)
        for block in self._blocks[:-1]:
            block.folded = block.size > SHORT

    def __len__(self) -> int:
        return len(self._blocks)

    def __getitem__(self, index: int) -> Block:
        return self._blocks[index]

    def height(self, index: int) -> int:
        return 1 + self._blocks[index].rows(self.width)

    def sync(self, tape_end: int) -> None:
        """Take up commands that began or ended, and what was printed. New ones are unfolded."""
        commands = self.worker.commands
        state = (len(commands), sum(command.ended for command in commands), self.worker.state, self.worker.started)
        if state != self._state:
            self._state = state
            for index, span in enumerate(spans_of(self.worker)):
                if index < len(self._blocks):
                    self._blocks[index].span = span
                else:
                    self._blocks.append(Block(commands[index], span, folded=False))
        for block in self._blocks:
            block.end = min(block.span.end, tape_end)

    def runs(self, index: int) -> bool:
        """True if this command has not ended."""
        return running(self.worker, self._blocks[index].command)

    def failed(self, index: int) -> bool:
        """True if this command has ended, and not well."""
        command = self._blocks[index].command
        return command.exit_code != 0 if command.ended else not self.runs(index)

    def finished(self, block: Block) -> bool:
        """True if its output is complete and all of it was read."""
        return block.span.end == block.end == block.at

    def wanted(self, seen: Sequence[int]) -> int | None:
        """The block to be read next: of those that are seen, then of those nearby; None if all are up to date."""
        self._clock += 1
        for index in seen:
            self._blocks[index].seen = self._clock
        first, last = (seen[0], seen[-1]) if seen else (0, -1)
        near = range(max(0, first - NEAR), min(len(self._blocks), last + NEAR + 1))
        for index in itertools.chain(seen, near):
            if not self._blocks[index].folded and self._blocks[index].behind:
                return index
        return None

    def save_memory(self) -> None:
        """Let go of the output that was not seen for the longest time, if there is too much of it."""
        held = sorted((block for block in self._blocks if block.at >= 0), key=lambda block: block.seen)
        size = sum(block.body.size for block in held)
        for block in held:
            if size <= MEMORY or block.seen == self._clock:
                return
            size -= block.body.size
            block.let_go(self.width)

    def close(self) -> None:
        for block in self._blocks:
            block.close()
