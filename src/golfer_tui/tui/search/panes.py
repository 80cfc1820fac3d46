"""Finding in the terminals of all workers: matches are marked in each of them, and a list leads to every one."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from golfer_tui.terminal.clean import clean, one_line
from golfer_tui.terminal.search import Match
from golfer_tui.terminal.transcript import Spot
from golfer_tui.tui.finding import STEP
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.pane import Pane
from golfer_tui.tui.results import Result
from golfer_tui.tui.search.scope import LATER, LISTED, SOON
from golfer_tui.tui.watch import Watch

MOST = 1000
"""Matches that are kept of the history of each terminal: the newest."""


class Found(NamedTuple):
    """One match, and whose terminal it is in."""

    worker: str
    pane: Pane
    match: Match


class PanesScope:
    """All terminals as they are shown, one worker after the other, and in each from the oldest line to the newest."""

    name = "all panes"
    placeholder = "a regular expression, or plain text"
    hints = LISTED
    empty = "Nothing was found in what the workers have printed."

    def __init__(self, fleet: Fleet, watch: Callable[[], Watch | None]) -> None:
        self._fleet = fleet
        self._watch = watch
        self._text = ""
        self._at: tuple[str, Spot] | None = None
        """The match that the person has gone to, so that the list may grow around it; None before that."""
        self.cursor = 0

    # What was found

    @property
    def results(self) -> "PanesScope":
        return self

    @property
    def on(self) -> bool:
        """Anything is looked for."""
        return bool(self._text)

    @property
    def count(self) -> int:
        return sum(pane.reading.finding.count for _, pane in self._panes())

    def row(self, index: int) -> Result:
        """The line of a match, with what stands around it."""
        found = self._found(index)
        if found is None:
            return Result("", "", "")
        lines, (line, begin, end_line, end) = found.pane.reading.lines, found.match
        if not lines.first <= line < lines.end:
            return Result(one_line(found.worker), "", "")
        cells = lines.cells(line)
        stop = end if end_line == line else len(cells)
        before, match, after = (clean("".join(part)) for part in (cells[:begin], cells[begin:stop], cells[stop:]))
        return Result(one_line(found.worker), str(line - lines.first + 1), before.lstrip(), match, after.rstrip())

    @property
    def told(self) -> str:
        count = self.count
        more = "+" if any(pane.reading.finding.cut for _, pane in self._panes()) else ""
        return f"{self.cursor + 1 if count else '–'}/{count}{more}{'' if self._complete else '…'}" if self._text else ""

    @property
    def complaint(self) -> str:
        return next((pane.reading.finding.complaint for _, pane in self._panes()), "") if self._text else ""

    # Looking for it

    def begin(self) -> str:
        self._at = None
        watch = self._watch()
        return "" if watch is not None and watch.state.workers else "There is no terminal to search."

    def want(self, text: str) -> None:
        if text == self._text:
            return
        self._text, self._at = text, None
        panes = list(self._panes())
        for _, pane in panes:
            if not pane.reading.finding.on:
                pane.reading.lines.settle()
            if text:
                pane.reading.mark(text, most=MOST, seconds=STEP / len(panes))
            else:
                pane.reading.end_finding()
        self.work()

    def work(self) -> float | None:
        if not self._text:
            return None
        panes = list(self._panes())
        unready = []
        for name, pane in panes:
            if pane.reading.finding.text != self._text:
                # It came, or began to print, while the others were searched.
                pane.reading.lines.settle()
                pane.reading.mark(self._text, most=MOST, seconds=STEP / len(panes))
            if not pane.reading.finding.complete:
                unready.append(name)
        self._fleet.redraw_changed(unready)
        self._follow()
        return LATER if self._complete else SOON

    def step(self, by: int) -> None:
        self.choose((self.cursor + by) % max(1, self.count))

    def choose(self, index: int) -> None:
        self.cursor = index
        if (found := self._found(index)) is not None:
            self._at = found.worker, Spot(found.match.line, found.match.x)

    def keep(self) -> None:
        """Go to the match at the cursor; the marks stay."""
        found = self._found(self.cursor)
        if found is None:
            return
        self.choose(self.cursor)
        fleet = self._fleet
        fleet.selected = found.worker
        if not fleet.in_tiles:
            fleet.zoomed = True
        found.pane.reading.go_to(Spot(found.match.line, found.match.x))
        fleet.redraw(found.worker)

    def cancel(self) -> None:
        self._text, self._at = "", None
        names = []
        for name, pane in self._panes():
            if pane.reading.finding.on:
                pane.reading.end_finding()
                names.append(name)
        self._fleet.redraw_changed(names)

    def _follow(self) -> None:
        """The cursor stays with its match; before the person has moved it, it is at the newest one of the selected
        worker, or else at the first of all."""
        before = 0
        for name, pane in self._panes():
            finding = pane.reading.finding
            if self._at is not None and name == self._at[0]:
                self.cursor = before + min(finding.index(self._at[1]), max(0, finding.count - 1))
                return
            if self._at is None and name == self._fleet.selected and finding.count:
                self.cursor = before + finding.count - 1
                return
            before += finding.count
        self.cursor = 0

    @property
    def _complete(self) -> bool:
        return all(pane.reading.finding.complete for _, pane in self._panes())

    def _found(self, index: int) -> Found | None:
        for name, pane in self._panes():
            finding = pane.reading.finding
            if 0 <= index < finding.count:
                return Found(name, pane, finding.match(index))
            index -= finding.count
        return None

    def _panes(self) -> Iterator[tuple[str, Pane]]:
        """Of the workers that have a terminal, in their order."""
        watch = self._watch()
        if watch is not None:
            for name in watch.state.workers:
                if (pane := watch.pane(name)) is not None:
                    yield name, pane
