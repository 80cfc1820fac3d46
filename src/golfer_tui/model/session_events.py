"""What happens to a session as a whole: opened, let go, renamed, forked, limited."""

from typing import Literal

import msgspec

from golfer_tui.model.body import Body
from golfer_tui.model.receipts import SandboxReceipt, WorkerReceipt


class SessionStarted(Body, frozen=True, kw_only=True, tag="session.started"):
    """A session was opened for the first time."""

    title: str
    backend: str
    model: str
    scripted: bool = False
    """True if the built-in scripted model answers, and no language model."""
    directory: str = ""
    """Where it was started."""


class SessionResumed(Body, frozen=True, kw_only=True, tag="session.resumed"):
    """A stored session was opened again; `session.receipt` follows."""

    backend: str
    model: str
    scripted: bool = False


class SessionReceipt(Body, frozen=True, kw_only=True, tag="session.receipt"):
    """What came back with a resumed session, and what did not."""

    items: int
    """Items of the orchestrator's conversation."""
    mended: int = 0
    """Steps of its turn that was cut, which were brought back into the conversation."""
    workers: tuple[WorkerReceipt, ...] = ()
    """In the order in which they were asked for."""
    sandboxes: tuple[SandboxReceipt, ...] = ()
    """Those whose end was not confirmed before."""
    approvals: int = 0
    """How many still wait for a person."""


class SessionRenamed(Body, frozen=True, kw_only=True, tag="session.renamed"):
    """The session has another title; the first one is taken from what the person asks for first."""

    title: str


class SessionForked(Body, frozen=True, kw_only=True, tag="session.forked"):
    """Everything before this event is a copy from another session, which goes on by itself or has ended."""

    parent: str
    """Id of the session that was copied."""
    at: int
    """Number of the last event that was copied."""


class SessionFinished(Body, frozen=True, kw_only=True, tag="session.finished"):
    """The engine let the session go; it can be resumed."""

    state: Literal["done", "failed", "interrupted"]
    answer: str = ""
    """The orchestrator's last message."""
    error: str = ""
    dollars: float = 0.0
    """Spent so far, over all openings: an estimate."""
    gpu_hours: float = 0.0
    tokens: int = 0
    unpriced: tuple[str, ...] = ()
    """Types of GPU and models without a price: `dollars` leaves them out."""


class ModelChanged(Body, frozen=True, kw_only=True, tag="model.changed"):
    """Another model answers the orchestrator's next turns, until the session is closed."""

    model: str


class LimitsChanged(Body, frozen=True, kw_only=True, tag="limits.changed"):
    """A person set other limits; they stay with the session. Null: no limit."""

    max_gpus: int | None = None
    """GPUs in all."""
    gpus: dict[str, int] = msgspec.field(default_factory=dict)
    """GPUs by type; a type that is not named is bounded by `max_gpus` alone."""
    max_local: int | None = None
    """Local workers that run at once."""
    max_dollars: float | None = None
