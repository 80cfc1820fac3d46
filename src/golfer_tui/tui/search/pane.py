"""Finding in the terminal of the selected worker: every match is marked where it stands, while the person writes."""

from types import MappingProxyType

from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.pane import Pane
from golfer_tui.tui.search.scope import LATER, SOON


class PaneScope:
    """One terminal, the one that was selected when the search began."""

    name = "this pane"
    placeholder = "a regular expression, or plain text"
    hints = MappingProxyType(
        {
            "find.before": "older",
            "find.next": "newer",
            "find.elsewhere": "elsewhere",
            "find.keep": "keep",
            "find.cancel": "cancel",
        }
    )
    empty = ""
    results = None
    cursor = 0

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._worker = ""
        self._ready = False
        """All was searched when it was last looked."""

    def _pane(self) -> Pane | None:
        return self._fleet.pane(self._worker) if self._worker else None

    @property
    def told(self) -> str:
        pane = self._pane()
        return pane.reading.finding.told if pane is not None else ""

    @property
    def complaint(self) -> str:
        pane = self._pane()
        return pane.reading.finding.complaint if pane is not None else ""

    def begin(self) -> str:
        """A list shows no terminal, so that the worker is zoomed."""
        pane = self._fleet.pane()
        if pane is None:
            return "There is no terminal to search."
        if not self._fleet.in_tiles:
            self._fleet.zoomed = True
        self._worker = self._fleet.selected
        pane.reading.begin_finding()
        return ""

    def want(self, text: str) -> None:
        if (pane := self._pane()) is not None:
            pane.reading.lines.settle()
            pane.reading.find(text)
            self._ready = False
            self._fleet.redraw(self._worker)

    def step(self, by: int) -> None:
        if (pane := self._pane()) is not None:
            pane.reading.go_to_match(by)
            self._fleet.redraw(self._worker)

    def choose(self, index: int) -> None:
        """There is no list to choose from."""

    def work(self) -> float | None:
        pane = self._pane()
        if pane is None or not pane.reading.finding.on:
            return None
        if not self._ready:
            self._fleet.redraw(self._worker)
        self._ready = pane.reading.finding.complete
        return LATER if self._ready else SOON

    def keep(self) -> None:
        """It is shown already."""
        self._fleet.redraw(self._worker)

    def cancel(self) -> None:
        if (pane := self._pane()) is not None:
            pane.reading.cancel_finding()
            self._fleet.redraw(self._worker)
