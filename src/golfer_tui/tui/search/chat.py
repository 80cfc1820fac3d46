"""Finding in the chat: a list of the lines in which the text stands, folded ones too, and marks where they stand."""

import time
from collections.abc import Callable
from typing import NamedTuple

from golfer_tui.model.conversation import Entry
from golfer_tui.terminal.clean import one_line
from golfer_tui.terminal.search import Query, query
from golfer_tui.tui.chat import Chat
from golfer_tui.tui.entries import searched
from golfer_tui.tui.finding import STEP
from golfer_tui.tui.results import Result
from golfer_tui.tui.search.marking import lines_with
from golfer_tui.tui.search.scope import LATER, LISTED, SOON
from golfer_tui.tui.watch import Watch

MOST = 5000
"""Lines that are found; of more only the number has a sign."""

WHO = {
    "user": "you",
    "assistant": "orchestrator",
    "system": "golfer",
    "reasoning": "thought",
    "tool": "tool",
    "skill": "skill",
    "notice": "notice",
}

SPOKEN = 300
"""Characters of a line that the list shows."""


class Line(NamedTuple):
    """One line that has a match."""

    entry: int
    """Index of its entry in the conversation."""
    number: int
    """Which of the entry's lines with a match it is, from 0."""
    text: str


class ChatScope:
    """The conversation with the orchestrator, oldest first; it may grow while it is searched."""

    name = "the chat"
    placeholder = "a regular expression, or plain text"
    hints = LISTED
    empty = "Nothing was found in the chat."

    def __init__(self, chat: Chat, watch: Callable[[], Watch | None]) -> None:
        self._chat = chat
        self._watch = watch
        self._query: Query | None = None
        self._lines: list[Line] = []
        self._next = 0
        """Index of the first entry that was not searched."""
        self._open: list[int] = []
        """Entries that were searched while their answer was missing."""
        self._chosen = False
        """The person has moved the cursor."""
        self.cursor = 0

    # What was found

    @property
    def results(self) -> "ChatScope":
        return self

    @property
    def on(self) -> bool:
        """Anything is looked for."""
        return self._query is not None

    @property
    def count(self) -> int:
        return len(self._lines)

    def row(self, index: int) -> Result:
        line = self._lines[index]
        entry = self._entries[line.entry]
        who = entry.text if entry.kind == "tool" else WHO.get(entry.kind, entry.kind)
        begin, stop = self._query.pattern.search(line.text).span() if self._query else (0, 0)
        before, match, after = line.text[:begin], line.text[begin:stop], line.text[stop:]
        time_ = entry.time.astimezone().strftime("%H:%M:%S")
        return Result(one_line(who), time_, before.lstrip(), match, after[:SPOKEN])

    @property
    def told(self) -> str:
        if self._query is None:
            return ""
        more = "+" if self.count >= MOST else "" if self._complete else "…"
        return f"{self.cursor + 1 if self._lines else '–'}/{self.count}{more}"

    @property
    def complaint(self) -> str:
        return self._query.complaint if self._query else ""

    # Looking for it

    def begin(self) -> str:
        return "" if self._entries else "Nothing was said yet."

    def want(self, text: str) -> None:
        if self._query is not None and text == self._query.text:
            return
        self._query = query(text) if text else None
        self._lines, self._next, self._open, self.cursor, self._chosen = [], 0, [], 0, False
        self._chat.marks.mark(self._query)
        self.work()

    def work(self) -> float | None:
        if self._query is None:
            return None
        end = time.perf_counter() + STEP
        answered = [index for index in self._open if self._entries[index].output is not None]
        if answered:
            # Their lines stand between others: all after the first of them is looked at again.
            self._next = answered[0]
            self._open = [index for index in self._open if index < self._next]
            self._lines = [line for line in self._lines if line.entry < self._next]
        while self._next < len(self._entries) and self.count < MOST:
            self._search(self._next)
            self._next += 1
            if time.perf_counter() >= end:
                break
        if not self._chosen:
            self.cursor = max(0, self.count - 1)
        self._chat.marks.mark_new()
        return LATER if self._complete else SOON

    def step(self, by: int) -> None:
        self.choose((self.cursor + by) % max(1, self.count))

    def choose(self, index: int) -> None:
        self.cursor, self._chosen = index, True

    def keep(self) -> None:
        """Show the line at the cursor, unfolded."""
        if 0 <= self.cursor < self.count:
            self._chosen = True
            line = self._lines[self.cursor]
            self._chat.marks.go(line.entry, line.number)

    def cancel(self) -> None:
        self.want("")

    @property
    def _complete(self) -> bool:
        return self._next >= len(self._entries) or self.count >= MOST

    @property
    def _entries(self) -> list[Entry]:
        watch = self._watch()
        return watch.state.chat.entries if watch is not None else []

    def _search(self, index: int) -> None:
        entry = self._entries[index]
        if entry.kind == "tool" and entry.output is None:
            self._open.append(index)
        if self._query is not None:
            text = searched(entry)
            lines = text.split("\n")
            found = lines_with(text, self._query.pattern)
            self._lines += [Line(index, number, lines[at]) for number, at in enumerate(found)]
