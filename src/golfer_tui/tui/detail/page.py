"""What the details of a worker consist of: one page for each tab, all moved about in by the same keys."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from textual.widget import Widget
from textual.worker import Worker

from golfer_tui.model import worker_fold

if TYPE_CHECKING:
    from golfer_tui.tui.watch import Watch

    _Node = Widget
else:
    # Textual takes the styles of a class from its first base that is a node.
    _Node = object


class Page(_Node):
    """Mixin of the pages. The keys are those of the details around it; a page says what they do in it."""

    def show(self, watch: "Watch", worker: worker_fold.Worker) -> None:
        """Show this worker as it is now. Called often while the page is seen, and not while it is not."""

    def hide(self) -> None:
        """The page is not seen any more."""

    def reload(self) -> None:
        """Read again what is read on demand."""

    def read(self, work: Callable[[], Coroutine[Any, Any, None]], group: str) -> None:
        """Read something behind what is shown; what is read already in this group is given up."""
        _: Worker[None] = self.run_worker(work, group=group, exclusive=True)

    def move(self, rows: int) -> None:
        """Go up or down."""
        self.scroll_relative(y=rows, animate=False)

    def turn(self, pages: int) -> None:
        """Go pages up or down."""
        self.move(pages * max(1, self.size.height - 1))

    def slide(self, columns: int) -> None:
        """Go to the left or to the right."""

    def ends(self, end: bool) -> None:
        """Go to the beginning, or to the end."""
        if end:
            self.scroll_end(animate=False)
        else:
            self.scroll_home(animate=False)

    @property
    def opens(self) -> bool:
        """There is something that `open` does."""
        return False

    def open(self) -> None:
        """Open what the page stands on."""

    @property
    def closes(self) -> bool:
        """There is something that `close` does."""
        return False

    def close(self) -> None:
        """Close what was opened."""

    def copied(self) -> str:
        """What is to be copied; empty if there is nothing."""
        return ""
