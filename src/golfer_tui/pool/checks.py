"""What a command to the pool must fulfil; each failure is a clear sentence for a person or for a tool's answer."""

import re
from collections.abc import Callable, Container

from golfer_tui.model.errors import CommandError
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.pool.leases import Leases
from golfer_tui.pool.worker import Worker
from golfer_tui.sandboxes.contract import Backend
from golfer_tui.sandboxes.inventory import Adopts
from golfer_tui.sandboxes.offers import Keeps

ORCHESTRATOR = "orchestrator"
"""Not a worker's name: the orchestrator's conversation is kept under it."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def check_new(spec: WorkerSpec, workers: dict[str, Worker], leases: Leases, most: int) -> None:
    """Refuse a spec that cannot become one more worker.

    Raises:
        CommandError: `worker.name`, `worker.exists`, `pool.full` or `gpu.never_fits`.
    """
    check_name(spec.name, workers)
    if len(workers) >= most:
        raise CommandError(
            "pool.full",
            f"The session has {most} workers, finished ones included, and takes no more.",
            hint="Restart or message one of them, or raise max_workers in [pool].",
        )
    check_fits(spec, leases)


def check_name(name: str, workers: Container[str]) -> None:
    """Refuse a name that cannot be a new worker's.

    Raises:
        CommandError: `worker.name` or `worker.exists`.
    """
    if not _NAME.fullmatch(name) or name == ORCHESTRATOR:
        raise CommandError(
            "worker.name",
            f"{name!r} is no name for a worker.",
            hint="Write 1 to 40 lower-case letters, digits, '-' and '_', the first a letter or a digit.",
        )
    if name in workers:
        raise CommandError(
            "worker.exists",
            f"There is a worker {name!r} already.",
            hint="Take another name, or restart or message that one.",
        )


def check_fits(spec: WorkerSpec, leases: Leases) -> None:
    """Refuse what the limits can never admit.

    Raises:
        CommandError: `gpu.never_fits`.
    """
    if reason := leases.never_fits(spec.gpu):
        raise CommandError("gpu.never_fits", reason, hint="Ask for less, or raise the limits in [pool].")


def check_sandbox(spec: WorkerSpec, workers: dict[str, Worker], backend: Backend) -> None:
    """Refuse a sandbox of somebody else's that the worker cannot have.

    Raises:
        CommandError: `sandbox.adopt` or `sandbox.taken`.
    """
    if not spec.sandbox:
        return
    if not isinstance(backend, Adopts):
        raise CommandError(
            "sandbox.adopt",
            f"The sandbox {spec.sandbox} cannot be taken over: workers of this session are {backend.name}.",
            hint="Open a session with --backend modal.",
        )
    if holder := next((name for name, worker in workers.items() if worker.spec.sandbox == spec.sandbox), None):
        raise CommandError(
            "sandbox.taken",
            f"The worker {holder} has the sandbox {spec.sandbox} already.",
            hint="Message or restart that one.",
        )


def check_snapshot(spec: WorkerSpec, backend: Backend, place_of: Callable[[str], str]) -> None:
    """Refuse a snapshot that the worker cannot begin with.

    Raises:
        CommandError: `snapshot.unknown`.
    """
    if not spec.snapshot:
        return
    if spec.sandbox:
        raise CommandError("snapshot.unknown", "A worker begins with a snapshot or with a sandbox, not with both.")
    if not isinstance(backend, Keeps) or not backend.knows(place_of(spec.snapshot)):
        raise CommandError(
            "snapshot.unknown",
            f"There is no snapshot {spec.snapshot!r} for {backend.name} workers of this session.",
            hint="golfer snapshots lists all of them.",
        )


def find(name: str, workers: dict[str, Worker]) -> Worker:
    """The worker of this name.

    Raises:
        CommandError: `worker.unknown`.
    """
    if worker := workers.get(name):
        return worker
    known = ", ".join(workers) or "none yet"
    raise CommandError("worker.unknown", f"There is no worker {name!r}.", hint=f"Workers: {known}.")
