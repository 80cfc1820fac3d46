"""The conversation of a worker: what it was told, said, thought and did; what is older comes from the journal."""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from golfer_tui.model.errors import GolferError
from golfer_tui.model.session import Entry, Worker
from golfer_tui.tui.detail.page import Page
from golfer_tui.tui.detail.past import Past
from golfer_tui.tui.entries import Asked, Line
from golfer_tui.tui.said import Said

if TYPE_CHECKING:
    from golfer_tui.tui.watch import Watch

PAGE = 40
"""Entries that become widgets at once."""


class Older(Static):
    """Stands above the first entry while there may be older ones."""


class Talk(Page, VerticalScroll, can_focus=False):
    """Shows the newest entries; older ones on demand."""

    def __init__(self, *, now: Callable[[], dt.datetime]) -> None:
        super().__init__()
        self._now = now
        self._watch: Watch | None = None
        self._worker = ""
        self._newest = 0
        """Number of the event of the newest entry that is shown."""
        self._waiting: list[Entry] = []
        """Entries that are known and older than those that are shown."""
        self._past: Past | None = None
        self._calls: list[Line] = []
        """Tool calls without an answer."""
        self._marked: Line | None = None

    def compose(self) -> ComposeResult:
        # As high as what is seen at least: an anchor would leave the room at the top.
        with Vertical(id="told-entries"):
            yield Older(markup=False)

    def on_mount(self) -> None:
        self.anchor()

    @property
    def lines(self) -> list[Line]:
        """What can be unfolded, oldest first."""
        return list(self.query(Line))

    # What is shown

    @property
    def _entries(self) -> Vertical:
        return self.query_one("#told-entries", Vertical)

    def show(self, watch: "Watch", worker: Worker) -> None:
        entries = worker.conversation.entries
        if worker.name != self._worker or (self._newest and not entries):
            self._begin(watch, worker)
        else:
            self._add([entry for entry in entries[-PAGE:] if entry.seq > self._newest])
        for line in self._calls:
            line.changed()
        self._calls = [line for line in self._calls if line.running]

    def hide(self) -> None:
        self._worker = ""

    def _begin(self, watch: "Watch", worker: Worker) -> None:
        entries = worker.conversation.entries
        self._watch, self._worker, self._marked, self._calls = watch, worker.name, None, []
        self.query("Asked, Said, Line").remove()
        self._newest, self._waiting = 0, entries[:-PAGE]
        first = entries[0].seq if entries else watch.state.seq + 1
        self._past = Past(worker.name, first, partial(watch.engine.events, output=False))
        self._tell_older()
        self._add(entries[-PAGE:])
        self.anchor()

    def _add(self, entries: Sequence[Entry]) -> None:
        if entries:
            self._newest = entries[-1].seq
            self._entries.mount_all([self._widget(entry) for entry in entries])

    def _widget(self, entry: Entry) -> Widget:
        match entry.kind:
            case "assistant":
                return Said(entry.text)
            case "user":
                return Asked(entry.text)
            case _:
                line = Line(entry, self._now)
                if line.running:
                    self._calls.append(line)
                return line

    def _tell_older(self, told: str = "▲ older · a click or page up at the top") -> None:
        older = self.query_one(Older)
        older.display = bool(self._waiting) or not (self._past is None or self._past.over)
        older.update(told)

    # Older entries

    def on_click(self, event: events.Click) -> None:
        if isinstance(event.widget, Older):
            self.bring_back()

    def bring_back(self) -> None:
        """Show one more page of old entries."""
        if self.query_one(Older).display:
            self.read(self._bring_back, "older")

    async def _bring_back(self) -> None:
        name, past = self._worker, self._past
        if not self._waiting and past is not None:
            self._tell_older("reading …")
            try:
                found = await past.older()
            except GolferError as error:
                self._tell_older(str(error))
                return
            if past is not self._past or name != self._worker:
                return
            self._waiting = found
        page, self._waiting = self._waiting[-PAGE:], self._waiting[:-PAGE]
        self._tell_older()
        if page:
            widgets = [self._widget(entry) for entry in page]
            await self._entries.mount_all(widgets, after=self.query_one(Older))
            self.scroll_to_widget(widgets[-1], animate=False, top=True)

    # What the person does

    def move(self, rows: int) -> None:
        """Mark the next line that can be unfolded; without one in sight, scroll."""
        lines = self.lines
        at = lines.index(self._marked) + rows if self._marked in lines else len(lines) - 1 if rows < 0 else len(lines)
        if 0 <= at < len(lines):
            self._mark(lines[at])
        else:
            self._go(rows)

    def turn(self, pages: int) -> None:
        if pages < 0 and self.scroll_y <= 0:
            self.bring_back()
        else:
            self._go(pages * max(1, self.size.height - 1))

    def _go(self, rows: int) -> None:
        """Scroll; who comes to the end follows what is new."""
        if self.scroll_y + rows >= self.max_scroll_y:
            self.anchor()
        else:
            self.release_anchor()
            self.scroll_relative(y=rows, animate=False)

    def ends(self, end: bool) -> None:
        self._mark(None)
        if end:
            self.anchor()
        else:
            self.release_anchor()
            self.scroll_home(animate=False)

    @property
    def opens(self) -> bool:
        return bool(self.lines)

    def open(self) -> None:
        """Fold or unfold the marked line, by default the newest."""
        if self._marked is None or not self._marked.is_attached:
            self._mark(self.lines[-1])
        if self._marked is not None:
            self._marked.toggle()
            self.call_after_refresh(self.scroll_to_widget, self._marked, animate=False)

    def copied(self) -> str:
        return self._marked.written if self._marked is not None else ""

    def _mark(self, line: Line | None) -> None:
        if self._marked is not None:
            self._marked.marked = False
        self._marked = line
        if line is not None:
            line.marked = True
            if line is not self.lines[-1]:
                self.release_anchor()
            self.scroll_to_widget(line, animate=False)
