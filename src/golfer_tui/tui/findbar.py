"""Where a person writes what is to be found, and where: the last row, in place of the keys; above it what was found."""

import dataclasses as dc
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.keymap import key_shown
from golfer_tui.tui.results import ResultList
from golfer_tui.tui.search.scope import Scope

WIDE = 100
"""Columns from which there is room for keys with what they do."""

ROWS = 12
"""Rows of the list, or less where the screen is low."""


class FindInput(Keyed, Input):
    """The text itself. Its keys are the bar's actions."""

    PLACE = "find"
    BINDINGS: ClassVar[list[BindingType]] = bindings("find")

    def action_match(self, by: int) -> None:
        self.post_message(FindBar.Step(by))

    def action_page(self, by: int) -> None:
        self.post_message(FindBar.Step(by, pages=True))

    def action_elsewhere(self, by: int) -> None:
        self.post_message(FindBar.Elsewhere(by))

    def on_blur(self) -> None:
        # The whole cockpit may have lost the focus: it comes back here.
        bar = self.screen.query_one(FindBar)
        if self.app.app_focus and bar.display:
            bar.post_message(FindBar.Closed(self.value, back=False))

    def action_keep(self) -> None:
        self.post_message(FindBar.Closed(self.value))

    def action_cancel(self) -> None:
        self.post_message(FindBar.Closed())


class FindBar(Vertical):
    """Hidden until it is opened. What is found is the main screen's business."""

    @dc.dataclass
    class Wanted(Message):
        """This is to be found."""

        text: str

    @dc.dataclass
    class Step(Message):
        """To the next match, or with -1 to the one before."""

        by: int
        pages: bool = False
        """By so many pages of the list."""

    @dc.dataclass
    class Elsewhere(Message):
        """It is to be looked for in the next place, or with -1 in the one before."""

        by: int

    @dc.dataclass
    class Picked(Message):
        """A result of the list was clicked."""

        index: int

    @dc.dataclass
    class Closed(Message):
        """The person has written enough."""

        text: str = ""
        """What is to be found from now on; empty if the search is given up."""
        back: bool = True
        """The focus is to go back, or to what was found."""

    def compose(self) -> ComposeResult:
        yield ResultList(id="results")
        with Horizontal(id="find-row"):
            yield Static("", id="find-name")
            yield FindInput(id="find", compact=True)
            yield Static("", id="find-told")

    @property
    def text(self) -> str:
        return self.query_one(FindInput).value

    @property
    def page(self) -> int:
        """Rows of a page of the list."""
        return self.query_one(ResultList).page

    def open(self, scope: Scope, text: str) -> None:
        """Show it for this place, with this text."""
        fresh, self.display = not self.display, True
        entry, found = self.query_one(FindInput), self.query_one(ResultList)
        self.query_one("#find-name", Static).update(f" {scope.name} ")
        entry.placeholder, entry.value = scope.placeholder, text
        found.display = scope.results is not None
        if scope.results is not None:
            found.show(scope.results)
        # At once: the next keys may be here already.
        self.screen.set_focus(entry, scroll_visible=False)
        if fresh:
            entry.action_select_all()

    def close(self) -> None:
        """Hide it."""
        self.display = False

    def tell(self, scope: Scope) -> None:
        """Show what was found, how many there are, and why the text is no regular expression."""
        entry, found = self.query_one(FindInput), self.query_one(ResultList)
        if scope.results is not None:
            found.styles.height = min(ROWS, self.screen.size.height * 2 // 5)
            found.changed(scope.cursor, scope.empty if entry.value else "")
        parts: list[tuple[str, str]] = [(f" {scope.told} ", "bold")] if scope.told else []
        if scope.complaint:
            parts.append((f" as plain text: {scope.complaint} ", "$warning"))
        for action, word in scope.hints.items():
            if self.size.width >= WIDE and (keys := entry.keys_of(action)):
                parts += [(f" {key_shown(keys[0])}", "$accent"), (f" {word}", "$foreground 70%")]
        self.query_one("#find-told", Static).update(Content.assemble(*parts))

    @on(Input.Changed)
    def changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display:
            self.post_message(self.Wanted(event.value))

    @on(ResultList.Chosen)
    def chosen(self, event: ResultList.Chosen) -> None:
        event.stop()
        self.post_message(self.Picked(event.index))

    def on_click(self, event: events.Click) -> None:
        if event.widget is not None and event.widget.id == "find-name":
            self.post_message(self.Elsewhere(1))
