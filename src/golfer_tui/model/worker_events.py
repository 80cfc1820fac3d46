"""What happens to a worker: its attempts and leases, and what its commands print, measure and use."""

import base64
from typing import Literal, Self

import msgspec

from golfer_tui.model.body import Body
from golfer_tui.model.gauges import Sample
from golfer_tui.model.prices import Rate
from golfer_tui.model.snapshots import Kept
from golfer_tui.model.tunnels import Tunnel
from golfer_tui.model.workers import WorkerSpec

Final = Literal["done", "failed", "killed"]


class WorkerQueued(Body, frozen=True, kw_only=True, tag="worker.queued"):
    """A worker was asked for, for the first time or again, and waits for its place."""

    spec: WorkerSpec
    attempt: int
    """1 for the first start; each restart counts one more."""
    position: int
    """1 is next."""
    reason: str = ""
    """What it waits for; empty if it starts at once."""
    fresh: bool = True
    """False if it goes on with the memory and the workspace it had."""


class WorkerStarted(Body, frozen=True, kw_only=True, tag="worker.started"):
    """The sandbox is there and the agent runs."""

    attempt: int
    sandbox: str
    """Id of the sandbox at its backend."""
    workspace: str
    """Path of the workspace in the sandbox."""
    devices: tuple[str, ...] = ()
    """GPUs leased: ids of local devices, or types."""
    tunnels: tuple[Tunnel, ...] = ()
    """Ports that the sandbox exposes, with their addresses."""


class LeaseTaken(Body, frozen=True, kw_only=True, tag="lease.taken"):
    """The worker has its place and its GPUs; only now a sandbox is asked for."""

    attempt: int
    gpus: dict[str, int] = msgspec.field(default_factory=dict)
    """How many of which type."""
    rate: Rate = Rate()
    """What an hour of it costs."""


class LeaseReturned(Body, frozen=True, kw_only=True, tag="lease.returned"):
    """The end of the sandbox is confirmed: its place and its GPUs are free."""

    attempt: int
    seconds: float
    """How long the lease lasted; after a crash, as long as the sandbox may have lived."""


class WorkerOutput(Body, frozen=True, kw_only=True, tag="worker.output"):
    """Bytes that the worker's commands printed, decoded for reading. The recording keeps the bytes."""

    text: str
    offset: int
    """Byte offset of the first byte in the worker's tape."""
    size: int
    """Number of bytes."""
    data: str = ""
    """The bytes in base64 where the text does not tell them exactly; empty else, and then not on a line of JSON."""

    @classmethod
    def of(cls, text: str, offset: int, data: bytes) -> Self:
        """The event for these bytes, which were read as this text."""
        exact = "" if text.encode() == data else base64.b64encode(data).decode()
        return cls(text=text, offset=offset, size=len(data), data=exact)

    def printed(self) -> bytes:
        """The bytes; fewer or more than `size` where they are not known.

        Raises:
            ValueError: `data` is no base64.
        """
        return base64.b64decode(self.data, validate=True) if self.data else self.text.encode()


class WorkerCommand(Body, frozen=True, kw_only=True, tag="worker.command"):
    """A command began or ended in the worker's terminal."""

    command: str
    id: int
    """Process id in the sandbox's shell tool."""
    offset: int
    """Byte offset in the worker's tape at that moment."""
    exit_code: int | None = None
    """None while it runs."""
    ended: bool = False
    seconds: float = 0.0
    origin: Literal["agent", "person"] = "agent"


class WorkerMetric(Body, frozen=True, kw_only=True, tag="worker.metric"):
    """A named number read from what the worker printed."""

    name: str
    value: float
    """`nan` and `inf` are kept: a run that diverged is news. On a line of JSON they are null."""
    step: int | None = None
    offset: int = 0
    """Byte offset of the line in the worker's tape."""


class WorkerGauge(Body, frozen=True, kw_only=True, tag="worker.gauge"):
    """What the sandbox used; thinned out to one in ten seconds."""

    sample: Sample


class WorkerIdle(Body, frozen=True, kw_only=True, tag="worker.idle"):
    """GPUs of the worker have done next to nothing for some minutes; once for each stretch."""

    gpus: tuple[int, ...]
    """Numbers of those that idle now; empty: all of them work again."""
    minutes: float
    """How long they must idle to be told of."""
    percent: float
    """Use below this is idling."""


class WorkerSnapshot(Body, frozen=True, kw_only=True, tag="worker.snapshot"):
    """The worker's files as they are now were kept, and its conversation: new workers can begin with them."""

    id: str
    """What it is called."""
    attempt: int
    kept: Kept
    items: int = 0
    """Items of the conversation that were kept."""


class WorkerStopping(Body, frozen=True, kw_only=True, tag="worker.stopping"):
    """The worker is being ended, and its sandbox does not end at once: that is tried until it is confirmed."""

    attempt: int
    reason: str
    """Why it has not ended yet."""


class WorkerFinished(Body, frozen=True, kw_only=True, tag="worker.finished"):
    """The worker's run ended, its processes are gone and its lease is free."""

    attempt: int
    state: Final
    summary: str
    """The worker's report, or why it failed or was killed."""


class WorkerPaused(Body, frozen=True, kw_only=True, tag="worker.paused"):
    """The worker's agent does nothing more until it is continued; it keeps its sandbox and its lease."""

    attempt: int
    stopped: bool
    """True: its processes stand still, too. False: they go on."""


class WorkerContinued(Body, frozen=True, kw_only=True, tag="worker.continued"):
    """A paused worker goes on in the sandbox that it kept."""

    attempt: int


class WorkerLimited(Body, frozen=True, kw_only=True, tag="worker.limited"):
    """What the worker may do was changed; these are all its own limits."""

    turns: int | None
    """Model calls in one turn of its agent; null: as many as the settings say."""
    timeout: float | None
    """Seconds that one of its commands may run before it is ended; null: any time."""


class WorkerSuspended(Body, frozen=True, kw_only=True, tag="worker.suspended"):
    """The attempt ended and the worker was kept, with its memory and its workspace: the next attempt goes on."""

    attempt: int
    paused: bool = False
    """True: it is paused, and goes on when it is continued. False: it goes on when the session is resumed."""


class ReportDelivered(Body, frozen=True, kw_only=True, tag="report.delivered"):
    """The orchestrator has what this worker's attempt finished with, in its memory."""

    attempt: int
