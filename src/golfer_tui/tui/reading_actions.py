"""What a person does who reads in a terminal: bring up the copy mode, follow the output again, point at a link."""

from textual import on

from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.copymode import CopyMode
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.keybar import KeyBar
from golfer_tui.tui.pane import Pane
from golfer_tui.tui.search_actions import SearchActions


class ReadingActions(SearchActions):
    """The main screen's actions for the terminal of the selected worker, or of the person's shell beside it."""

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
