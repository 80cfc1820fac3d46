"""Which bytes of a worker's tape belong to which of its commands."""

import bisect
from itertools import accumulate
from typing import NamedTuple

from golfer_tui.model.worker_commands import Command
from golfer_tui.model.worker_fold import Worker

TAPE_END = 1 << 62
"""An offset that no tape reaches: as the end of a span, wherever the tape ends now."""


class Span(NamedTuple):
    """The output of one command."""

    start: int
    """Offset of its first byte."""
    end: int
    """Offset after its last byte, or `TAPE_END`."""
    shared: bool
    """Another command ran at the same time: the output of both is in it."""


def running(worker: Worker, command: Command) -> bool:
    """True if it has not ended. What an attempt that is over left without an end does not run any more."""
    begun = worker.started is None or command.started >= worker.started
    return not command.ended and worker.holds and begun


def spans_of(worker: Worker) -> list[Span]:
    """One for each command, in the same order.

    A command has all from its start to its end, also what others printed meanwhile: nobody can part them. What comes
    after that and before the next start was printed by something that a command left running: it goes to the one that
    ended last. Of a command whose end nobody saw, the next start is the end.
    """
    starts = [command.offset for command in worker.commands]
    ends = [_end(worker, index) for index in range(len(starts))]
    latest = list(accumulate(ends, max))
    found = []
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        begun = bisect.bisect_right(starts, end)
        shared = (index > 0 and latest[index - 1] > start) or (index + 1 < len(starts) and starts[index + 1] < end)
        if latest[begun - 1] == end and end not in ends[index + 1 : begun]:
            end = starts[begun] if begun < len(starts) else TAPE_END
        found.append(Span(start, end, shared))
    return found


def _end(worker: Worker, index: int) -> int:
    command = worker.commands[index]
    if command.ended:
        return max(command.end, command.offset)
    if running(worker, command) or index + 1 == len(worker.commands):
        return TAPE_END
    return worker.commands[index + 1].offset
