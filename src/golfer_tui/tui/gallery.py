"""One line of the fleet: tiles side by side, a row of the list, or what stands where no worker is."""

import dataclasses as dc
import datetime as dt
from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip

from golfer_tui.tui.arrangement import Arrangement, Place
from golfer_tui.tui.inks import Inks
from golfer_tui.tui.look import row
from golfer_tui.tui.tile import HEAD, Tile
from golfer_tui.tui.watch import Watch

MARGIN = 2
"""Columns of a tile that are no terminal: the edge and a blank."""

EMPTY = ("No workers yet", "The orchestrator starts them; each gets a pane here.")


@dc.dataclass(frozen=True)
class Gallery:
    """All that a line is drawn from."""

    watch: Watch | None
    names: Sequence[str]
    """Workers, in the order of the places."""
    arrangement: Arrangement
    inks: Inks
    now: dt.datetime
    width: int
    height: int

    def line(self, y: int, selected: str, *, focused: bool, typing: str = "") -> Strip:
        """Row `y`; the edge of the selected worker is broad, and broader if the keys go here. `typing` names the worker
        whose terminal has the keyboard."""
        if self.watch is None or not self.names:
            return self._nobody(y)
        places = [place for place in self.arrangement.places if place.y <= y < place.y + place.height]
        if not places:
            return self._sign(y)
        strips: list[Strip] = []
        x = 0
        for place in places:
            if place.x > x:
                strips.append(Strip([Segment(" " * (place.x - x), self.inks.gap)]))
            name = self.names[place.index]
            tile = Tile(
                self.watch.state.workers[name],
                self.watch.live,
                self.inks,
                self.now,
                selected=name == selected,
                focused=name == typing or (name == selected and focused),
                typing=name == typing,
            )
            strips.append(self._part(self.watch, tile, place, y - place.y))
            x = place.x + place.width
        return Strip.join(strips).adjust_cell_length(self.width, self.inks.gap)

    def _part(self, watch: Watch, tile: Tile, place: Place, y: int) -> Strip:
        """Row `y` of one worker's place."""
        body = self.inks.body
        if not self.arrangement.tiles:
            return tile.line(place.width)
        if y < HEAD:
            return (tile.title, tile.task, tile.meter)[y](place.width)
        pane = watch.panes.get(tile.worker.name)
        if pane is None or y - HEAD >= pane.rows:
            return row([tile.edge()], [], place.width, body)
        if pane.back and y == place.height - 1:
            told = f" ↑ {pane.back} rows back · f follows "
            return row([tile.edge(), (told, self.inks.sign)], [], place.width, body)
        edge, style = tile.edge()
        output = pane.strip(y - HEAD, place.width - MARGIN, body)
        return Strip([Segment(edge, body + style), Segment(" ", body), *output], place.width)

    def _sign(self, y: int) -> Strip:
        """What is scrolled out, on the last row."""
        above, below = self.arrangement.above, self.arrangement.below
        if y != self.height - 1 or not (above or below):
            return Strip.blank(self.width, self.inks.gap)
        told = "  ".join([f"▲ {above} above"] * bool(above) + [f"▼ {below} below"] * bool(below))
        return row([(f" {told}", self.inks.dim)], [], self.width, self.inks.gap)

    def _nobody(self, y: int) -> Strip:
        index = y - max(0, (self.height - len(EMPTY)) // 2)
        text = EMPTY[index] if 0 <= index < len(EMPTY) else ""
        middle = " " * max(0, (self.width - len(text)) // 2) + text
        return row([(middle, self.inks.dim)], [], self.width, self.inks.gap)
