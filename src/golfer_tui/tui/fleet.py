"""The fleet: the tiles of all workers, and what a person does there with keys and mouse."""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from golfer_tui.tui.arrangement import Place
from golfer_tui.tui.clipboard import copy
from golfer_tui.tui.gallery import MARGIN
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.keymap import keys_shown
from golfer_tui.tui.marking import Marking
from golfer_tui.tui.pane import Pane
from golfer_tui.tui.pointer import Hit, Pointer
from golfer_tui.tui.program_mouse import ProgramMouse
from golfer_tui.tui.tile import HEAD

WHEEL = 3
"""Rows that one notch of the wheel scrolls."""

RIGHT = 3
"""Number of the mouse's right button."""


class Fleet(Keyed, Marking, can_focus=True):
    """Moves, selects and scrolls. What is to be done with a worker it only asks for."""

    PLACE = "fleet"
    BINDINGS: ClassVar[list[BindingType]] = bindings("fleet")

    @dc.dataclass
    class Asked(Message):
        """The action of this id is to be done with a worker."""

        action: str
        worker: str

    @dc.dataclass
    class ForProgram(Message):
        """What the mouse means to the program that has the keyboard."""

        data: bytes

    @dc.dataclass
    class Pointed(Message):
        """The mouse is over a hyperlink, or no longer."""

        address: str
        """Empty: over none."""

    @dc.dataclass
    class ReadOn(Message):
        """A part of the sign above a terminal was clicked: `follow`, `next` or `before`."""

        what: str
        worker: str

    def __init__(self, *, now: Callable[[], dt.datetime], id: str | None = None) -> None:  # noqa: A002
        super().__init__(now=now, id=id)
        self._program = ProgramMouse(self)
        self._pointer = Pointer(self)
        self._was_focused = False
        """The fleet had the focus when the mouse was pressed."""

    def key_of(self, action: str) -> str:
        return keys_shown(self.keys_of(action)[:1])

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

    def action_scroll_pane(self, pages: int) -> None:
        pane = self.pane()
        if pane is not None:
            self._scrolled(self.selected, pages * max(1, pane.rows - 1))

    def action_jump(self, step: int, failed: bool) -> None:
        """Scroll the selected worker's pane to the next or previous command, or to one that failed."""
        if (pane := self.pane()) is not None and self.selected in self._places:
            if pane.jump(step, failed=failed):
                self.redraw()
            else:
                which = "failed command" if failed else "command"
                self.app.notify(f"There is no {which} {'below' if step > 0 else 'above'}.", timeout=2)

    def action_view(self) -> None:
        """Change between tiles and a list, whatever fits."""
        self.view = "list" if self._arrangement.tiles else "tiles"

    def action_copy(self) -> None:
        pane = self.pane()
        if pane is not None:
            copy(self.app, pane.reading.text() or pane.text())

    def focus_on_click(self) -> bool:
        """While the person types, only a click outside of that terminal takes the keyboard away."""
        # The screen asks before each press: whether the keys came here already makes a difference to the click.
        self._was_focused = self.has_focus
        return not self.typing

    def on_mouse_down(self, event: events.MouseDown) -> None:
        place = self._arrangement.at(event.x, event.y)
        if self._turn_to(place) and self.typing:
            return
        if self.typing and (place is None or self._names[place.index] != self.typing):
            self.focus()
        elif self._program.take(event):
            return
        self._pointer.press(event, self._hit(event))

    def _turn_to(self, place: Place | None) -> bool:
        """Of two terminals side by side, act on the one there; the keyboard goes along. False if it was so before."""
        if place is None or place.terminal is None or self._watch is None:
            return False
        name = self._names[place.index]
        if self._watch.side(name) == place.terminal:
            return False
        self._watch.turn(name, place.terminal)
        self.rearrange()
        if self.typing == name:
            self._type_into(name)
        return True

    def _type_into(self, name: str) -> None:
        if self._watch is not None:
            agent = self._watch.side(name) == "agent"
            self.post_message(self.Asked("worker.type" if agent else "worker.shell", name))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if not self._program.take(event):
            self._pointer.release(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if not self._program.take(event):
            self._pointer.move(event, self._hit(event))

    def on_leave(self) -> None:
        self._pointer.leave()

    def _hit(self, event: events.MouseEvent) -> Hit | None:
        """The terminal under the mouse."""
        place = self._arrangement.at(event.x, event.y)
        pane = self._gallery().pane(place) if place is not None and self._arrangement.tiles else None
        if place is None or pane is None or event.y - place.y < HEAD or event.x - place.x < MARGIN:
            return None
        return Hit(self._names[place.index], pane, place.x + MARGIN, place.y + HEAD)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        self._program.take(event)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        self._program.take(event)

    def typed_into(self) -> tuple[Pane, int, int] | None:
        """The terminal that has the keyboard, with the column and row of its first cell; None if none is seen."""
        pane, place = self.pane(self.typing) if self.typing else None, self._places.get(self.typing)
        if pane is None or place is None or not self._arrangement.tiles:
            return None
        return pane, place.x + MARGIN, place.y + HEAD

    def on_click(self, event: events.Click) -> None:
        place = self._arrangement.at(event.x, event.y)
        if place is None:
            return
        name, in_terminal = self._names[place.index], self._arrangement.tiles and event.y - place.y >= HEAD
        if what := event.style.meta.get("reading"):
            self.post_message(self.ReadOn(what, name))
            return
        if event.style.meta.get("needs") and event.button != RIGHT:
            self.post_message(self.Asked("approval.answer", name))
            return
        if self._pointer.click(event, self._hit(event)):
            if not self.typing:
                self.selected = name
            return
        if name == self.typing and in_terminal:
            return
        if event.ctrl:
            self.mark(name)
            return
        here = self.zoomed or (name == self.selected and self._was_focused)
        self.selected = name
        if event.button == RIGHT:
            self.post_message(self.Asked("worker.menu", name))
            return
        if event.chain == 2:
            self.action_zoom()
        elif event.chain == 1 and here and in_terminal:
            self._type_into(name)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, direction: int) -> None:
        event.stop()
        if self._program.take(event):
            return
        place = self._arrangement.at(event.x, event.y)
        if not self._arrangement.tiles or place is None or event.shift:
            self.action_move(0, -direction)
            return
        if not self.typing:
            self._turn_to(place)
        self._scrolled(self._names[place.index], direction * WHEEL)

    def _scrolled(self, name: str, rows: int) -> None:
        pane = self.pane(name)
        if pane is not None and pane.scroll(rows):
            self.redraw(name)
