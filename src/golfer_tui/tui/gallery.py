"""One line of the fleet: tiles side by side, a row of the list, or what stands where no worker is."""

import dataclasses as dc
import datetime as dt
from collections.abc import Sequence, Set

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.arrangement import Arrangement, Place
from golfer_tui.tui.inks import Inks
from golfer_tui.tui.look import Piece, row
from golfer_tui.tui.pane import Pane
from golfer_tui.tui.reading_sign import Key, reading_sign
from golfer_tui.tui.tile import HEAD, Tile
from golfer_tui.tui.watch import Watch

MARGIN = 2
"""Columns of a tile that are no terminal: the edge and a blank."""

READING = 2
"""Row of a tile that tells what is read in its terminal, in place of the meter."""

FILTER = 40
"""Characters of a filter that are shown."""

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
    selected: str = ""
    """The worker whose edge is broad."""
    focused: bool = False
    """True if the keys go to the fleet: the edge of the selected worker is broader."""
    key: Key = str
    """What shows the key of an action."""
    typing: str = ""
    """The worker whose terminal has the keyboard."""
    marked: Set[str] = frozenset()
    """Workers that the person has marked."""
    filter: str = ""
    """What the names were chosen by; empty if all workers are there."""

    def lines(self, crop: Region) -> list[Strip]:
        """What is seen in this region."""
        return [self._line(y, crop.x, crop.right) for y in crop.line_range]

    def pane(self, place: Place) -> Pane | None:
        """The terminal that is shown there."""
        return None if self.watch is None else self.watch.pane(self.names[place.index], place.terminal)

    def _line(self, y: int, begin: int, end: int) -> Strip:
        """Row `y` from column `begin` up to column `end`."""
        if self.watch is None or not self.names:
            return self._nobody(y).crop(begin, end)
        places = [place for place in self.arrangement.places if place.y <= y < place.y + place.height]
        if not places:
            return self._sign(y).crop(begin, end)
        strips: list[Strip] = []
        x = first = begin
        for place in places:
            if place.x >= end or place.x + place.width <= begin:
                continue
            if place.x > x:
                strips.append(Strip([Segment(" " * (place.x - x), self.inks.gap)]))
            first = min(first, place.x)
            strips.append(self.part(place, y - place.y))
            x = place.x + place.width
        line = Strip.join(strips).adjust_cell_length(max(x, end) - first, self.inks.gap)
        return line.crop(begin - first, end - first)

    def part(self, place: Place, y: int) -> Strip:
        """Row `y` of one worker's place."""
        assert self.watch is not None
        name, body = self.names[place.index], self.inks.body
        terminal = place.terminal or self.watch.side(name)
        turned_to = terminal == self.watch.side(name)
        typing = name == self.typing and turned_to
        focused = typing or (name == self.selected and self.focused and turned_to)
        pane = self.watch.pane(name, terminal)
        tile = Tile(
            self.watch.state.workers[name],
            self.watch.live,
            self.inks,
            self.now,
            selected=name == self.selected,
            focused=focused,
            marked=name in self.marked,
            typing=typing,
            terminal=terminal,
            program=pane.title if pane is not None else "",
        )
        if not self.arrangement.tiles:
            return tile.line(place.width)
        if y == READING and pane is not None and (sign := reading_sign(pane.reading, self.key, self.inks.sign)):
            return row([tile.edge(), *sign[0]], sign[1], place.width, self.inks.sign)
        if y < HEAD:
            return (tile.title, tile.task, tile.meter)[y](place.width)
        if pane is None or y - HEAD >= pane.rows:
            return row([tile.edge()], [], place.width, body)
        edge, style = tile.edge()
        output = pane.strip(y - HEAD, place.width - MARGIN, body, self.inks.highlights)
        return Strip([Segment(edge, body + style), Segment(" ", body), *output], place.width)

    def _sign(self, y: int) -> Strip:
        """What is scrolled out, and that there is a filter, on the last row."""
        above, below = self.arrangement.above, self.arrangement.below
        if y != self.height - 1 or not (above or below or self.filter):
            return Strip.blank(self.width, self.inks.gap)
        told = "  ".join([f"▲ {above} above"] * bool(above) + [f"▼ {below} below"] * bool(below))
        filtered: list[Piece] = []
        if self.filter and self.watch is not None:
            filtered = [
                (f" {one_line(self.filter, FILTER)} ", self.inks.sign + Style(bold=True)),
                (f" {len(self.names)} of {len(self.watch.state.workers)} workers", self.inks.name),
                (f" · {self.key('fleet.all')} shows all ", self.inks.dim),
            ]
        return row([*filtered, (f" {told}", self.inks.dim)], [], self.width, self.inks.gap)

    def _nobody(self, y: int) -> Strip:
        if self.filter and y == self.height - 1:
            return self._sign(y)
        empty = EMPTY if not self.filter else ("No worker fits the filter",)
        index = y - max(0, (self.height - len(empty)) // 2)
        text = empty[index] if 0 <= index < len(empty) else ""
        middle = " " * max(0, (self.width - len(text)) // 2) + text
        return row([(middle, self.inks.dim)], [], self.width, self.inks.gap)
