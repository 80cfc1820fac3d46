"""Searching a terminal: what the person looks for, and all places where it stands, kept up to date bit by bit.

The patterns are RE2's, since that takes time in proportion to the text whatever the pattern is; so the event loop is
never held up by one. What is searched are whole lines: a line that was wrapped is one again.
"""

import bisect
import dataclasses as dc
import itertools
import re
import time
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import re2

from golfer_tui.terminal.words import Cells, tail

MATCHES = 10_000
"""Matches that are kept of the history: the newest."""

LIVE = 2000
"""Matches that are kept of the screen: its first."""

ROWS = 128
"""Rows that are taken over at once, and the most of one wrapped line: a longer one is searched in pieces."""

LONGEST = 1000
"""Characters of a pattern."""

_NO_LETTERS = re.compile(r"\\(?:[pP]\{[^}]*\}|[pP]\w|x\{[^}]*\}|.)|\(\?P?<\w+>|\(\?[a-zA-Z-]+[:)]")
"""Parts of a pattern whose letters are not the person's."""


class Match(NamedTuple):
    """A place where the pattern stands: from its first cell to before the cell after its last one."""

    line: int
    x: int
    end_line: int
    end_x: int


class Lines(Cells, Protocol):
    """What is searched: a `Transcript`, settled."""

    def texts(self, first: int, count: int) -> list[str]: ...


@dc.dataclass(frozen=True)
class Query:
    """What the person looks for. Upper and lower case are the same unless it has a capital letter."""

    text: str
    pattern: Any = dc.field(repr=False, compare=False)
    complaint: str = ""
    """Why it is taken as plain text; empty if it is a regular expression."""


def query(text: str) -> Query:
    """Understand `text`: a regular expression in RE2's syntax, or what stands there if it is none."""
    text = text[:LONGEST]
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = any(character.isupper() for character in _NO_LETTERS.sub("", text))
    try:
        return Query(text, re2.compile(text, options))
    except re2.error as error:
        said = error.args[0] if error.args else ""
        told = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        options.case_sensitive = any(character.isupper() for character in text)
        options.literal = True
        return Query(text, re2.compile(text, options), told.partition(":")[0] or "it cannot be read")


class Search:
    """All matches of one query in a terminal that goes on. Lines of the history are searched once."""

    def __init__(self, query: Query, most: int = MATCHES) -> None:
        """`most`: matches that are kept of the history."""
        self.query = query
        self._most = most
        self.restart()

    def restart(self) -> None:
        """Begin anew: all lines were wrapped anew or have other numbers."""
        self._settled: list[Match] = []
        """In lines that do not change any more."""
        self._live: list[Match] = []
        """On the screen."""
        self._at = -1
        """Number of the first line that is not settled: the beginning of a wrapped one."""
        self.complete = False
        """All lines were searched."""
        self.cut = False
        """There were more matches than are kept."""

    @property
    def count(self) -> int:
        return len(self._settled) + len(self._live)

    def step(self, lines: Lines, seconds: float, *, changed: bool = True) -> bool:
        """Search on for about so many seconds, and the screen if it may have `changed`. Returns whether all is done."""
        end = time.perf_counter() + seconds
        self._at = max(self._at, lines.first)
        if self._settled and self._settled[0].line < lines.first:
            del self._settled[: bisect.bisect_left(self._settled, (lines.first,))]
        more = True
        while more and self._at < lines.active:
            more = self._history(lines, end)
            if time.perf_counter() >= end:
                break
        self.complete = not more or self._at >= lines.active
        if changed or self.complete:
            start = self._at if self.complete else max(self._at, lines.active)
            live = (match for piece in _pieces(lines, start, lines.end - start) for match in self._find(lines, piece))
            self._live = list(itertools.islice(live, LIVE))
            self.cut |= len(self._live) == LIVE
        if len(self._settled) > self._most:
            del self._settled[: -self._most]
            self.cut = True
        return self.complete

    def between(self, first: int, stop: int) -> list[Match]:
        """Matches that touch the lines from `first` to before `stop`."""
        found = []
        for matches in (self._settled, self._live):
            at = bisect.bisect_left(matches, (first - ROWS,))
            for match in itertools.islice(matches, at, None):
                if match.line >= stop:
                    break
                if match.end_line >= first:
                    found.append(match)
        return found

    def get(self, index: int) -> Match:
        """A match by its place from the oldest, from 0."""
        return self._settled[index] if index < len(self._settled) else self._live[index - len(self._settled)]

    def index(self, line: int, x: int) -> int:
        """How many matches begin before this cell."""
        settled = bisect.bisect_left(self._settled, (line, x))
        return settled if settled < len(self._settled) else settled + bisect.bisect_left(self._live, (line, x))

    def _history(self, lines: Lines, end: float) -> bool:
        """Search some of the history until that time. Returns whether anything did not change any more."""
        moved = False
        for piece in _pieces(lines, self._at, ROWS):
            if piece.stop > lines.active or (moved and time.perf_counter() >= end):
                break
            self._settled += self._find(lines, piece)
            self._at, moved = piece.stop, True
        return moved

    def _find(self, lines: Lines, piece: "_Piece") -> Iterator[Match]:
        text = piece.texts[0] if len(piece.texts) == 1 else "".join(piece.texts)
        if len(piece.texts) == 1 and not self.query.pattern.search(text):
            return
        if text.isascii():
            # One character is one cell, and rows before the last are as long as the terminal is wide.
            width = lines.columns
            text = "".join([row.ljust(width) for row in piece.texts[:-1]] + piece.texts[-1:])
            for found in self.query.pattern.finditer(text):
                begin, end = found.span()
                if end > begin:
                    line, last = piece.start + begin // width, piece.start + (end - 1) // width
                    yield Match(line, begin % width, last, (end - 1) % width + 1)
            return
        yield from self._find_wide(lines, piece)

    def _find_wide(self, lines: Lines, piece: "_Piece") -> Iterator[Match]:
        rows = {number: lines.cells(number) for number in range(piece.start, piece.stop)}
        places = [(number, x) for number, cells in rows.items() for x, text in enumerate(cells) if text]
        begins = list(itertools.accumulate((len(rows[number][x]) for number, x in places), initial=0))
        text = "".join(itertools.chain.from_iterable(rows.values())).rstrip(" ")
        for found in self.query.pattern.finditer(text):
            begin, end = found.span()
            if end > begin:
                first = places[bisect.bisect_right(begins, begin) - 1]
                line, x = places[bisect.bisect_left(begins, end) - 1]
                yield Match(*first, line, tail(rows[line], x) + 1)


class _Piece(NamedTuple):
    """A line, or a part of a very long one, in rows."""

    start: int
    texts: list[str]

    @property
    def stop(self) -> int:
        return self.start + len(self.texts)


def _pieces(lines: Lines, start: int, count: int) -> Iterator[_Piece]:
    """The lines that begin in up to `count` rows from `start`, the last one only if it ends there."""
    count = min(count, lines.end - start)
    if count <= 0:
        return
    texts, wraps = lines.texts(start, count), lines.wraps(start, count)
    begin = 0
    for row, goes_on in enumerate(wraps, 1):
        if not goes_on or row - begin == ROWS or start + row == lines.end:
            yield _Piece(start + begin, texts[begin:row])
            begin = row
