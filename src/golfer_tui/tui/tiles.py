"""The tiles: all workers of a watch in one widget that draws line by line, as a grid, a list, or one of them alone.

One widget for all is what keeps sixty-four terminals cheap; the frames come from the screen, the bytes from the panes.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar

from textual.app import RenderResult
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from golfer_tui.model.commands import Terminal
from golfer_tui.terminal.screen import ROWS
from golfer_tui.tui.arrangement import Arrangement, Place, View, alone, arrange
from golfer_tui.tui.copymode import CopyMode
from golfer_tui.tui.easel import Easel
from golfer_tui.tui.filtering import Filter
from golfer_tui.tui.gallery import MARGIN, Gallery
from golfer_tui.tui.inks import Inks
from golfer_tui.tui.pane import Pane
from golfer_tui.tui.tile import HEAD
from golfer_tui.tui.watch import Changes, Watch

BOTH = 160
"""Columns of the whole screen from which both terminals of the zoomed worker can be seen."""


class Tiles(Widget):
    """Shows the workers of a watch and tells their terminals how large they are."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = Inks.COMPONENT_CLASSES

    selected: reactive[str] = reactive("", repaint=False)
    """Name of the selected worker."""
    zoomed: reactive[bool] = reactive(False, repaint=False)
    """True while the selected worker has the whole place."""
    marked: reactive[frozenset[str]] = reactive(frozenset[str](), repaint=False)
    """Names of the workers that the person has marked, to act on all of them."""
    typing: reactive[str] = reactive("", repaint=False)
    """Name of the worker whose terminal has the keyboard."""
    listed: reactive[bool] = reactive(False, repaint=False)
    """A list is shown whatever the view is, unless one worker is zoomed."""
    view: reactive[View] = reactive[View]("auto", repaint=False)

    @dc.dataclass
    class Selected(Message):
        """Another worker is selected."""

        worker: str

    @dc.dataclass
    class Zoomed(Message):
        """One worker has the whole place, or no longer."""

        on: bool

    class ViewChanged(Message):
        """The workers are shown as tiles, or as a list."""

    @dc.dataclass
    class PaneResized(Message):
        """A terminal has another size, in cells."""

        worker: str
        terminal: Terminal
        columns: int
        rows: int

    def __init__(self, *, now: Callable[[], dt.datetime], id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = now
        self._watch: Watch | None = None
        self._names: list[str] = []
        self._arrangement = Arrangement(False, 1, 0, (), 0, 0)
        self._places: dict[str, Place] = {}
        """Where each worker is that is seen: the terminal that is turned to."""
        self._beside: dict[str, Place] = {}
        """Where the other terminal of a worker is, if it is seen, too."""
        self._easel = Easel(self)
        self._inks: Inks | None = None
        self.filter = Filter()
        """Which workers are seen; changed by `narrow`."""

    # What is shown

    def show(self, watch: Watch) -> None:
        """Begin to show the workers of this watch."""
        self._watch = watch
        watch.draw_now = lambda worker, rows: self.draw(rows={worker: rows})
        self.rearrange()

    def apply(self, changes: Changes) -> None:
        """Draw anew what a frame says has changed, and no more."""
        if changes.everything or changes.roster or (changes.heads and self.filter.on and self._taken() != self._names):
            self.rearrange()
            return
        if changes.shells and self.zoomed:
            self.rearrange()
            return
        if self._beside:
            rows = {self._beside[name]: dirty for name, dirty in changes.beside.items() if name in self._beside}
            heads = [self._beside[name] for name in changes.heads if name in self._beside]
            self._easel.draw(self._gallery(), heads, rows)
        self.draw(changes.heads | {name for name in changes.rows if self._head_changed(name)}, changes.rows)

    def draw(self, heads: Iterable[str] = (), rows: Mapping[str, Iterable[int]] = MappingProxyType({})) -> None:
        """Draw titles, tasks and meters of these workers anew, and these rows of terminals."""
        places = self._places
        changed = {places[name]: self._fitted(name, of) for name, of in rows.items() if name in places}
        self._easel.draw(
            self._gallery(),
            [places[name] for name in heads if name in places],
            changed if self._arrangement.tiles else {},
        )

    def redraw(self, name: str = "") -> None:
        """Draw anew what looks different since a person has read on in a terminal, by default the selected one's."""
        name = name or self.selected
        if (pane := self.pane(name)) is not None:
            self.draw([name], {name: pane.dirty()})

    def redraw_changed(self, names: Iterable[str]) -> None:
        """As `redraw`, for several workers, and only what looks different."""
        rows = {name: pane.dirty() for name in names if (pane := self.pane(name)) is not None}
        self.draw({name for name in rows if self._head_changed(name)}, rows)

    def _head_changed(self, name: str) -> bool:
        pane = self.pane(name)
        return pane is not None and pane.head_changed()

    def narrow(self, text: str) -> None:
        """Show the workers that fit this filter; all of them if it is empty."""
        self.filter = Filter(text)
        self.rearrange()

    @property
    def count(self) -> int:
        """Rows of a list of all workers that are shown, scrolled out or not; one more tells of the filter."""
        return len(self._names) + self.filter.on

    @property
    def in_tiles(self) -> bool:
        """False if a list without terminals is shown."""
        return self._arrangement.tiles

    def rearrange(self) -> None:
        """Place the tiles anew and tell the terminals their sizes."""
        watch = self._watch
        if watch is None:
            return
        self._names = self._taken()
        if self.selected not in self._names:
            self.selected = self._names[0] if self._names else ""
        width, height = self.size
        if self.zoomed and self.selected in self._names:
            two = watch.two(self.selected) and self.app.size.width >= BOTH
            self._arrangement = alone(self._names.index(self.selected), width, height, two=two)
        else:
            self._arrangement = self._fit(width, height - self.filter.on)
            if self._arrangement.above or self._arrangement.below:
                self._arrangement = self._fit(width, height - 1)
        self._places, self._beside = {}, {}
        for place in self._arrangement.places:
            name = self._names[place.index]
            (self._places if place.terminal in {None, watch.side(name)} else self._beside)[name] = place
        if self._arrangement.tiles:
            for place in self._arrangement.places:
                self._resize(self._names[place.index], place)
        self.refresh()

    def _taken(self) -> list[str]:
        """Names of the workers that the filter takes; whoever has the whole place or the keyboard keeps it."""
        workers = self._watch.state.workers if self._watch is not None else {}
        kept = {self.typing, self.selected if self.zoomed else ""}
        return [name for name, worker in workers.items() if name in kept or self.filter.takes(worker)]

    def pane(self, name: str = "") -> Pane | None:
        """The terminal that is shown of a worker, by default of the selected one."""
        return self._watch.pane(name or self.selected) if self._watch else None

    # Drawing

    def render(self) -> RenderResult:
        return ""

    def render_line(self, y: int) -> Strip:
        return self.render_lines(Region(0, y, self.size.width, 1))[0]

    def render_lines(self, crop: Region) -> list[Strip]:
        return self._easel.lines(self._gallery(), crop)

    def _gallery(self) -> Gallery:
        if self._inks is None:
            self._inks = Inks.of(self)
        return Gallery(
            self._watch,
            self._names,
            self._arrangement,
            self._inks,
            self._now(),
            *self.size,
            selected=self.selected,
            focused=self.has_focus or isinstance(self.screen.focused, CopyMode),
            typing=self.typing,
            key=self.key_of,
            marked=self.marked,
            filter=self.filter.text,
        )

    def key_of(self, action: str) -> str:
        """The key of an action by its id, as it is shown; empty if it has none here."""
        return ""

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._inks = None
        self._easel.forget()
        if self._watch is not None:
            self._watch.panes.restyle()
            self._watch.shells.restyle()

    # Places

    def _fit(self, width: int, height: int) -> Arrangement:
        index = self._names.index(self.selected) if self.selected in self._names else 0
        top = self._arrangement.top
        view = "list" if self.listed else self.view
        return arrange(len(self._names), width, height, selected=index, top=top, view=view)

    def _resize(self, name: str, place: Place) -> None:
        pane = self._watch.pane(name, place.terminal) if self._watch is not None else None
        columns, rows = place.width - MARGIN, place.height - HEAD
        if pane is not None and columns > 0 and rows > 0 and pane.resize(columns, max(rows, ROWS)):
            self._tell_size(name, pane, place.terminal)

    def tell_size(self, name: str) -> None:
        """Say how large the terminal of a worker is that did not listen before."""
        if (pane := self.pane(name)) is not None:
            self._tell_size(name, pane)

    def _tell_size(self, name: str, pane: Pane, terminal: Terminal | None = None) -> None:
        if self._watch is not None:
            self.post_message(self.PaneResized(name, terminal or self._watch.side(name), pane.columns, pane.rows))

    def _fitted(self, name: str, rows: Iterable[int]) -> Iterable[int]:
        """The rows to be drawn; all of them if the terminal has to take another size first."""
        pane, place = self.pane(name), self._places[name]
        if pane is None or (pane.columns, pane.rows) == (place.width - MARGIN, place.height - HEAD):
            return rows
        self._resize(name, place)
        return range(place.height - HEAD)

    # What changes it

    def watch_selected(self, before: str, now: str) -> None:
        if self._watch is not None and now:
            if now not in self._names and now in self._watch.state.workers:
                # Whoever is gone to is to be seen.
                self.filter = Filter()
            self.rearrange()
            self.post_message(self.Selected(now))

    def watch_zoomed(self, on: bool) -> None:
        self.rearrange()
        if self._watch is not None:
            self.post_message(self.Zoomed(on))

    def watch_listed(self) -> None:
        self.rearrange()

    def watch_view(self) -> None:
        self.rearrange()
        self.post_message(self.ViewChanged())

    def on_resize(self) -> None:
        self.rearrange()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()
