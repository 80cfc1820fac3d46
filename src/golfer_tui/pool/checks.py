"""What a command to the pool must fulfil; each failure is a clear sentence for a person or for a tool's answer."""

import re

from golfer_tui.model.errors import CommandError
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.pool.leases import Leases
from golfer_tui.pool.worker import Worker

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def check_new(spec: WorkerSpec, workers: dict[str, Worker], leases: Leases, most: int) -> None:
    """Refuse a spec that cannot become one more worker.

    Raises:
        CommandError: `worker.name`, `worker.exists`, `pool.full` or `gpu.never_fits`.
    """
    if not _NAME.fullmatch(spec.name):
        raise CommandError(
            "worker.name",
            f"{spec.name!r} is no name for a worker.",
            hint="Write 1 to 40 lower-case letters, digits, '-' and '_', the first a letter or a digit.",
        )
    if spec.name in workers:
        raise CommandError(
            "worker.exists",
            f"There is a worker {spec.name!r} already.",
            hint="Take another name, or restart or message that one.",
        )
    if len(workers) >= most:
        raise CommandError(
            "pool.full",
            f"The session has {most} workers, finished ones included, and takes no more.",
            hint="Restart or message one of them, or raise max_workers in [pool].",
        )
    check_fits(spec, leases)


def check_fits(spec: WorkerSpec, leases: Leases) -> None:
    """Refuse what the limits can never admit.

    Raises:
        CommandError: `gpu.never_fits`.
    """
    if reason := leases.never_fits(spec.gpu):
        raise CommandError("gpu.never_fits", reason, hint="Ask for less, or raise the limits in [pool].")


def find(name: str, workers: dict[str, Worker]) -> Worker:
    """The worker of this name.

    Raises:
        CommandError: `worker.unknown`.
    """
    if worker := workers.get(name):
        return worker
    known = ", ".join(workers) or "none yet"
    raise CommandError("worker.unknown", f"There is no worker {name!r}.", hint=f"Workers: {known}.")
