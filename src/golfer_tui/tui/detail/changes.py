"""What a worker has changed in its workspace since it began."""

import asyncio
from bisect import bisect_right
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from golfer_tui.model.errors import GolferError
from golfer_tui.model.files import Difference
from golfer_tui.model.worker_fold import Worker
from golfer_tui.terminal.clean import clean
from golfer_tui.tui.detail.lines import Lines
from golfer_tui.tui.detail.page import Page

if TYPE_CHECKING:
    from golfer_tui.tui.watch import Watch


class ChangedFiles(Page, Widget):
    """Shows all changes below each other, as they were when the page was opened or read again."""

    def __init__(self) -> None:
        super().__init__()
        self._watch: Watch | None = None
        self._worker = ""
        self._found = Difference(())
        self._heads: list[int] = []
        """Lines at which files begin."""

    def compose(self) -> ComposeResult:
        yield Static(id="changes-title", markup=False)
        yield Lines()

    @property
    def lines(self) -> Lines:
        """What is shown of them."""
        return self.query_one(Lines)

    def show(self, watch: "Watch", worker: Worker) -> None:
        self._watch = watch
        if worker.name != self._worker:
            self._worker = worker.name
            self.lines.show(())
            self.reload()

    def hide(self) -> None:
        self._worker = ""

    def reload(self) -> None:
        self.read(self._compare, "changes")

    async def _compare(self) -> None:
        # What colours lines takes a while to import.
        from golfer_tui.tui.detail.colouring import diff_lines

        if self._watch is None:
            return
        name, title = self._worker, self.query_one("#changes-title", Static)
        title.update("comparing …")
        try:
            found = await self._watch.engine.diff(name)
        except GolferError as error:
            title.update(str(error))
            return
        strips, heads = await asyncio.to_thread(diff_lines, found)
        if name != self._worker:
            return
        self._found, self._heads = found, heads
        title.update(_counted(found))
        self.lines.show(strips)
        self.refresh_bindings()

    def move(self, rows: int) -> None:
        self.lines.scroll_relative(y=rows, animate=False)

    def turn(self, pages: int) -> None:
        self.move(pages * max(1, self.size.height - 2))

    def slide(self, columns: int) -> None:
        self.lines.slide(columns)

    def ends(self, end: bool) -> None:
        self.lines.scroll_to(y=self.lines.max_scroll_y if end else 0, animate=False)

    @property
    def opens(self) -> bool:
        return bool(self._heads)

    def open(self) -> None:
        """Go to the next file, and after the last one to the first."""
        at = bisect_right(self._heads, self.lines.scroll_offset.y)
        done = self.lines.scroll_offset.y >= self.lines.max_scroll_y
        self.lines.scroll_to(y=self._heads[0 if done else at % len(self._heads)], animate=False)

    def copied(self) -> str:
        return clean("\n".join(f"{each.what} {each.path}\n{each.diff}".strip() for each in self._found.changes))


def _counted(found: Difference) -> str:
    if not found.changes:
        return "Nothing has changed since it began."
    counts = {what: sum(each.what == what for each in found.changes) for what in ("added", "changed", "deleted")}
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)
