"""Actions for what a worker has made: its files, kept and copied, and the ports that it serves on."""

from golfer_tui.tui.actions.action import Action, Argument
from golfer_tui.tui.actions.worker import ONE, SEEN, SOME

SNAPSHOT = (
    Action(
        id="worker.snapshot",
        title="Take a snapshot of",
        help="keep its files and its conversation as they are now, for new workers to begin with",
        do="worker_snapshot",
        subject="worker",
        places=SEEN,
        keys="p",
        slash="snapshot",
        arguments=SOME,
    ),
    Action(
        id="worker.fork",
        title="Fork",
        help="start a copy with its files and conversation; --from SNAPSHOT, --as NAME before the task",
        do="worker_fork",
        subject="worker",
        places=SEEN,
        keys="F",
        slash="fork",
        arguments=(Argument("WORKER", "worker", optional=True), Argument("TASK", "text", optional=True)),
    ),
    Action(
        id="worker.ports",
        title="Copy the addresses of",
        help="copy where the ports that it exposes are reached",
        do="worker_ports",
        subject="worker",
        places=SEEN,
        keys="u",
        slash="ports",
        arguments=ONE,
    ),
)
