"""What a person may do with workers: the named ones, else the marked ones, else the selected one."""

from textual import on

from golfer_tui.model import commands as cm
from golfer_tui.model.worker_fold import Worker
from golfer_tui.tui import dialogs
from golfer_tui.tui.actions import BY_ID
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.keyboard import Keyboard
from golfer_tui.tui.log_actions import LogActions
from golfer_tui.tui.palette import open_menu
from golfer_tui.tui.performing import perform
from golfer_tui.tui.snapshot_actions import SnapshotActions
from golfer_tui.tui.steering_actions import SteeringActions


class WorkerActions(LogActions, SnapshotActions, SteeringActions):
    """The main screen's actions for workers. What destroys something asks first, once for all that are meant."""

    @on(Fleet.Asked)
    async def asked(self, event: Fleet.Asked) -> None:
        """The mouse means an action."""
        await perform(self, BY_ID[event.action], event.worker)

    def action_zoom(self, name: str = "") -> None:
        """Show the worker alone; without a name, also back."""
        fleet = self.query_one(Fleet)
        if not name:
            fleet.action_zoom()
        elif self.chosen([name]):
            fleet.selected, fleet.zoomed = name, True
            fleet.focus()

    def action_worker_menu(self, name: str = "") -> None:
        """Offer all that can be done with the worker, or with all marked ones if it is one of them."""
        fleet = self.query_one(Fleet)
        if workers := self.chosen([name] if name and name not in fleet.marked else []):
            fleet.focus()
            if name:
                fleet.selected = name
            open_menu(self, [worker.name for worker in workers], asks=self.asks(workers[0].name))

    def action_worker_kill(self, *names: str) -> None:
        """End their runs, after a question."""
        alive = [worker for worker in self.chosen(names) if not worker.state.final]
        if alive:
            question = dialogs.confirm_kill([worker.name for worker in alive])
            self._ask(question, [cm.KillWorker(worker.name) for worker in alive])
        elif ended := self.chosen(names):
            self.refuse(f"{_all(ended)} ended already.")

    def action_worker_restart(self, *names: str) -> None:
        """Begin again; asks if one still runs."""
        workers = self.chosen(names)
        orders = [cm.RestartWorker(worker.name) for worker in workers]
        running = [worker.name for worker in workers if worker.holds]
        if running or len(workers) > 1:
            self._ask(dialogs.confirm_restart([worker.name for worker in workers], len(running)), orders)
        else:
            self._send(orders)

    def action_worker_message(self, name: str = "", text: str = "") -> None:
        """Say something; without a text, it is asked for."""
        names = [worker.name for worker in self.chosen([name] if name else [])]
        if text:
            self.write(names, text)
        elif names:
            letter = dialogs.Letter(f"Message to {', '.join(names)}")
            self.app.push_screen(letter, lambda text: self.write(names, text or ""))

    def action_worker_type(self, name: str = "") -> None:
        """Hand the keyboard to the worker's terminal."""
        fleet, watch = self.query_one(Fleet), self._watch
        for worker in self.single(name):
            fleet.selected = worker.name
            # A list shows no terminal.
            fleet.zoomed = fleet.zoomed or not fleet.in_tiles
            if watch is not None:
                self.show_terminal(watch, worker.name, "agent")
            self.query_one(Keyboard).hand_to(worker.name)

    def write(self, names: list[str], text: str) -> None:
        """Send workers a message, unless it is empty."""
        if text.strip():
            for name in names:
                self.command(cm.SendMessage(text.strip(), name), f"Sent to {name}.")

    def _ask(self, question: dialogs.Question[bool], orders: list[cm.KillWorker] | list[cm.RestartWorker]) -> None:
        self.app.push_screen(question, lambda yes: self._send(orders) if yes else None)

    def _send(self, orders: list[cm.KillWorker] | list[cm.RestartWorker]) -> None:
        for order in orders:
            self.command(order)


def _all(workers: list[Worker]) -> str:
    if len(workers) == 1:
        return f"{workers[0].name} has"
    return f"{', '.join(worker.name for worker in workers)} have"
