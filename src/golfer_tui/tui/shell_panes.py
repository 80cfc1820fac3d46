"""The panes of the person's own shells: the same as those of the workers, without commands between the output."""

from collections.abc import Callable

from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.terminal.tape import Tape
from golfer_tui.tui.panes import Panes


class ShellPanes(Panes):
    """Keeps one pane for each worker in whose sandbox a shell was opened: of the newest shell, also after its end."""

    def __init__(self, tape: Callable[[str], Tape | None]) -> None:
        self._nobody: dict[str, Worker] = {}
        super().__init__(self._nobody, tape)
        self._shown: dict[str, Tape] = {}

    def touch(self, worker: str) -> None:
        """There may be something to feed, perhaps of another shell than before."""
        tape = self._tape(worker)
        if tape is not None and self._shown.get(worker) is not tape:
            self.drop(worker)
            # A pane draws what a worker's commands did; in a shell there are none.
            self._nobody[worker] = Worker(WorkerSpec(worker, ""))
            self._shown[worker] = tape
        super().touch(worker)
