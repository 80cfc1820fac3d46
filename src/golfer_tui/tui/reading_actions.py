"""What a person does who reads in a terminal: search it, bring up the copy mode, follow the output again."""

from textual import on
from textual.timer import Timer

from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.acting import Acting
from golfer_tui.tui.copymode import CopyMode
from golfer_tui.tui.findbar import FindBar, FindInput
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.keybar import KeyBar
from golfer_tui.tui.pane import Pane

SOON, LATER = 0.005, 0.1
"""Seconds until a search goes on: while not all was searched, and when it was."""


class ReadingActions(Acting):
    """The main screen's actions for the terminal of the selected worker, or of the person's shell beside it."""

    _finding = ""
    """Worker whose terminal is searched."""
    _find_timer: Timer | None = None
    _found = ""
    """What was looked for last."""

    # The search

    def action_find(self, text: str = "") -> None:
        """Look for `text`; without any, let the person write it."""
        pane = self._readable()
        if pane is None:
            self.refuse("There is no terminal to search.")
            return
        self._finding = self.query_one(Fleet).selected
        pane.reading.begin_finding()
        if text:
            self._look_for(pane, text)
            self.query_one(Fleet).focus()
        else:
            self.query_one(FindBar).open(pane.reading.finding.text or self._found)
            self._look_for(pane, self.query_one(FindInput).value)

    def action_match(self, by: int) -> None:
        """To the next match, or with -1 to the one before; it goes round at the ends."""
        fleet = self.query_one(Fleet)
        pane = fleet.pane()
        if pane is None or not pane.reading.finding.on:
            self.refuse("Nothing is looked for: / finds something.")
        elif pane.reading.go_to_match(by):
            fleet.redraw(fleet.selected)
        else:
            self.app.notify("Nothing was found.", timeout=2)

    def action_done_reading(self) -> None:
        """End the search, and select nothing."""
        fleet = self.query_one(Fleet)
        if (pane := fleet.pane()) is not None:
            pane.reading.selection = None
            pane.reading.end_finding()
            fleet.redraw(fleet.selected)
            self.refresh_bindings()

    @on(FindBar.Wanted)
    def find_wanted(self, event: FindBar.Wanted) -> None:
        # What was written last may come when the bar is closed already, which has told it.
        if self.query_one(FindBar).display and (pane := self._pane_of_search()) is not None:
            self._look_for(pane, event.text)

    @on(FindBar.Step)
    def find_step(self, event: FindBar.Step) -> None:
        if (pane := self._pane_of_search()) is not None:
            pane.reading.go_to_match(event.by)
            self._show_search()

    @on(FindBar.Closed)
    def find_closed(self, event: FindBar.Closed) -> None:
        """Go back to where the search was begun."""
        pane, copy_mode = self._pane_of_search(), self.query_one(CopyMode)
        self.query_one(FindBar).close()
        if pane is not None:
            if event.text:
                self._look_for(pane, event.text)
            else:
                pane.reading.cancel_finding()
                self.query_one(Fleet).redraw(self._finding)
        if event.back:
            (copy_mode if copy_mode.pane is not None else self.query_one(Fleet)).focus()
        elif self.focused is not copy_mode:
            copy_mode.end()
        self.refresh_bindings()

    def _look_for(self, pane: Pane, text: str) -> None:
        self._found = text or self._found
        pane.reading.lines.settle()
        pane.reading.find(text)
        self._show_search()
        if self._find_timer is None:
            self._find_timer = self.set_timer(SOON, self._find_on)
        self.refresh_bindings()

    def _find_on(self) -> None:
        """Search a little further, until nothing is looked for any more."""
        self._find_timer = None
        pane = self._pane_of_search()
        if pane is None or not pane.reading.finding.on:
            self._show_search()
            return
        ready = pane.reading.finding.complete
        if not ready or self.query_one(FindBar).display:
            self._show_search()
        self._find_timer = self.set_timer(LATER if ready else SOON, self._find_on)

    def _show_search(self) -> None:
        self.query_one(Fleet).redraw(self._finding)
        bar, pane = self.query_one(FindBar), self._pane_of_search()
        if bar.display and pane is not None:
            finding = pane.reading.finding
            bar.tell(finding.told if finding.on else "", finding.complaint)

    def _pane_of_search(self) -> Pane | None:
        return self.query_one(Fleet).pane(self._finding) if self._finding and self._watch is not None else None

    def _readable(self) -> Pane | None:
        """The selected terminal; a list shows none, so that the worker is zoomed."""
        fleet = self.query_one(Fleet)
        pane = fleet.pane()
        if pane is not None and not fleet.in_tiles:
            fleet.zoomed = True
        return pane

    # The copy mode

    def action_copy_mode(self) -> None:
        """Bring up a cursor in the terminal."""
        pane = self._readable()
        if pane is None:
            self.refuse("There is no terminal to copy from.")
        else:
            self.query_one(CopyMode).begin(pane)

    @on(CopyMode.Changed)
    def copying_changed(self) -> None:
        self.query_one(Fleet).redraw()
        self._point(self.query_one(CopyMode).address)

    @on(CopyMode.Find)
    def copying_finds(self) -> None:
        self.action_find()

    @on(CopyMode.Left)
    def copying_left(self) -> None:
        fleet, copy_mode = self.query_one(Fleet), self.query_one(CopyMode)
        if self.focused is copy_mode or self.focused is None:
            fleet.focus()
        fleet.redraw()
        self._point("")

    @on(Fleet.Selected)
    @on(Fleet.Zoomed)
    def reading_elsewhere(self) -> None:
        """Another terminal is looked at."""
        if (pane := self.query_one(CopyMode).pane) is not None and pane is not self.query_one(Fleet).pane():
            self.query_one(CopyMode).end()
        self.refresh_bindings()

    # What the mouse asks for

    @on(Fleet.Pointed)
    def pointed(self, event: Fleet.Pointed) -> None:
        self._point(event.address)

    @on(Fleet.ReadOn)
    def read_on(self, event: Fleet.ReadOn) -> None:
        """A part of the sign above a terminal was clicked."""
        fleet = self.query_one(Fleet)
        fleet.selected = event.worker
        if event.what == "follow":
            if (pane := fleet.pane()) is not None:
                pane.reading.view.follow()
                fleet.redraw()
        else:
            self.action_match(1 if event.what == "next" else -1)

    def _point(self, address: str) -> None:
        self.query_one(KeyBar).point(one_line(address))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is possible now."""
        if action in ("match", "done_reading") and self.is_mounted:
            pane = self.query_one(Fleet).pane()
            on = pane is not None and (pane.reading.finding.on or pane.reading.selection is not None)
            return on and (action == "done_reading" or (pane is not None and pane.reading.finding.on))
        return super().check_action(action, parameters)
