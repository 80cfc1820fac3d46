"""A worker: what stays the same over its attempts, and what its agent is given of it."""

import asyncio
import dataclasses as dc
from typing import TYPE_CHECKING, Literal

from golfer_tui.model.events import By
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.pool.ledger import Left
from golfer_tui.pool.mailbox import Mail, Mailbox
from golfer_tui.sandboxes.contract import Sandbox

if TYPE_CHECKING:
    from golfer_tui.pool.life import Life


@dc.dataclass(frozen=True, slots=True)
class LiveWorker:
    """A worker whose sandbox is ready: all that the run of its agent gets.

    The run takes its mail until there is none and returns in the same step of the loop; what comes later starts the
    next attempt.
    """

    spec: WorkerSpec
    attempt: int
    fresh: bool
    """True: begin with an empty memory. False: go on with what was remembered."""
    by: By
    """Who asked for this attempt."""
    sandbox: Sandbox
    devices: tuple[str, ...]
    """GPUs leased: ids of local devices, or types."""
    mail: Mailbox
    going: asyncio.Event
    """Set unless the worker is paused: then the run asks nothing of a model and begins nothing."""

    @property
    def name(self) -> str:
        return self.spec.name

    def take_mail(self) -> list[Mail]:
        """What was said to the worker since the last call, oldest first."""
        return self.mail.take()


@dc.dataclass(frozen=True, slots=True)
class Again:
    """The attempt that follows as soon as the present one has ended."""

    fresh: bool
    by: By
    spec: WorkerSpec


@dc.dataclass(slots=True, eq=False)
class Worker:
    """One worker, as the pool keeps it. Only the pool and the worker's life change it."""

    spec: WorkerSpec
    mail: Mailbox
    state: WorkerState = WorkerState.QUEUED
    attempt: int = 0
    fresh: bool = True
    by: By = "engine"
    """Who asked for this attempt."""
    origin: int = 1
    """The attempt whose workspace and memory this one works in."""
    begun: bool = False
    """True once the agent ran since then: only then is there something to go on with."""
    sandbox_state: bytes = b""
    """What finds the newest sandbox again; empty if there is none to go on with."""
    outlived: Left | None = None
    """A sandbox of an earlier process that may live and that no life has taken up yet."""
    life: "Life | None" = None
    """Set while the worker is active."""
    timeout: float | None = None
    """Seconds that one of its commands may run; None: any time."""
    again: Again | None = None
    paused_by: By | None = None
    """Who paused it; None unless it is paused, or is about to be."""
    going: asyncio.Event = dc.field(default_factory=asyncio.Event)
    """See `LiveWorker.going`."""
    ended: asyncio.Event = dc.field(default_factory=asyncio.Event)
    """Set once the present attempt has ended; each attempt has its own."""
    answered: asyncio.Event = dc.field(default_factory=asyncio.Event)
    """Set once it has ended, or turns out to take long to; each attempt has its own."""

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def settled(self) -> bool:
        """True if it neither waits for its place nor runs."""
        stands = self.state in {WorkerState.SUSPENDED, WorkerState.PAUSED}
        return self.state.final or (stands and self.life is None)

    @property
    def listens(self) -> bool:
        """True if what is put into the mailbox will be taken up without a word to go on; else that is asked for."""
        if self.life is not None:
            return self.life.listens
        return self.state in {WorkerState.QUEUED, WorkerState.PAUSED}

    def begin(self, *, fresh: bool, by: By) -> None:
        """Enter the next attempt. Without anything to go on with it is a fresh one, whatever was asked for."""
        self.attempt += 1
        self.fresh, self.by = fresh or not self.begun, by
        if self.fresh:
            self.origin, self.begun, self.sandbox_state = self.attempt, False, b""
        self.state, self.again, self.ended, self.answered = WorkerState.QUEUED, None, asyncio.Event(), asyncio.Event()
        self.paused_by = None
        self.going.set()


Outcome = Literal["done", "failed", "killed", "suspended"]


@dc.dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt ended."""

    outcome: Outcome
    summary: str
    by: By
