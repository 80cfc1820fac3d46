"""Durable events: the product's public language. `docs/events.md` describes each for readers of `--json`.

An event is an envelope (version, sequence number, time, session, worker, who caused it) around one body. On
a line of JSON both lie flat beside each other; `type` names the body.
"""

import base64
import datetime as dt
import math
from typing import Any, Literal, Self

import msgspec

from golfer_tui.model.gauges import Sample
from golfer_tui.model.prices import Rate
from golfer_tui.model.receipts import SandboxReceipt, WorkerReceipt
from golfer_tui.model.snapshots import Kept
from golfer_tui.model.tunnels import Tunnel
from golfer_tui.model.workers import WorkerSpec

VERSION = 1
"""Version of the event format; a reader may ignore fields and types that it does not know."""

Level = Literal["info", "warning", "error"]
Final = Literal["done", "failed", "killed"]
By = Literal["person", "orchestrator", "worker", "engine"]


class Body(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of all bodies."""


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


class SessionRenamed(Body, frozen=True, kw_only=True, tag="session.renamed"):
    """The session has another title; the first one is taken from what the person asks for first."""

    title: str


class SessionForked(Body, frozen=True, kw_only=True, tag="session.forked"):
    """Everything before this event is a copy from another session, which goes on by itself or has ended."""

    parent: str
    """Id of the session that was copied."""
    at: int
    """Number of the last event that was copied."""


class ModelChanged(Body, frozen=True, kw_only=True, tag="model.changed"):
    """Another model answers the orchestrator's next turns, until the session is closed."""

    model: str


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


class LimitsChanged(Body, frozen=True, kw_only=True, tag="limits.changed"):
    """A person set other limits; they stay with the session. Null: no limit."""

    max_gpus: int | None = None
    """GPUs in all."""
    gpus: dict[str, int] = {}
    """GPUs by type; a type that is not named is bounded by `max_gpus` alone."""
    max_local: int | None = None
    """Local workers that run at once."""
    max_dollars: float | None = None


class TurnStarted(Body, frozen=True, kw_only=True, tag="turn.started"):
    """An agent began to answer. Without a worker it is the orchestrator."""

    turn: str
    """Id of the turn."""
    inputs: tuple[str, ...] = ()
    """Ids of the messages that this turn answers."""
    items: int = 0
    """Items in the agent's memory before it began: what came later belongs to this turn."""


class TurnFinished(Body, frozen=True, kw_only=True, tag="turn.finished"):
    """The agent stopped, with all of the turn in its memory."""

    turn: str
    state: Literal["done", "failed", "interrupted"]
    error: str = ""


class Message(Body, frozen=True, kw_only=True, tag="message"):
    """A whole message. Without a worker it belongs to the orchestrator's conversation."""

    role: Literal["user", "assistant", "system"]
    """`system`: the engine told the agent something, such as the report of a worker."""
    text: str
    id: str = ""
    """Set on what an agent is told, so that `turn.started` can say when it was taken up."""


class Reasoning(Body, frozen=True, kw_only=True, tag="reasoning"):
    """A summary of what the model thought, where the model gives one."""

    text: str


class ToolCalled(Body, frozen=True, kw_only=True, tag="tool.called"):
    call: str
    """Id that `tool.finished` repeats."""
    name: str
    arguments: dict[str, Any]
    """Parsed; a custom tool's free text stands under `input`."""
    kind: Literal["function", "custom"] = "function"


class ToolFinished(Body, frozen=True, kw_only=True, tag="tool.finished"):
    call: str
    name: str
    output: str
    """What the model was told, capped."""
    ok: bool = True
    seconds: float = 0.0


class SkillLoaded(Body, frozen=True, kw_only=True, tag="skill.loaded"):
    name: str
    path: str
    """Where the skill was read from."""


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
    gpus: dict[str, int] = {}
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


class ApprovalAsked(Body, frozen=True, kw_only=True, tag="approval.asked"):
    """An agent waits for a person: what it wants to do is above a limit of `[approvals]`, or matches a pattern there.

    With a worker it is a command of that worker's; without one, the orchestrator wants to start a worker.
    """

    id: str
    """What `approval.answered` names."""
    call: str
    """Id of the tool call that waits."""
    why: tuple[str, ...]
    """Which rules say so, in words."""
    command: str = ""
    """The command; empty if a worker is to be started."""
    patterns: tuple[str, ...] = ()
    """Those of `commands` in the settings that the command matches."""
    spec: WorkerSpec | None = None
    """The worker that is to be started; null for a command."""
    gpus: int = 0
    """GPUs that the worker would lease, at most."""
    dollars_per_hour: float | None = 0.0
    """An estimate of what the worker would cost, or costs while its command waits; null if its GPUs have no price."""


class ApprovalAnswered(Body, frozen=True, kw_only=True, tag="approval.answered"):
    """What waited for a person waits no longer."""

    id: str
    answer: Literal["approved", "always", "refused", "withdrawn"]
    """`always`: the like is not asked about again in this session. `withdrawn`: nobody answered; its agent was
    stopped or ended, or no rule holds it back any more."""
    reason: str = ""
    """The person's word for a refusal; the agent is told."""


class Usage(Body, frozen=True, kw_only=True, tag="usage"):
    """Tokens of one model response."""

    model: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    dollars: float | None = None
    """An estimate from list prices; null if the model has no price."""


class Notice(Body, frozen=True, kw_only=True, tag="notice"):
    """Something a person should know."""

    level: Level
    code: str
    text: str
    hint: str = ""


AnyBody = (
    SessionStarted
    | SessionResumed
    | SessionReceipt
    | SessionRenamed
    | ModelChanged
    | SessionForked
    | SessionFinished
    | LimitsChanged
    | TurnStarted
    | TurnFinished
    | Message
    | Reasoning
    | ToolCalled
    | ToolFinished
    | SkillLoaded
    | WorkerQueued
    | WorkerStarted
    | LeaseTaken
    | LeaseReturned
    | WorkerOutput
    | WorkerCommand
    | WorkerMetric
    | WorkerGauge
    | WorkerIdle
    | WorkerSnapshot
    | WorkerFinished
    | WorkerLimited
    | WorkerPaused
    | WorkerContinued
    | WorkerSuspended
    | ReportDelivered
    | ApprovalAsked
    | ApprovalAnswered
    | Usage
    | Notice
)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the journal."""

    seq: int
    """1, 2, 3 … without gaps in a session."""
    time: dt.datetime
    """When it happened, UTC."""
    session: str
    body: AnyBody
    worker: str | None = None
    """Name of the worker it belongs to."""
    by: By = "engine"
    """Who caused it."""
    v: int = VERSION

    @property
    def type(self) -> str:
        """The body's name on the wire, such as `worker.started`."""
        return str(type(self.body).__struct_config__.tag)


class Draft(msgspec.Struct, frozen=True):
    """An event before the journal has given it a number and a time."""

    body: AnyBody
    worker: str | None = None
    by: By = "engine"


_ENVELOPE = ("v", "seq", "time", "session", "worker", "by")


def encode(event: Event) -> bytes:
    """One line of JSON without the newline: envelope and body flat beside each other, times in ISO 8601."""
    line: dict[str, Any] = {
        "v": event.v,
        "seq": event.seq,
        "time": event.time.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "session": event.session,
        "type": event.type,
    }
    if event.worker is not None:
        line["worker"] = event.worker
    # JSON has no `nan` and no `inf`: such a metric is written as null.
    body = msgspec.to_builtins(event.body)
    if isinstance(event.body, WorkerOutput) and not event.body.data:
        del body["data"]
    return msgspec.json.encode({**line, "by": event.by, **body})


def decode(line: bytes | str) -> Event:
    """The inverse of `encode`.

    Raises:
        msgspec.ValidationError: the line is no event of this version.
    """
    raw = msgspec.json.decode(line, type=dict[str, Any])
    envelope = {key: raw[key] for key in _ENVELOPE if key in raw}
    if raw.get("type") == "worker.metric" and raw.get("value") is None:
        raw["value"] = math.nan
    return msgspec.convert({**envelope, "body": raw}, Event)


def encode_body(body: AnyBody) -> bytes:
    """A body alone, for the store."""
    return msgspec.json.encode(body)


_BODY: msgspec.json.Decoder[AnyBody] = msgspec.json.Decoder(AnyBody)


def decode_body(data: bytes | str) -> AnyBody:
    """The inverse of `encode_body`."""
    return _BODY.decode(data)
