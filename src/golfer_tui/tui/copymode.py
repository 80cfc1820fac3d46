"""The copy mode: while a person selects with keys, they all mean moves of its cursor. Draws nothing itself."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget

from golfer_tui.tui.clipboard import copy
from golfer_tui.tui.copycursor import Way
from golfer_tui.tui.findbar import FindInput
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.marks import link_at
from golfer_tui.tui.pane import Pane
from golfer_tui.tui.reading import Reading
from golfer_tui.tui.selection import By, Selection

PASSED = ("question_mark",)
"""Keys that write something and still are not only the copy mode's: the help."""


class CopyMode(Keyed, Widget, can_focus=True):
    """Has the focus while it is on."""

    PLACE = "copying"
    BINDINGS: ClassVar[list[BindingType]] = bindings("copying")

    class Changed(Message):
        """Something of the terminal looks different."""

    class Find(Message):
        """The person wants to look for something."""

    class Left(Message):
        """The copy mode is over."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._pane: Pane | None = None

    @property
    def pane(self) -> Pane | None:
        """The terminal in which it is on."""
        return self._pane if self._pane is None or not self._pane.closed else None

    def begin(self, pane: Pane) -> None:
        """Bring up the cursor in this terminal."""
        self._pane = pane
        pane.reading.begin_copying()
        self.screen.set_focus(self, scroll_visible=False)
        self._changed()

    def end(self) -> None:
        """Leave it, wherever the focus goes."""
        pane = self.pane
        if self._pane is not None:
            self._pane = None
            self.post_message(self.Left())
        if pane is not None:
            pane.reading.end_copying()

    def allow_focus(self) -> bool:
        """No place to go to by tab."""
        return self._pane is not None

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """What is no key of the copy mode would mean something else to the screen: a slip must not interrupt a turn."""
        writes = bool(character and character.isprintable())
        return writes and key not in PASSED and not self._bindings.key_to_bindings.get(key)

    def on_key(self, event: events.Key) -> None:
        if self.check_consume_key(event.key, event.character):
            event.stop()
            event.prevent_default()

    def on_blur(self) -> None:
        # The whole cockpit may have lost the focus, or the search begins: it comes back here.
        if self.app.app_focus and not isinstance(self.screen.focused, FindInput):
            self.end()

    def action_move(self, way: Way) -> None:
        """Move the cursor."""
        if (reading := self._reading) is not None:
            reading.move(way)
            self._changed()

    def action_select(self, by: By) -> None:
        """Begin to select, or end it."""
        if (reading := self._reading) is not None:
            reading.select(by)
            self._changed()

    def action_exchange(self) -> None:
        """Go to the other end of what is selected."""
        if (reading := self._reading) is not None:
            reading.exchange()
            self._changed()

    def action_match(self, by: int) -> None:
        """Go to another match."""
        if (reading := self._reading) is None:
            return
        if not reading.go_to_match(by):
            self.app.notify("Nothing was found." if reading.finding.on else "Nothing is looked for.", timeout=2)
        self._changed()

    def action_find(self) -> None:
        """Look for something."""
        self.post_message(self.Find())

    def action_copy(self) -> None:
        """Copy what is selected, else the line of the cursor, and leave."""
        if (reading := self._reading) is None or (cursor := reading.cursor) is None:
            return
        if reading.selection is None:
            reading.selection = Selection(cursor.spot, cursor.spot, "line")
        if text := reading.text():
            copy(self.app, text)
        self.end()

    def action_link(self) -> None:
        """Copy the address of the hyperlink at the cursor."""
        if address := self.address:
            copy(self.app, address)
        else:
            self.app.notify("There is no hyperlink at the cursor.", severity="warning")

    def action_leave(self) -> None:
        """Leave the copy mode."""
        self.end()

    @property
    def address(self) -> str:
        """The address of the hyperlink at the cursor; empty if there is none."""
        if (pane := self.pane) is None or (cursor := pane.reading.cursor) is None:
            return ""
        link = link_at(pane.reading.lines, cursor.spot)
        return link.address if link else ""

    @property
    def _reading(self) -> Reading | None:
        """What is read in the terminal, as it is now; without a terminal the copy mode is over."""
        if (pane := self.pane) is None:
            self.end()
            return None
        pane.reading.settle()
        return pane.reading

    def _changed(self) -> None:
        self.post_message(self.Changed())
