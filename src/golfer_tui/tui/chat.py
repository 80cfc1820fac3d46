"""The conversation with the orchestrator, newest at the bottom, following until the person scrolls away."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from golfer_tui.model.session import Conversation, Entry
from golfer_tui.model.signals import TextDelta
from golfer_tui.tui.entries import Asked, Line
from golfer_tui.tui.hints import hint, hints
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.said import Said

PAGE = 50
"""Entries that are widgets at first; older ones are brought back page by page."""

WELCOME = "Tell the orchestrator what to find out.\nIt plans, starts workers and compares what they measure.\n\n"


class Chat(Keyed, VerticalScroll, can_focus=True):
    """Draws one conversation. It keeps nothing of its own but the message that is being written and is no event yet."""

    PLACE = "chat"
    BINDINGS: ClassVar[list[BindingType]] = bindings("chat")

    following: reactive[bool] = reactive(True)
    """False once the person has scrolled away from the newest line."""

    def __init__(self, *, now: Callable[[], dt.datetime], id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = now
        self._talk = Conversation()
        self._first: Entry | None = None
        self._oldest = 0
        """Index of the first entry that has a widget."""
        self._shown = 0
        """Index after the last entry that has a widget."""
        self._live: Said | None = None
        self._waiting: list[Line] = []
        """Tool calls without an answer."""
        self._marked: Line | None = None

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
        self._talk = talk
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
        self._first, self._live, self._marked, self._waiting = first, None, None, []
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
                self._live = None
                continue
            widget = self._widget(entry)
            widgets.append(widget)
            if isinstance(widget, Line) and widget.running:
                self._waiting.append(widget)
        if widgets:
            self._entries.mount_all(widgets, before=self._live)

    def _widget(self, entry: Entry) -> Widget:
        match entry.kind:
            case "assistant":
                return Said(entry.text)
            case "user":
                return Asked(entry.text)
            case _:
                return Line(entry, self._now)

    async def bring_back(self) -> None:
        """Make widgets of one more page of old entries."""
        older = self.query_one(Older)
        begin = max(0, self._oldest - PAGE)
        widgets = [self._widget(entry) for entry in self._talk.entries[begin : self._oldest]]
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
        """Mark the next line that can be unfolded."""
        lines = list(self.query(Line))
        if not lines:
            return
        at = lines.index(self._marked) + by if self._marked in lines else (len(lines) - 1 if by < 0 else 0)
        self._mark(lines[min(max(at, 0), len(lines) - 1)])

    def action_fold(self) -> None:
        if self._marked is None:
            self.action_step(-1)
        if self._marked is not None:
            self._marked.toggle()

    def action_fold_all(self) -> None:
        """Unfold all lines, or fold them if most are open."""
        lines = list(self.query(Line))
        unfold = sum(line.unfolded for line in lines) * 2 < len(lines)
        for line in lines:
            line.fold(not unfold)

    def action_copy(self) -> None:
        """Copy the marked line, or else the newest message."""
        said = self._marked.written if self._marked is not None else ""
        if not said:
            said = next((entry.text for entry in reversed(self._talk.entries) if entry.kind == "assistant"), "")
        if said:
            self.app.copy_to_clipboard(said)
            self.app.notify("Copied.")

    def on_blur(self) -> None:
        self._mark(None)

    def on_click(self, event: events.Click) -> None:
        if event.widget is not None and event.widget.id == "newer":
            self.action_follow()

    def _mark(self, line: Line | None) -> None:
        if self._marked is not None:
            self._marked.marked = False
        self._marked = line
        if line is not None:
            line.marked = True
            self.scroll_to_widget(line, animate=False)


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
