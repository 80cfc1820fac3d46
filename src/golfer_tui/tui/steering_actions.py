"""What lets workers stand still, go on or do something else, and the marks by which several are meant at once."""

from textual import on

from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.worker_limits import read, written
from golfer_tui.model.workers import WorkerState
from golfer_tui.tui import dialogs
from golfer_tui.tui.acting import Acting
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.status import Status

LIMITS = "turns: calls of a model, such as 300. timeout: how long a command may take, such as 20m. off: no limit."
"""What may be written as limits of a worker."""


class SteeringActions(Acting):
    """The main screen's actions for the pace and the task of workers."""

    def action_worker_pause(self, *names: str) -> None:
        """Let them stand still. Of several, those that do so already are left alone."""
        chosen = self.chosen(names)
        able = [worker for worker in chosen if worker.state.active or worker.state is WorkerState.QUEUED]
        self.send([cm.PauseWorker(worker.name) for worker in able or chosen[:1]], "Paused")

    def action_worker_continue(self, *names: str) -> None:
        """Let them go on. Of several, those that do so already are left alone."""
        chosen = self.chosen(names)
        able = [worker for worker in chosen if not (worker.state.active or worker.state is WorkerState.QUEUED)]
        self.send([cm.ContinueWorker(worker.name) for worker in able or chosen[:1]], "Going on")

    def action_pause_all(self) -> None:
        self.command(cm.PauseWorker(), "All workers are paused.")

    def action_continue_all(self) -> None:
        self.command(cm.ContinueWorker(), "All paused workers go on.")

    def action_worker_retask(self, name: str = "", task: str = "") -> None:
        """Begin again with another task; without one, it is asked for."""
        for worker in self.single(name):
            if task:
                self._retask(worker, task)
            else:
                title = f"Another task for {worker.name}: it begins again"
                letter = dialogs.Letter(title, text=worker.spec.task, does="restarts")
                self.app.push_screen(letter, lambda text, worker=worker: self._retask(worker, text or ""))

    def action_worker_limit(self, name: str = "", limits: str = "") -> None:
        """Change what they may do; without limits, they are asked for."""
        workers = self.chosen([name] if name else [])
        if limits:
            self._limit(workers, limits)
        elif workers:
            text = written(workers[0].max_turns, workers[0].timeout)
            title = f"Limits of {', '.join(worker.name for worker in workers)}"
            letter = dialogs.Letter(title, text=text, does="sets", about=LIMITS)
            self.app.push_screen(letter, lambda text: self._limit(workers, text or ""))

    def action_worker_mark(self, *names: str) -> None:
        """Mark them, or take their marks away."""
        fleet = self.query_one(Fleet)
        fleet.mark(*(worker.name for worker in self.chosen(names or (fleet.selected,))))

    def action_mark_all(self) -> None:
        self.query_one(Fleet).mark_all()

    def action_unmark(self) -> None:
        self.query_one(Fleet).unmark()

    @on(Fleet.Marked)
    def marked(self, event: Fleet.Marked) -> None:
        """Say how many are meant by what comes next."""
        self.query_one(Status).mark(event.count)

    def send(self, orders: list[cm.PauseWorker] | list[cm.ContinueWorker], done: str) -> None:
        """Send orders for workers; of several, what was done is told with their names."""
        told = f"{done}: {', '.join(str(order.worker) for order in orders)}." if len(orders) > 1 else ""
        for order in orders:
            self.command(order, told if order is orders[-1] else "")

    def _limit(self, workers: list[Worker], limits: str) -> None:
        try:
            orders = [read(worker.name, limits) for worker in workers] if limits.strip() else []
        except CommandError as error:
            self.refuse(str(error))
            return
        for order in orders:
            self.command(order, f"{order.worker}: {limits.strip()}")

    def _retask(self, worker: Worker, task: str) -> None:
        if not task.strip():
            return
        order = cm.RestartWorker(worker.name, task.strip())
        if worker.holds:
            question = dialogs.confirm_restart([worker.name])
            self.app.push_screen(question, lambda yes: self.command(order) if yes else None)
        else:
            self.command(order)
