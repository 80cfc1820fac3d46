"""What the mouse does in the terminals of the fleet: it selects and copies, and points at hyperlinks."""

import dataclasses as dc
from typing import TYPE_CHECKING

from textual import events
from textual.timer import Timer

from golfer_tui.terminal.transcript import Spot
from golfer_tui.tui.clipboard import copy
from golfer_tui.tui.marks import link_at
from golfer_tui.tui.pane import Pane
from golfer_tui.tui.selection import By, Selection

if TYPE_CHECKING:
    from golfer_tui.tui.fleet import Fleet

CHAIN = 0.5
"""Seconds within which a second press on a cell is a double click."""

PULL = 0.05
"""Seconds between two rows, while the mouse is dragged beyond an edge of the terminal."""

BY: tuple[By, ...] = ("cell", "word", "line")


@dc.dataclass(frozen=True)
class Hit:
    """A terminal, and the place of its first cell in the fleet."""

    name: str
    pane: Pane
    x: int
    y: int

    def spot(self, event: events.MouseEvent) -> Spot:
        """The cell under the mouse, or the nearest one of this terminal."""
        return self.pane.spot(event.x - self.x, event.y - self.y)

    def beyond(self, event: events.MouseEvent) -> int:
        """How many rows the mouse is above the terminal (negative) or below it."""
        row = event.y - self.y
        return row if row < 0 else max(0, row - self.pane.rows + 1)


class Pointer:
    """Takes the fleet's mouse events; tells what it did not take."""

    def __init__(self, fleet: "Fleet") -> None:
        self._fleet = fleet
        self._hit: Hit | None = None
        """Where the button went down; None while it is up."""
        self._origin = Spot(0, 0)
        self._by: By = "cell"
        self._last = (0.0, 0, 0)
        """When and where the button went down last, and how often in a row."""
        self._presses = 0
        self._pressed = False
        """The press that ends in a click was in a terminal, and not its program's."""
        self._moved = False
        """Something is selected by this press."""
        self._captured = False
        self._followed = False
        self._pulled = False
        self._mouse: events.MouseEvent | None = None
        self._timer: Timer | None = None
        self._pointed: Hit | None = None
        """The terminal whose hyperlink is shown."""

    def press(self, event: events.MouseDown, hit: Hit | None) -> None:
        """The button goes down, perhaps in a terminal."""
        self._moved, self._pressed = False, event.button == 1 and hit is not None
        if event.button != 1 or hit is None:
            return
        again = event.time - self._last[0] <= CHAIN and (event.x, event.y) == self._last[1:]
        self._presses = self._presses % len(BY) + 1 if again else 1
        self._last = event.time, event.x, event.y
        self._hit, self._pulled = hit, False
        self._origin, self._by = hit.spot(event), BY[self._presses - 1]
        if hit.pane.reading.selection is not None:
            hit.pane.reading.selection = None
            self._fleet.redraw(hit.name)
        if self._presses > 1:
            self._select(event)

    def move(self, event: events.MouseMove, hit: Hit | None) -> None:
        """The mouse moves: with the button down it selects, else it points."""
        pressed = self._pressed_in
        if pressed is None:
            self._point(event, hit)
        elif self._moved or pressed.spot(event) != self._origin or pressed.beyond(event):
            self._select(event)

    def release(self, event: events.MouseUp) -> bool:
        """The button goes up. Returns whether it had selected something, which is copied."""
        hit, self._hit = self._pressed_in, None
        self._stop()
        if hit is None or not self._moved:
            return False
        reading = hit.pane.reading
        if self._followed and not self._pulled:
            reading.view.follow()
        if text := reading.text():
            copy(self._fleet.app, text)
        self._fleet.redraw(hit.name)
        return True

    def click(self, event: events.Click, hit: Hit | None) -> bool:
        """A press and a release. Returns whether that was meant for what stands there."""
        pressed, self._pressed = self._pressed, False
        if self._moved or hit is None or not pressed:
            return self._moved
        spot = hit.spot(event)
        link = link_at(hit.pane.reading.lines, spot)
        if link is not None:
            copy(self._fleet.app, link.address)
        return link is not None

    def leave(self) -> None:
        """The mouse is somewhere else."""
        if self._hit is None:
            self._show_link(None, None)

    @property
    def _pressed_in(self) -> Hit | None:
        """Where the button is down, as long as that terminal is there."""
        return self._hit if self._hit is not None and not self._hit.pane.closed else None

    def _select(self, event: events.MouseEvent) -> None:
        hit = self._pressed_in
        if hit is None:
            return
        reading = hit.pane.reading
        if not self._moved:
            self._moved, self._followed = True, reading.view.following
            # While it is selected from, nothing may run away.
            reading.view.hold()
            self._captured = True
            self._fleet.capture_mouse()
        self._mouse = event
        reading.selection = Selection(self._origin, hit.spot(event), self._by)
        if hit.beyond(event) and self._timer is None:
            self._timer = self._fleet.set_interval(PULL, self._pull)
        self._fleet.redraw(hit.name)

    def _pull(self) -> None:
        """Scroll towards the mouse, the faster the farther it is."""
        hit, event = self._pressed_in, self._mouse
        if hit is None or event is None or not (rows := hit.beyond(event)):
            self._stop_pulling()
            return
        if hit.pane.reading.view.scroll(-rows):
            hit.pane.reading.view.hold()
            self._pulled = True
        hit.pane.reading.selection = Selection(self._origin, hit.spot(event), self._by)
        self._fleet.redraw(hit.name)

    def _stop(self) -> None:
        if self._captured:
            self._captured = False
            self._fleet.release_mouse()
        self._stop_pulling()

    def _stop_pulling(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _point(self, event: events.MouseMove, hit: Hit | None) -> None:
        """Show the address of the hyperlink under the mouse."""
        self._show_link(hit, hit.spot(event) if hit is not None else None)

    def _show_link(self, hit: Hit | None, spot: Spot | None) -> None:
        before = self._pointed if self._pointed is not None and not self._pointed.pane.closed else None
        link = link_at(hit.pane.reading.lines, spot) if hit is not None and spot is not None else None
        self._pointed = hit if link is not None else None
        if before is not None and (hit is None or hit.pane is not before.pane) and before.pane.reading.link:
            before.pane.reading.link = None
            self._fleet.redraw(before.name)
        if hit is not None and hit.pane.reading.link != link:
            hit.pane.reading.link = link
            self._fleet.redraw(hit.name)
        if before is not None or link is not None:
            self._fleet.post_message(self._fleet.Pointed(link.address if link else ""))
