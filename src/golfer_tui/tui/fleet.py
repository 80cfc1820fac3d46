"""The fleet: all workers in one widget that draws line by line, as a grid of tiles, a list, or one worker alone.

One widget for all is what keeps sixty-four terminals cheap; the frames come from the screen, the bytes from the panes.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from golfer_tui.tui.arrangement import Arrangement, Place, View, arrange
from golfer_tui.tui.gallery import MARGIN, Gallery
from golfer_tui.tui.inks import Inks
from golfer_tui.tui.pane import Pane
from golfer_tui.tui.tile import HEAD
from golfer_tui.tui.watch import Changes, Watch

WHEEL = 3
"""Rows that one notch of the wheel scrolls."""


class Fleet(Widget, can_focus=True):
    """Shows the workers of a watch; moves, selects and scrolls. What is to be done with a worker it only asks for."""

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(0,-1)", "Up", show=False),
        Binding("down,j", "move(0,1)", "Down", show=False),
        Binding("left,h", "move(-1,0)", "Left", show=False),
        Binding("right,l", "move(1,0)", "Right", show=False),
        Binding("enter,z", "zoom", "Zoom"),
        Binding("K,delete", "ask('kill')", "Kill", key_display="K"),
        Binding("r", "ask('restart')", "Restart"),
        Binding("c", "ask('continue')", "Continue"),
        Binding("m", "ask('message')", "Message"),
        Binding("i", "ask('type into')", "Type into"),
        Binding("pageup", "scroll_pane(1)", "Page back", show=False),
        Binding("pagedown", "scroll_pane(-1)", "Page forward", show=False),
        Binding("home,g", "scroll_pane(9999)", "Oldest output", show=False),
        Binding("end,G,f", "scroll_pane(-9999)", "Follow the output", show=False),
        Binding("v", "view", "Tiles or list", show=False),
        Binding("y", "copy", "Copy the pane", show=False),
        *(Binding(str(digit), f"pick({digit})", f"Worker {digit}", show=False) for digit in range(1, 10)),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = Inks.COMPONENT_CLASSES

    selected: reactive[str] = reactive("", repaint=False)
    """Name of the selected worker."""
    zoomed: reactive[bool] = reactive(False, repaint=False)
    """True while the selected worker has the whole place."""
    typing: reactive[str] = reactive("", repaint=False)
    """Name of the worker whose terminal has the keyboard."""
    view: reactive[View] = reactive[View]("auto", repaint=False)

    @dc.dataclass
    class Selected(Message):
        """Another worker is selected."""

        worker: str

    @dc.dataclass
    class Zoomed(Message):
        """One worker has the whole place, or no longer."""

        on: bool

    @dc.dataclass
    class Asked(Message):
        """One of `steering.WAYS` is to be done with a worker."""

        what: str
        worker: str

    @dc.dataclass
    class PaneResized(Message):
        """The terminal of a worker has another size, in cells."""

        worker: str
        columns: int
        rows: int

    def __init__(self, *, now: Callable[[], dt.datetime], id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = now
        self._watch: Watch | None = None
        self._names: list[str] = []
        self._arrangement = Arrangement(False, 1, 0, (), 0, 0)
        self._inks: Inks | None = None

    # What is shown

    def show(self, watch: Watch) -> None:
        """Begin to show the workers of this watch."""
        self._watch = watch
        self.rearrange()

    def apply(self, changes: Changes) -> None:
        """Draw anew what a frame says has changed, and no more."""
        if changes.everything or changes.roster:
            self.rearrange()
            return
        for name in changes.heads:
            self.refresh_head(name)
        for name, rows in changes.rows.items():
            self._refresh_rows(name, rows)

    def refresh_head(self, name: str) -> None:
        """Draw the title, task and meter of a worker anew."""
        if place := self._place(name):
            self.refresh(Region(place.x, place.y, place.width, HEAD if self._arrangement.tiles else 1))

    @property
    def count(self) -> int:
        """How many workers are shown, scrolled out or not."""
        return len(self._names)

    @property
    def in_tiles(self) -> bool:
        """False if a list without terminals is shown."""
        return self._arrangement.tiles

    def rearrange(self) -> None:
        """Place the tiles anew and tell the terminals their sizes."""
        watch = self._watch
        if watch is None:
            return
        self._names = list(watch.state.workers)
        if self._names and self.selected not in watch.state.workers:
            self.selected = self._names[0]
        width, height = self.size
        if self.zoomed and self.selected in self._names:
            whole = Place(self._names.index(self.selected), 0, 0, width, height)
            self._arrangement = Arrangement(True, 1, 0, (whole,), 0, 0)
        else:
            self._arrangement = self._fit(width, height)
            if self._arrangement.above or self._arrangement.below:
                self._arrangement = self._fit(width, height - 1)
        if self._arrangement.tiles:
            for place in self._arrangement.places:
                self._resize(self._names[place.index], place)
        self.refresh()

    def pane(self, name: str = "") -> Pane | None:
        """The terminal of a worker, by default of the selected one."""
        return self._watch.panes.get(name or self.selected) if self._watch else None

    # Drawing

    def render(self) -> RenderResult:
        return ""

    def render_line(self, y: int) -> Strip:
        if self._inks is None:
            self._inks = Inks.of(self)
        width, height = self.size
        gallery = Gallery(self._watch, self._names, self._arrangement, self._inks, self._now(), width, height)
        return gallery.line(y, self.selected, focused=self.has_focus, typing=self.typing)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._inks = None
        if self._watch is not None:
            self._watch.panes.restyle()

    # Places

    def _fit(self, width: int, height: int) -> Arrangement:
        index = self._names.index(self.selected) if self.selected in self._names else 0
        top = self._arrangement.top
        return arrange(len(self._names), width, height, selected=index, top=top, view=self.view)

    def _place(self, name: str) -> Place | None:
        if name not in self._names:
            return None
        return self._arrangement.of(self._names.index(name))

    def _resize(self, name: str, place: Place) -> None:
        pane = self.pane(name)
        columns, rows = place.width - MARGIN, place.height - HEAD
        if pane is not None and columns > 0 and rows > 0 and pane.resize(columns, rows):
            self.post_message(self.PaneResized(name, columns, rows))

    def tell_size(self, name: str) -> None:
        """Say how large the terminal of a worker is that did not listen before."""
        if (pane := self.pane(name)) is not None:
            self.post_message(self.PaneResized(name, pane.columns, pane.rows))

    def _refresh_rows(self, name: str, rows: Iterable[int]) -> None:
        place = self._place(name)
        pane = self.pane(name)
        if place is None or pane is None or not self._arrangement.tiles:
            return
        if (pane.columns, pane.rows) != (place.width - MARGIN, place.height - HEAD):
            self._resize(name, place)
            rows = range(place.height)
        for y in rows:
            if y < place.height - HEAD:
                self.refresh(Region(place.x, place.y + HEAD + y, place.width, 1))

    # What the person does

    def watch_selected(self, before: str, now: str) -> None:
        if self._watch is not None and now:
            self.rearrange()
            self.post_message(self.Selected(now))

    def watch_zoomed(self, on: bool) -> None:
        self.rearrange()
        if self._watch is not None:
            self.post_message(self.Zoomed(on))

    def watch_view(self) -> None:
        self.rearrange()

    def on_resize(self) -> None:
        self.rearrange()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def action_move(self, x: int, y: int) -> None:
        """Select the neighbour in that direction."""
        if not self._names:
            return
        index = self._names.index(self.selected) if self.selected in self._names else 0
        self.selected = self._names[self._arrangement.beside(index, x, y, len(self._names))]

    def action_pick(self, number: int) -> None:
        if number <= len(self._names):
            self.selected = self._names[number - 1]

    def action_zoom(self) -> None:
        if self._names:
            self.zoomed = not self.zoomed

    def action_ask(self, what: str) -> None:
        if self.selected:
            self.post_message(self.Asked(what, self.selected))

    def action_scroll_pane(self, pages: int) -> None:
        pane = self.pane()
        if pane is not None:
            self._scrolled(self.selected, pages * max(1, pane.rows - 1))

    def action_view(self) -> None:
        """Change between tiles and a list, whatever fits."""
        self.view = "list" if self._arrangement.tiles else "tiles"

    def action_copy(self) -> None:
        pane = self.pane()
        if pane is not None:
            self.app.copy_to_clipboard(pane.text())
            self.app.notify("Copied what the pane shows.")

    def on_click(self, event: events.Click) -> None:
        place = self._arrangement.at(event.x, event.y)
        if place is None:
            return
        self.selected = self._names[place.index]
        if event.chain == 2:
            self.action_zoom()
        elif event.chain == 1 and self.zoomed and event.y >= HEAD:
            self.action_ask("type into")

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, direction: int) -> None:
        event.stop()
        place = self._arrangement.at(event.x, event.y)
        if not self._arrangement.tiles or place is None or event.shift:
            self.action_move(0, -direction)
            return
        self._scrolled(self._names[place.index], direction * WHEEL)

    def _scrolled(self, name: str, rows: int) -> None:
        pane, place = self.pane(name), self._place(name)
        if pane is not None and place is not None and pane.scroll(rows):
            self.refresh(Region(place.x, place.y, place.width, place.height))
