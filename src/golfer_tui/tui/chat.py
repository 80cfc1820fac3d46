"""The conversation with the orchestrator, newest at the bottom, following until the person scrolls away."""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from golfer_tui.model.conversation import Conversation, Entry
from golfer_tui.model.signals import TextDelta
from golfer_tui.tui.conversation import ConversationView
from golfer_tui.tui.entries import Line
from golfer_tui.tui.hints import hint, hints
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.said import Said
from golfer_tui.tui.search.chat_marks import ChatMarks

WELCOME = "Tell the orchestrator what to find out.\nIt plans, starts workers and compares what they measure.\n\n"


class Chat(Keyed, ConversationView, can_focus=True):
    """Draws one conversation. It keeps nothing of its own but the message that is being written and is no event yet."""

    PLACE = "chat"
    BINDINGS: ClassVar[list[BindingType]] = bindings("chat")

    @dc.dataclass
    class Edit(Message):
        """The person wants to say this again, in other words."""

        text: str

    @dc.dataclass
    class Fork(Message):
        """The person wants to go on from here in a copy of the session."""

        entry: Entry

    following: reactive[bool] = reactive(True)
    """False once the person has scrolled away from the newest line."""

    def __init__(self, *, now: Callable[[], dt.datetime], id: str | None = None) -> None:  # noqa: A002
        super().__init__(now=now, id=id)
        self.talk = Conversation()
        self._first: Entry | None = None
        self._seen = 0
        """Entries of the conversation that are known here."""
        self._live: Said | None = None
        self.marks = ChatMarks(self)
        """Of a search."""

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Static(Content(hints("↓ newer below", hint(self.app, "chat.follow", "follows"))), id="newer")

    def _welcome(self) -> Content:
        keys = hints(
            hint(self.app, "composer.send", "sends"),
            "/ completes commands",
            hint(self.app, "app.help", "shows all keys", writing=True),
            hint(self.app, "app.commands", "finds everything"),
        )
        return Content.assemble(("⚑ golfer\n\n", "bold $primary"), WELCOME, (keys, "$foreground 65%"))

    def on_mount(self) -> None:
        self._entries.mount(Static(self._welcome(), id="welcome"))

    # What is shown

    def sync(self, talk: Conversation) -> None:
        """Bring the widgets up to the conversation: new entries, and tool calls that were answered."""
        self.talk = talk
        entries = talk.entries
        if entries and entries[0] is not self._first:
            self.query("#welcome").remove()
            self._first, self._live = entries[0], None
            self._restart(entries)
        else:
            self._add(entries[self._seen :])
        self._seen = len(entries)
        if talk.turn is None:
            # What was streamed and never became a message was interrupted; it stays as it is.
            self._live = None
        self.refresh_running()

    def stream(self, deltas: Iterable[TextDelta]) -> None:
        """Pieces of the message that is being written."""
        for delta in deltas:
            if delta.kind == "text" and delta.text:
                if self._live is None:
                    self._live = Said()
                    self._entries.mount(self._live)
                self._live.write(delta.text)

    def _add(self, entries: Sequence[Entry], before: Widget | None = None) -> None:
        said = next((at for at, entry in enumerate(entries) if entry.kind == "assistant"), None)
        if self._live is None or said is None:
            super()._add(entries, self._live)
            return
        # The first answer is the message that was being written.
        live, self._live = self._live, None
        super()._add(entries[:said], live)
        live.finish(entries[said].text)
        self._drawn[entries[said].seq] = entries[said], live
        super()._add(entries[said + 1 :])

    async def bring(self, index: int) -> Widget | None:
        """The widget of the entry with this index in the conversation; older ones are brought back for it."""
        number = self.talk.entries[index].seq if index < len(self.talk.entries) else 0
        while number not in self._drawn and self._older:
            await self.bring_back()
        return self._drawn[number][1] if number in self._drawn else None

    # What the person does

    def release_anchor(self) -> None:
        super().release_anchor()
        self.following = self.scroll_y >= self.max_scroll_y

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if new_value >= self.max_scroll_y:
            self.following = True

    def watch_following(self, following: bool) -> None:
        self.set_class(not following, "-away")

    def action_follow(self) -> None:
        self.following = True
        self.anchor()

    def action_step(self, by: int) -> None:
        """Stand on the next message or line."""
        self.cursor.step(by, lines=False)

    def action_step_line(self, by: int) -> None:
        """Stand on the next line that can be unfolded."""
        self.cursor.step(by, lines=True)

    def action_fold(self) -> None:
        self.unfold()

    def action_fold_all(self) -> None:
        """Unfold all lines, or fold them if most are open."""
        lines = list(self.query(Line))
        unfold = sum(line.unfolded for line in lines) * 2 < len(lines)
        for line in lines:
            line.fold(not unfold)

    def action_copy(self) -> None:
        """Copy where the person stands, or else the newest answer."""
        if said := self.written:
            self.app.copy_to_clipboard(said)
            self.app.notify("Copied.")

    def action_edit(self) -> None:
        """Write again what the person has said here, or else last."""
        entry = self.cursor.entry("user")
        if entry is None or entry.kind != "user":
            self.app.notify("Go to a message of yours first.", severity="warning")
        else:
            self.post_message(self.Edit(entry.text))

    def action_fork(self) -> None:
        """Go on from here in a copy, or from the newest message of the person."""
        if (entry := self.cursor.entry("user")) is not None:
            self.post_message(self.Fork(entry))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "fork" or self.app.check_action("sessions", ())

    def on_blur(self) -> None:
        self.cursor.put(None)

    def on_click(self, event: events.Click) -> None:
        if event.widget is not None and event.widget.id == "newer":
            self.action_follow()
