"""What a person does with what a worker has made: keep it, begin anew from it, reach what it serves."""

from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError, UsageError
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.tui.acting import Acting
from golfer_tui.tui.clipboard import copy

SPAWNS = ("from", "profile", "gpu", "model")
"""Options before the task of a new worker."""
FORKS = ("from", "as")
"""Options before the task of a copy."""


class SnapshotActions(Acting):
    """The main screen's actions for snapshots, forks and ports."""

    def action_worker_snapshot(self, *names: str) -> None:
        """Keep their files and conversations."""
        for worker in self.chosen(names):
            self.command(cm.SnapshotWorker(worker.name), f"A snapshot of {worker.name} was taken.")

    def action_worker_fork(self, name: str = "", task: str = "") -> None:
        """Start a copy of the worker."""
        try:
            options, rest = options_of(task, FORKS)
        except CommandError as error:
            self.refuse(str(error))
            return
        for worker in self.single(name):
            order = cm.ForkWorker(worker.name, options.get("as", ""), rest, options.get("from", ""))
            self.command(order, f"A copy of {worker.name} is asked for.")

    def action_worker_ports(self, name: str = "") -> None:
        """Copy the addresses of the worker's ports, a line each."""
        for worker in self.single(name):
            if lines := [each.address for each in worker.tunnels if each.address]:
                copy(self.app, "\n".join(lines))
            else:
                self.refuse(f"{worker.name} exposes no port; exposed_ports in [modal] or in its profile names them.")

    def action_worker_spawn(self, name: str, task: str) -> None:
        """Start a worker, or queue it."""
        try:
            options, rest = options_of(task, SPAWNS)
            gpu = GpuRequest.parse(options.get("gpu", ""))
        except (CommandError, UsageError) as error:
            self.refuse(str(error))
            return
        if not rest:
            self.refuse(f"Say what {name} is to do.")
            return
        spec = WorkerSpec(
            name,
            rest,
            gpu=gpu,
            model=options.get("model", ""),
            profile=options.get("profile", ""),
            snapshot=options.get("from", ""),
        )
        self.command(cm.SpawnWorker(spec), f"{name} is asked for.")


def options_of(text: str, known: tuple[str, ...]) -> tuple[dict[str, str], str]:
    """The options, such as `--from ID`, that a text begins with, and the rest of it.

    Raises:
        CommandError: `slash.option`: one is unknown or has no value.
    """
    options: dict[str, str] = {}
    rest = text.strip()
    while rest.startswith("--"):
        word, _, after = rest.partition(" ")
        value, _, rest = after.strip().partition(" ")
        rest = rest.strip()
        if (name := word.removeprefix("--")) not in known or not value:
            wrong = f"There is no option {word}." if name not in known else f"{word} needs a value."
            raise CommandError(
                "slash.option", wrong, hint=f"Before the task: {', '.join(f'--{each}' for each in known)}."
            )
        options[name] = value
    return options, rest
