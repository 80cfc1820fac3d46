"""The slash commands of the chat: a line becomes a command for the engine, or a question about its state. No I/O."""

from collections.abc import Callable

from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.model.limit_words import read
from golfer_tui.model.session import SessionState, Worker

HELP = """\
TEXT                say it to the orchestrator
/workers            all workers, their state and newest metric
/tell NAME TEXT     say it to one worker
/kill NAME          end a worker and every process it started
/restart NAME       begin again from the same task
/continue NAME      let a worker go on that stands still
/snapshot NAME      keep a worker's files and conversation as they are
/fork NAME [TASK]   start a copy of a worker, with its files and conversation
/budget LIMITS      limits, such as gpus 4, H100=2, local 3, dollars 5; off takes one away
/interrupt          stop the orchestrator's turn (also: Ctrl-C)
/quit               end the session (also: Ctrl-D, once nothing runs)
"""

_TO_WORKER: dict[str, Callable[[str], cm.Command]] = {
    "/kill": cm.KillWorker,
    "/restart": cm.RestartWorker,
    "/continue": cm.ContinueWorker,
    "/snapshot": cm.SnapshotWorker,
}


def order(line: str) -> cm.Command:
    """The command that a line asks for; a line without a slash is a message.

    Raises:
        CommandError: `order.unknown` or `order.incomplete`.
    """
    if not line.startswith("/"):
        return cm.SendMessage(line)
    word, *rest = line.split(maxsplit=2)
    if word == "/interrupt" and not rest:
        return cm.InterruptTurn()
    if word == "/tell":
        if len(rest) != 2:
            raise CommandError("order.incomplete", "/tell takes a worker's name and a text.")
        return cm.SendMessage(rest[1], worker=rest[0])
    if word == "/fork":
        if not rest:
            raise CommandError("order.incomplete", "/fork takes the name of a worker, and a task for the copy.")
        return cm.ForkWorker(rest[0], task=" ".join(rest[1:]))
    if word == "/budget":
        return read(line.partition(" ")[2])
    if word in _TO_WORKER:
        if len(rest) != 1:
            raise CommandError("order.incomplete", f"{word} takes the name of one worker.")
        return _TO_WORKER[word](rest[0])
    raise CommandError("order.unknown", f"There is no order {word}.", hint="/help lists them all.")


def roster(state: SessionState) -> str:
    """All workers, a line each."""
    return "".join(map(_line, state.workers.values())) or "There are no workers.\n"


def _line(worker: Worker) -> str:
    newest = worker.latest()
    metric = f"{worker.newest} {newest.value:g}" if newest else ""
    return f"{worker.name:<20} {worker.state:<10} {metric:<20} {worker.spec.task}\n"
