"""The conversation of a worker: what it was told, said, thought and did; what is older comes from the journal."""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.widget import Widget

from golfer_tui.model.conversation import Entry
from golfer_tui.model.errors import GolferError
from golfer_tui.model.worker_fold import Worker
from golfer_tui.tui.conversation import PAGE, ConversationView, Older
from golfer_tui.tui.detail.page import Page
from golfer_tui.tui.detail.past import Past
from golfer_tui.tui.entries import Line

if TYPE_CHECKING:
    from golfer_tui.tui.watch import Watch


class Talk(Page, ConversationView, can_focus=False):
    """Shows the newest entries; older ones on demand."""

    def __init__(self, *, now: Callable[[], dt.datetime]) -> None:
        super().__init__(now=now)
        self._watch: Watch | None = None
        self._worker = ""
        self._newest = 0
        """Number of the event of the newest entry that is shown."""
        self._past: Past | None = None

    # What is shown

    def show(self, watch: "Watch", worker: Worker) -> None:
        entries = worker.conversation.entries
        if worker.name != self._worker or (self._newest and not entries):
            self._begin(watch, worker)
        else:
            self._add([entry for entry in entries[-PAGE:] if entry.seq > self._newest])
        self.refresh_running()

    def hide(self) -> None:
        self._worker = ""

    def _begin(self, watch: "Watch", worker: Worker) -> None:
        entries = worker.conversation.entries
        self._watch, self._worker, self._newest = watch, worker.name, 0
        first = entries[0].seq if entries else watch.state.seq + 1
        self._past = Past(worker.name, first, partial(watch.engine.events, output=False))
        self._restart(entries)
        self.anchor()

    def _add(self, entries: Sequence[Entry], before: Widget | None = None) -> None:
        super()._add(entries, before)
        if entries:
            self._newest = entries[-1].seq

    # Older entries

    def _tell_older(self, told: str = "▲ older · click or page up") -> None:
        older = self.query_one(Older)
        older.display = bool(self._older) or not (self._past is None or self._past.over)
        older.update(told)

    async def bring_back(self) -> None:
        past = self._past
        if not self._older and past is not None:
            self._tell_older("reading …")
            try:
                found = await past.older()
            except GolferError as error:
                self._tell_older(str(error))
                return
            if past is not self._past:
                return
            self._older = found
        await super().bring_back()

    # What the person does

    def move(self, rows: int) -> None:
        """Stand on the next message or line, once all of a long one was seen; without one, scroll."""
        spot, seen = self.cursor.spot, self.scrollable_content_region
        cut = spot is not None and (spot.region.bottom > seen.bottom if rows > 0 else spot.region.y < seen.y)
        if cut or not self.cursor.step(rows, lines=False):
            self._go(rows)

    def turn(self, pages: int) -> None:
        if pages < 0 and self.scroll_y <= 0:
            self.ask_older()
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
        self.cursor.put(None)
        if end:
            self.anchor()
        else:
            self.release_anchor()
            self.scroll_home(animate=False)

    @property
    def opens(self) -> bool:
        return bool(self.query(Line))

    def open(self) -> None:
        self.unfold()
        if (line := self.cursor.line) is not None:
            self.call_after_refresh(self.scroll_to_widget, line, animate=False)

    def copied(self) -> str:
        return self.written
