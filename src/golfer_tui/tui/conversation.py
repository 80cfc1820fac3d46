"""The widgets of a conversation: the newest entries, older ones page by page, and the one where the person stands."""

import datetime as dt
from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from golfer_tui.model.conversation import Entry
from golfer_tui.tui.entries import Asked, Line
from golfer_tui.tui.entry_cursor import EntryCursor
from golfer_tui.tui.said import Said

PAGE = 30
"""Entries that become widgets at once; older ones are brought back page by page."""


class Older(Static):
    """Stands above the first entry while there may be older ones."""

    class Wanted(Message):
        """The person wants to see them."""

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Wanted())


class ConversationView(VerticalScroll):
    """Base of the chat and of a worker's conversation. It draws entries, and keeps nothing of its own."""

    def __init__(self, *, now: Callable[[], dt.datetime], id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = now
        self._drawn: dict[int, tuple[Entry, Widget]] = {}
        """Entries with what shows them, by the entry's number."""
        self._older: list[Entry] = []
        """Entries that have no widget yet, oldest first."""
        self._unanswered: list[Line] = []
        """Tool calls without an answer, and approvals."""
        self.cursor = EntryCursor(self)

    def compose(self) -> ComposeResult:
        # As high as what is seen at least: an anchor would leave the room at the top.
        with Vertical(id="entries"):
            older = Older(markup=False)
            older.display = False
            yield older

    def on_mount(self) -> None:
        self.anchor()

    # What is shown

    @property
    def _entries(self) -> Vertical:
        return self.query_one("#entries", Vertical)

    @property
    def shown(self) -> Sequence[Widget]:
        """The widgets of all entries that have one, from above."""
        return [self._drawn[number][1] for number in sorted(self._drawn)]

    def entry_of(self, widget: Widget) -> Entry | None:
        """The entry that a widget shows."""
        return next((entry for entry, each in self._drawn.values() if each is widget), None)

    def newest(self, kind: str) -> Entry | None:
        """The newest entry of this kind."""
        drawn = (self._drawn[number][0] for number in sorted(self._drawn, reverse=True))
        return next((entry for each in (drawn, reversed(self._older)) for entry in each if entry.kind == kind), None)

    def refresh_running(self) -> None:
        """Tool calls that still run show for how long."""
        for line in self._unanswered:
            line.changed()
        self._unanswered = [line for line in self._unanswered if line.running]

    def _restart(self, entries: Sequence[Entry]) -> None:
        """Show another conversation: the newest page of these."""
        self._entries.remove_children("Asked, Said, Line")
        self._drawn.clear()
        self.cursor.put(None)
        self._unanswered, self._older = [], list(entries[:-PAGE])
        self._tell_older()
        self._add(entries[-PAGE:])

    def _add(self, entries: Sequence[Entry], before: Widget | None = None) -> None:
        """Show further entries, newer than all others; `before`: above what stands last and is no entry yet."""
        if entries:
            self._entries.mount_all([self._widget(entry) for entry in entries], before=before)

    def _widget(self, entry: Entry) -> Widget:
        widget: Widget
        match entry.kind:
            case "assistant":
                widget = Said(entry.text)
            case "user":
                widget = Asked(entry.text)
            case _:
                widget = line = Line(entry, self._now)
                if line.running:
                    self._unanswered.append(line)
        self._drawn[entry.seq] = entry, widget
        return widget

    # Older entries

    def _tell_older(self) -> None:
        """Say above the first entry whether there are older ones."""
        older = self.query_one(Older)
        older.display = bool(self._older)
        older.update(f"▲ {len(self._older)} older entries · click to show")

    def on_older_wanted(self, event: Older.Wanted) -> None:
        event.stop()
        self.ask_older()

    def ask_older(self) -> None:
        """Bring back one more page, if there is one; what is on its way is given up."""
        if self.query_one(Older).display:
            self.run_worker(self.bring_back(), group="older", exclusive=True)

    async def bring_back(self) -> None:
        """Make widgets of one more page of old entries."""
        page, self._older = self._older[-PAGE:], self._older[:-PAGE]
        self._tell_older()
        if page:
            widgets = [self._widget(entry) for entry in page]
            await self._entries.mount_all(widgets, after=self.query_one(Older))
            self.scroll_to_widget(widgets[-1], animate=False, top=True)

    # What the person does

    @property
    def written(self) -> str:
        """What is to be copied: where the person stands, or else the newest answer; empty if there is none."""
        line, entry = self.cursor.line, self.cursor.entry("assistant")
        return line.written if line is not None else entry.text if entry is not None else ""

    def unfold(self) -> None:
        """Fold or unfold the line where the person stands; from nowhere, the newest."""
        if self.cursor.spot is None:
            self.cursor.step(-1, lines=True)
        if self.cursor.line is not None:
            self.cursor.line.toggle()

    def on_click(self, event: events.Click) -> None:
        if event.widget is not None:
            self.cursor.point(event.widget)
