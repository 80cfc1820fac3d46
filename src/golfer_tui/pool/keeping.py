"""Keeps the files of one worker, whether it runs or has ended."""

from pathlib import Path

from golfer_tui.model.errors import CommandError
from golfer_tui.model.snapshots import Kept
from golfer_tui.pool.worker import Worker
from golfer_tui.sandboxes.contract import Backend
from golfer_tui.sandboxes.offers import Keeps


async def keep(worker: Worker, backend: Backend, folder: Path) -> tuple[int, Kept]:
    """Keep them as they are now; returns the attempt that they belong to, and where they are.

    Args:
        worker: Whose files.
        backend: Where it runs.
        folder: May be made on this machine to hold them.

    Raises:
        CommandError: `snapshot.not_here`.
        SandboxError: see `sandboxes.offers.Keeps`.
    """
    if not isinstance(backend, Keeps):
        raise CommandError("snapshot.not_here", f"Snapshots cannot be taken of {backend.name} workers.")
    attempt, sandbox = worker.attempt, worker.life.sandbox if worker.life is not None else None
    return attempt, await backend.keep(sandbox, worker.sandbox_state, str(folder))
