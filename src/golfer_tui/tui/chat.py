"""The conversation with the orchestrator, newest at the bottom, following until the person scrolls away."""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from golfer_tui.model.session import Conversation, Entry
from golfer_tui.model.signals import TextDelta
from golfer_tui.tui.chat_cursor import ChatCursor
from golfer_tui.tui.entries import Asked, Line
from golfer_tui.tui.hints import hint, hints
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.said import Said
from golfer_tui.tui.search.chat_marks import ChatMarks

PAGE = 30
"""Entries that are widgets at first; older ones are brought back page by page."""

WELCOME = "Tell the orchestrator what to find out.\nIt plans, starts workers and compares what they measure.\n\n"


class Chat(Keyed, VerticalScroll, can_focus=True):
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
        super().__init__(id=id)
        self._now = now
        self.talk = Conversation()
        self._first: Entry | None = None
        self._oldest = 0
        """Index of the first entry that has a widget."""
        self._shown = 0
        """Index after the last entry that has a widget."""
        self._live: Said | None = None
        self._waiting: list[Line] = []
        """Tool calls without an answer."""
        self.cursor = ChatCursor(self)
        self._widgets: dict[int, Widget] = {}
        """What shows an entry, by the entry's number."""
        self.marks = ChatMarks(self)
        """Of a search."""

    def compose(self) -> ComposeResult:
        with Vertical(id="entries"):
            yield Static(self._welcome(), id="welcome")
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
        self.anchor()

    # What is shown

    @property
    def _entries(self) -> Vertical:
        return self.query_one("#entries", Vertical)

    def sync(self, talk: Conversation) -> None:
        """Bring the widgets up to the conversation: new entries, and tool calls that were answered."""
        self.talk = talk
        entries = talk.entries
        if entries and entries[0] is not self._first:
            self._restart(entries[0], len(entries))
        fresh = entries[self._shown :]
        self._shown = len(entries)
        if fresh:
            self._add(fresh)
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

    def refresh_running(self) -> None:
        """Tool calls that still run show for how long."""
        for line in self._waiting:
            line.changed()
        self._waiting = [line for line in self._waiting if line.running]

    def _restart(self, first: Entry, count: int) -> None:
        self._entries.remove_children()
        self._widgets.clear()
        self.cursor.put(None)
        self._first, self._live, self._waiting = first, None, []
        self._shown = self._oldest = max(0, count - PAGE)
        if self._oldest:
            self._entries.mount(Older(self._oldest), before=0)

    def _add(self, entries: Sequence[Entry]) -> None:
        widgets: list[Widget] = []
        for entry in entries:
            if entry.kind == "assistant" and self._live is not None:
                if widgets:
                    self._entries.mount_all(widgets, before=self._live)
                    widgets = []
                self._live.finish(entry.text)
                self._widgets[entry.seq] = self._live
                self._live = None
                continue
            widget = self._widget(entry)
            widgets.append(widget)
            if isinstance(widget, Line) and widget.running:
                self._waiting.append(widget)
        if widgets:
            self._entries.mount_all(widgets, before=self._live)

    def _widget(self, entry: Entry) -> Widget:
        widget: Widget
        match entry.kind:
            case "assistant":
                widget = Said(entry.text)
            case "user":
                widget = Asked(entry.text)
            case _:
                widget = Line(entry, self._now)
        self._widgets[entry.seq] = widget
        return widget

    @property
    def shown(self) -> Sequence[Widget]:
        """The widgets of all entries that have one, from above."""
        return [self._widgets[number] for number in sorted(self._widgets)]

    def entry_of(self, widget: Widget) -> Entry | None:
        """The entry that a widget shows."""
        return next((entry for entry in self.talk.entries if self._widgets.get(entry.seq) is widget), None)

    async def bring(self, index: int) -> Widget | None:
        """The widget of the entry with this index in the conversation; older ones are brought back for it."""
        while index < self._oldest:
            await self.bring_back()
        entries = self.talk.entries
        return self._widgets.get(entries[index].seq) if index < len(entries) else None

    async def bring_back(self) -> None:
        """Make widgets of one more page of old entries."""
        older = self.query_one(Older)
        begin = max(0, self._oldest - PAGE)
        widgets = [self._widget(entry) for entry in self.talk.entries[begin : self._oldest]]
        self._oldest = begin
        await self._entries.mount_all(widgets, after=older)
        older.count = begin
        if not begin:
            await older.remove()
        self.scroll_to_widget(widgets[-1], animate=False, top=True)

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
        if self.cursor.spot is None:
            self.action_step_line(-1)
        if self.cursor.line is not None:
            self.cursor.line.toggle()

    def action_fold_all(self) -> None:
        """Unfold all lines, or fold them if most are open."""
        lines = list(self.query(Line))
        unfold = sum(line.unfolded for line in lines) * 2 < len(lines)
        for line in lines:
            line.fold(not unfold)

    def action_copy(self) -> None:
        """Copy where the person stands, or else the newest answer."""
        line, entry = self.cursor.line, self.cursor.entry("assistant")
        said = line.written if line is not None else entry.text if entry is not None else ""
        if said:
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
        elif event.widget is not None:
            self.cursor.point(event.widget)


class Older(Static):
    """Stands above the first entry while there are older ones; a click brings them back."""

    count: reactive[int] = reactive(0)

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def render(self) -> str:
        return f"▲ {self.count} older entries · click to show"

    async def on_click(self, event: events.Click) -> None:
        event.stop()
        await self.screen.query_one(Chat).bring_back()
