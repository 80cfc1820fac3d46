"""The slash commands of the chat: a line becomes a command for the engine, or a question about its state. No I/O."""

from collections.abc import Callable, Iterable

from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.model.limit_words import read
from golfer_tui.model.session import SessionState
from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.worker_limits import HINT
from golfer_tui.model.worker_limits import read as read_worker_limits

HELP = """\
TEXT                  say it to the orchestrator
/workers              all workers, their state and newest metric
/tell NAME TEXT       say it to one worker
/kill NAME            end a worker and every process it started
/restart NAME [TASK]  begin again from the same task, or from another one
/pause [NAME]         let a worker stand still, with its processes; without a name, all that wait or run
/continue [NAME]      let a worker go on that is paused or stands still; without a name, all that are paused
/snapshot NAME        keep a worker's files and conversation as they are
/fork NAME [TASK]     start a copy of a worker, with its files and conversation
/limit NAME LIMITS    limits of one worker: turns=300, timeout=20m (of a command); off takes one away
/budget LIMITS        limits, such as gpus 4, H100=2, local 3, dollars 5; off takes one away
/approve [always]     approve what waits longest; always: do not ask about the like again
/refuse [REASON]      refuse it; the agent reads the reason
/interrupt            stop the orchestrator's turn (also: Ctrl-C)
/quit                 end the session (also: Ctrl-D, once nothing runs)
"""

_TO_WORKER: dict[str, Callable[[str], cm.Command]] = {
    "/kill": cm.KillWorker,
    "/snapshot": cm.SnapshotWorker,
}

_TO_ONE_OR_ALL: dict[str, Callable[..., cm.Command]] = {"/pause": cm.PauseWorker, "/continue": cm.ContinueWorker}


def order(line: str, waiting: Iterable[str] = ()) -> cm.Command:
    """The command that a line asks for; a line without a slash is a message.

    Args:
        line: What was written.
        waiting: Ids of the approvals that wait, oldest first.

    Raises:
        CommandError: `order.unknown`, `order.incomplete` or `approval.none`.
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
    if word == "/restart":
        if not rest:
            raise CommandError("order.incomplete", "/restart takes the name of a worker, and another task if you like.")
        return cm.RestartWorker(rest[0], " ".join(rest[1:]))
    if word in _TO_ONE_OR_ALL:
        if len(rest) > 1:
            raise CommandError("order.incomplete", f"{word} takes the name of one worker, or none to mean all.")
        return _TO_ONE_OR_ALL[word](*rest)
    if word == "/limit":
        if len(rest) != 2:
            raise CommandError("order.incomplete", "/limit takes the name of a worker, and its limits.", hint=HINT)
        return read_worker_limits(*rest)
    if word in {"/approve", "/refuse"}:
        return _answer(word, line.partition(" ")[2].strip(), next(iter(waiting), ""))
    if word == "/budget":
        return read(line.partition(" ")[2])
    if word in _TO_WORKER:
        if len(rest) != 1:
            raise CommandError("order.incomplete", f"{word} takes the name of one worker.")
        return _TO_WORKER[word](rest[0])
    raise CommandError("order.unknown", f"There is no order {word}.", hint="/help lists them all.")


def _answer(word: str, rest: str, oldest: str) -> cm.Command:
    if not oldest:
        raise CommandError("approval.none", "Nothing waits for you.")
    if word == "/refuse":
        return cm.AnswerApproval(oldest, "refused", rest)
    if rest not in {"", "always"}:
        raise CommandError("order.incomplete", "/approve takes nothing or the word always.")
    return cm.AnswerApproval(oldest, "always" if rest else "approved")


def roster(state: SessionState) -> str:
    """All workers, a line each."""
    return "".join(map(_line, state.workers.values())) or "There are no workers.\n"


def _line(worker: Worker) -> str:
    newest = worker.latest()
    metric = f"{worker.newest} {newest.value:g}" if newest else ""
    return f"{worker.name:<20} {worker.state:<10} {metric:<20} {worker.spec.task}\n"
