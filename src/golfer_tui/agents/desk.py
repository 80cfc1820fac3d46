"""The orchestrator's desk: what it has to read next. Nothing leaves it unread, across turns and restarts.

Messages of the person and reports of workers lie here until a turn takes them up. A report that a tool's answer has
already handed over is taken off.
"""

import asyncio

from golfer_tui.model.worker_fold import Worker
from golfer_tui.pool.mailbox import Mail

BOUND = 1000
"""Messages that may wait. A person does not write that many; a program that does is told."""


class Desk:
    """Messages in order, and reports by worker."""

    def __init__(self) -> None:
        self._messages: list[Mail] = []
        self._notes: list[Mail] = []
        self._reports: dict[str, tuple[int, str]] = {}
        self._handed: set[tuple[str, int]] = set()
        self._filled = asyncio.Event()
        self.spoken = asyncio.Event()
        """Set while a message waits that the turn going on has not taken up."""

    @property
    def full(self) -> bool:
        return len(self._messages) >= BOUND

    @property
    def empty(self) -> bool:
        return not self._messages and not self._reports

    def say(self, message: Mail) -> None:
        """Lay down a message of the person."""
        self._messages.append(message)
        self.spoken.set()
        self._filled.set()

    def note(self, note: Mail) -> None:
        """Lay down what should be known but needs no answer of its own: it is read with whatever comes next."""
        self._notes.append(note)

    def report(self, worker: str, attempt: int, text: str) -> None:
        """Lay down what a worker finished with, unless a tool has handed it over."""
        if (worker, attempt) not in self._handed:
            self._reports[worker] = (attempt, text)
            self._filled.set()

    def hand(self, worker: str, attempt: int) -> None:
        """A tool's answer holds this report."""
        self._handed.add((worker, attempt))
        if self._reports.get(worker, (0, ""))[0] == attempt:
            del self._reports[worker]

    def expects(self, worker: Worker) -> bool:
        """True if this worker still has something to say."""
        return not worker.state.final or ((worker.name, worker.attempt) not in self._handed and not worker.delivered)

    async def take(self) -> tuple[list[Mail], list[tuple[str, int, str]]]:
        """Wait until something lies here and take it all: notes and messages, reports as (worker, attempt, text)."""
        while self.empty:
            self._filled.clear()
            await self._filled.wait()
        messages, reports = [*self._notes, *self._messages], self._reports
        self._notes, self._messages, self._reports = [], [], {}
        self._handed.update((worker, attempt) for worker, (attempt, _) in reports.items())
        self.spoken.clear()
        return messages, [(worker, attempt, text) for worker, (attempt, text) in reports.items()]
