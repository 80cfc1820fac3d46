"""What a worker's life is connected to, and how long it waits for what does not come."""

import dataclasses as dc
from collections.abc import Awaitable, Callable
from pathlib import Path

from golfer_tui.model.events import Draft
from golfer_tui.model.gauges import Sample
from golfer_tui.model.prices import Rate
from golfer_tui.pool.leases import Lease
from golfer_tui.pool.ledger import Ledger
from golfer_tui.pool.worker import LiveWorker
from golfer_tui.sandboxes.contract import Backend
from golfer_tui.terminal.tape import Tape


@dc.dataclass(frozen=True, slots=True)
class Timing:
    """All in seconds."""

    sample: float = 1.0
    """Between two samples of a sandbox."""
    store: float = 1.0
    """Between two writings of what finds a sandbox again."""
    grace: float = 5.0
    """For a cancelled run to end by itself, before its sandbox is ended under it."""
    stop: float = 60.0
    """For one try to end a sandbox."""
    backoff: tuple[float, ...] = (1.0, 2.0, 5.0, 15.0, 30.0)
    """Between tries to end a sandbox; the last one repeats."""
    answer: float = 5.0
    """From the word that ends a worker until who said it is answered that it has not ended yet."""
    patience: float = 20.0
    """From the first try to end a sandbox that failed, until those who wait for it go on and the tries go on alone."""
    last_tries: int = 3
    """Tries to end a sandbox that are left once the pool closes."""


@dc.dataclass(frozen=True, slots=True)
class Wiring:
    """The pool's doors to the other rooms."""

    session: str
    """Id of the session."""
    backend: Backend
    run: Callable[[LiveWorker], Awaitable[str]]
    """Runs the worker's agent; returns its report."""
    emit: Callable[[Draft], None]
    """Writes to the journal."""
    tape_of: Callable[[str], Tape]
    """The worker's tape, one over all its attempts."""
    workspace_of: Callable[[str, int], Path]
    """Folder for the workspace that a worker got in this attempt."""
    ledger: Ledger
    on_sample: Callable[[str, Sample], None] = lambda name, sample: None
    """Gets each sample of a worker's sandbox."""
    on_queue: Callable[[tuple[tuple[str, str], ...]], None] = lambda waiting: None
    """Gets the queue whenever it has changed: front first, names with what each waits for."""
    timing: Timing = Timing()
    place_of: Callable[[str], str] = lambda snapshot: snapshot
    """Where the files of a snapshot are, by its id."""
    rate_of: Callable[[Lease, str], Rate] = lambda lease, profile: Rate()
    """What an hour of a lease costs to a worker of this profile."""
