"""How a session looks is kept with it: layout, divider, selected worker, zoom and details come back with it."""

from textual import on
from textual.timer import Timer

from golfer_tui.model.errors import GolferError
from golfer_tui.model.look import SavedLook
from golfer_tui.tui.acting import Acting
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.detail.detail import Detail
from golfer_tui.tui.fleet import Fleet

REST = 1.0
"""Seconds after a change until it is kept, with all others that came meanwhile."""


class Remembering(Acting):
    """The main screen's memory of how it looked. Only who steers the session changes what is kept."""

    _kept: SavedLook | None = None
    """What the engine has; None as long as nothing is shown."""
    _seen: SavedLook | None = None
    """How it looked after the last change: at the end there may be nothing left to look at."""
    _keeping: Timer | None = None

    def take_look(self, look: SavedLook) -> None:
        """Look as it was kept, as far as there is anything to look at."""
        fleet = self.query_one(Fleet)
        self._kept = look
        self._share = look.share or None
        self.arrangement = look.layout
        fleet.view = look.view
        self.query_one(Detail).tab = look.tab
        if look.selected in self.names:
            fleet.selected = look.selected
            # Who has begun to write sees the input.
            if look.zoomed and not self.query_one(Composer).text:
                self._details_next, self._widened = look.details, look.wide
                fleet.zoomed = True
        if fleet.zoomed or look.layout in {"fleet", "list"}:
            fleet.focus()

    @property
    def _look(self) -> SavedLook:
        fleet = self.query_one(Fleet)
        return SavedLook(
            layout=self.arrangement,
            view=fleet.view,
            selected=fleet.selected,
            zoomed=fleet.zoomed,
            details=self._details,
            wide=self._widened,
            tab=self.query_one(Detail).tab,
            share=self._share or 0,
        )

    def fit(self) -> None:
        super().fit()
        self.look_changed()

    @on(Fleet.Selected)
    @on(Fleet.Zoomed)
    @on(Fleet.ViewChanged)
    @on(Detail.TabChanged)
    def look_changed(self) -> None:
        """Keep how it looks, in a moment."""
        if self._kept is None:
            return
        self._seen = self._look
        if self._keeping is None and self._seen != self._kept:
            self._keeping = self.set_timer(REST, self.keep_look)

    async def keep_look(self) -> None:
        """Keep how it looked after the last change, if that is new."""
        self._keeping = None
        watch, look = self._watch, self._seen
        if watch is None or look in {None, self._kept} or not watch.engine.attendance.writing:
            return
        try:
            await watch.engine.set_look(look)
        except GolferError:
            return  # A full disk has other things to tell; a session that was let go keeps the look before.
        self._kept = look
