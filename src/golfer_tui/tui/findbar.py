"""Where a person writes what is to be found in a terminal: the last row, in place of the keys."""

import dataclasses as dc
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.keymap import key_shown

HINTS = ("find.before", "find.next", "find.keep", "find.cancel")


class FindInput(Keyed, Input):
    """The text itself. Its keys are the bar's actions."""

    PLACE = "find"
    BINDINGS: ClassVar[list[BindingType]] = bindings("find")

    def action_match(self, by: int) -> None:
        self.post_message(FindBar.Step(by))

    def on_blur(self) -> None:
        # The whole cockpit may have lost the focus: it comes back here.
        if self.app.app_focus and self.parent is not None and self.parent.display:
            self.post_message(FindBar.Closed(self.value, back=False))

    def action_keep(self) -> None:
        self.post_message(FindBar.Closed(self.value))

    def action_cancel(self) -> None:
        self.post_message(FindBar.Closed())


class FindBar(Horizontal):
    """Hidden until it is opened. What is found is the main screen's business."""

    @dc.dataclass
    class Wanted(Message):
        """This is to be found."""

        text: str

    @dc.dataclass
    class Step(Message):
        """To the next match, or with -1 to the one before."""

        by: int

    @dc.dataclass
    class Closed(Message):
        """The person has written enough."""

        text: str = ""
        """What is to be found from now on; empty if the search is given up."""
        back: bool = True
        """The focus is to go back to the terminal."""

    def compose(self) -> ComposeResult:
        yield Static(" find ", id="find-name")
        yield FindInput(id="find", compact=True, placeholder="a regular expression, or plain text")
        yield Static("", id="find-told")

    def open(self, text: str) -> None:
        """Show it with this text."""
        self.display = True
        entry = self.query_one(FindInput)
        entry.value = text
        # At once: the next keys may be here already.
        self.screen.set_focus(entry, scroll_visible=False)
        entry.action_select_all()

    def close(self) -> None:
        """Hide it."""
        self.display = False

    def tell(self, place: str, complaint: str) -> None:
        """Show how many there are, and why the text is no regular expression."""
        entry = self.query_one(FindInput)
        parts: list[tuple[str, str]] = [(f" {place} ", "bold")] if place else []
        if complaint:
            parts.append((f" as plain text: {complaint} ", "$warning"))
        for action, word in zip(HINTS, ("older", "newer", "keep", "cancel"), strict=True):
            if self.size.width >= 100 and (keys := entry.keys_of(action)):
                parts += [(f" {key_shown(keys[0])}", "$accent"), (f" {word}", "$foreground 70%")]
        self.query_one("#find-told", Static).update(Content.assemble(*parts))

    @on(Input.Changed)
    def changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display:
            self.post_message(self.Wanted(event.value))
