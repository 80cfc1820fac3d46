"""Where the person writes: several lines, a history, and Enter sends."""

import dataclasses as dc
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

HISTORY = 200
"""Messages that can be brought back."""

SENDS = ("enter",)
BREAKS = ("ctrl+j", "shift+enter", "alt+enter")


class Composer(TextArea):
    """A text area that hands over what was written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(SENDS), "send", "Send"),
        Binding(",".join(BREAKS), "newline", "New line", key_display="ctrl+j"),
    ]

    @dc.dataclass
    class Sent(Message):
        """The person wants to say this."""

        text: str

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, compact=True, highlight_cursor_line=False, placeholder=placeholder)
        self._history: list[str] = []
        self._at = 0
        """Place in the history; its length means what is being written now."""
        self._draft = ""

    def remember(self, texts: list[str]) -> None:
        """Fill the history with what was said before, oldest first."""
        self._history = texts[-HISTORY:]
        self._at = len(self._history)

    async def _on_key(self, event: events.Key) -> None:
        # Here and not by their bindings, which would overtake the characters that were typed just before.
        if event.key in SENDS or event.key in BREAKS:
            event.stop()
            event.prevent_default()
            (self.action_send if event.key in SENDS else self.action_newline)()
        else:
            await super()._on_key(event)

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

    def action_cursor_up(self, select: bool = False) -> None:
        if select or self.cursor_location[0] > 0 or not self._recall(-1):
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if select or self.cursor_location[0] < self.document.line_count - 1 or not self._recall(1):
            super().action_cursor_down(select)

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
        # Line breaks of other systems; TextArea itself keeps the rest as it is.
        event.text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        await super()._on_paste(event)
