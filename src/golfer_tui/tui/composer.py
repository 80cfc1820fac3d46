"""Where the person writes: several lines, a history, and Enter sends."""

import dataclasses as dc
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import TextArea

from golfer_tui.tui.completion import Suggestion
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.suggestions import Suggestions

HISTORY = 200
"""Messages that can be brought back."""


class Composer(Keyed, TextArea):
    """A text area that hands over what was written."""

    PLACE = "composer"
    BINDINGS: ClassVar[list[BindingType]] = bindings("composer")

    @dc.dataclass
    class Sent(Message):
        """The person wants to say this."""

        text: str

    def __init__(
        self,
        placeholder: str = "",
        suggestions: Suggestions | None = None,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """With `suggestions` it knows `/` commands and `@worker`."""
        super().__init__(id=id, compact=True, highlight_cursor_line=False, placeholder=placeholder)
        self._suggestions = suggestions
        if suggestions is not None:
            suggestions.take = self._take
        self._history: list[str] = []
        self._at = 0
        """Place in the history; its length means what is being written now."""
        self._draft = ""

    def remember(self, texts: list[str]) -> None:
        """Fill the history with what was said before, oldest first."""
        self._history = texts[-HISTORY:]
        self._at = len(self._history)

    async def _on_key(self, event: events.Key) -> None:
        # All keys that are bound here, and not later by their bindings: in a burst of keys the order counts.
        # What writes something Textual gives to TextArea's own method next.
        bound = self._bindings.key_to_bindings.get(event.key)
        if do := self._chosen(event.key):
            do()
        elif not (bound and await self.app.run_action(bound[0].action, self)):
            return
        event.stop()
        event.prevent_default()

    def _chosen(self, key: str) -> Callable[[], None] | None:
        """What a key does with the list above, if that is open."""
        if (suggestions := self._suggestions) is None:
            return None
        suggestions.update_for(self._completed)
        return suggestions.does(key)

    @property
    def _completed(self) -> str:
        """What can be completed: all of it, with the cursor at its end."""
        return self.text if self.cursor_location == self.document.end else ""

    def on_text_area_changed(self) -> None:
        if self._suggestions is not None:
            self._suggestions.update_for(self._completed)

    def write(self, text: str) -> None:
        """Have this text in the input, with the cursor at its end."""
        self.text = text
        self.move_cursor(self.document.end)

    def _take(self, suggestion: Suggestion, send: bool) -> None:
        same = suggestion.line.strip() == self.text.strip()
        self.write(suggestion.line)
        if send and (suggestion.whole or same):
            self.action_send()

    def action_send(self) -> None:
        text = self.text.strip()
        if not text:
            return
        if not self._history or self._history[-1] != text:
            self._history = [*self._history, text][-HISTORY:]
        self._at, self._draft = len(self._history), ""
        self.clear()
        self.post_message(self.Sent(text))

    def action_newline(self) -> None:
        self.insert("\n")

    def action_earlier(self) -> None:
        if self.cursor_location[0] > 0 or not self._recall(-1):
            self.action_cursor_up()

    def action_later(self) -> None:
        if self.cursor_location[0] < self.document.line_count - 1 or not self._recall(1):
            self.action_cursor_down()

    def _recall(self, by: int) -> bool:
        at = self._at + by
        if not 0 <= at <= len(self._history):
            return False
        if self._at == len(self._history):
            self._draft = self.text
        self._at = at
        self.text = self._draft if at == len(self._history) else self._history[at]
        self.move_cursor(self.document.end)
        return True

    async def _on_paste(self, event: events.Paste) -> None:
        # Line breaks of other systems. Textual calls TextArea's own method next, which keeps the rest as it is.
        event.text = event.text.replace("\r\n", "\n").replace("\r", "\n")
