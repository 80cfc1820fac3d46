"""What a person may do with one worker; what destroys something asks first."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from golfer_tui.model import commands as cm
from golfer_tui.model.session import Worker
from golfer_tui.tui import dialogs

if TYPE_CHECKING:
    from golfer_tui.tui.app import CockpitApp

WAYS = {
    "zoom": "Show it alone, with its details",
    "message": "Say something to it",
    "type into": "Hand your keyboard to its terminal",
    "kill": "End its run and its processes",
    "restart": "Begin again from its task",
    "continue": "Go on with the memory and workspace it has",
}
"""Everything that can be done with a worker, and what that means."""


class Steering:
    """Turns wishes into questions and commands."""

    def __init__(self, app: "CockpitApp", worker: Callable[[str], Worker | None]) -> None:
        self._app = app
        self._worker = worker

    def act(self, what: str, name: str) -> None:
        """Do one of the ways that end in a command."""
        worker = self._worker(name)
        if worker is None:
            return
        match what:
            case "kill" if worker.state.final:
                self._app.notify(f"{name} has ended already.", severity="warning", markup=False)
            case "kill":
                self._ask(dialogs.confirm_kill(name), cm.KillWorker(name))
            case "restart" if worker.state.active:
                self._ask(dialogs.confirm_restart(name), cm.RestartWorker(name))
            case "restart":
                self._app.command(cm.RestartWorker(name))
            case "continue":
                self._app.command(cm.ContinueWorker(name))
            case "message":
                self._app.push_screen(dialogs.Letter(name), lambda text: self.write(name, text or ""))
            case _:
                raise ValueError(f"There is no way to {what} a worker.")

    def say(self, text: str, names: Collection[str]) -> bool:
        """Send it to the orchestrator, or with `@name` to a worker. Returns whether the orchestrator gets it."""
        name, _, rest = text.removeprefix("@").partition(" ")
        if text.startswith("@") and name in names:
            self.write(name, rest)
            return False
        self._app.command(cm.SendMessage(text))
        return True

    def write(self, name: str, text: str) -> None:
        """Send a worker a message, unless it is empty."""
        if text.strip():
            self._app.command(cm.SendMessage(text.strip(), name), f"Sent to {name}.")

    def _ask(self, question: dialogs.Question[bool], command: cm.Command) -> None:
        self._app.push_screen(question, lambda yes: self._app.command(command) if yes else None)
