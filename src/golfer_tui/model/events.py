"""Durable events: the product's public language. `docs/events.md` describes each for readers of `--json`.

An event is an envelope (version, sequence number, time, session, worker, who caused it) around one body. On
a line of JSON both lie flat beside each other; `type` names the body.
"""

import datetime as dt
import math
from typing import Any, Literal

import msgspec

from golfer_tui.model.agent_events import (
    ApprovalAnswered,
    ApprovalAsked,
    Message,
    Notice,
    Reasoning,
    SkillLoaded,
    ToolCalled,
    ToolFinished,
    TurnFinished,
    TurnStarted,
    Usage,
)
from golfer_tui.model.session_events import (
    LimitsChanged,
    ModelChanged,
    SessionFinished,
    SessionForked,
    SessionReceipt,
    SessionRenamed,
    SessionResumed,
    SessionStarted,
)
from golfer_tui.model.worker_events import (
    LeaseReturned,
    LeaseTaken,
    ReportDelivered,
    WorkerCommand,
    WorkerContinued,
    WorkerFinished,
    WorkerGauge,
    WorkerIdle,
    WorkerLimited,
    WorkerMetric,
    WorkerOutput,
    WorkerPaused,
    WorkerQueued,
    WorkerSnapshot,
    WorkerStarted,
    WorkerStopping,
    WorkerSuspended,
)

VERSION = 1
"""Version of the event format; a reader may ignore fields and types that it does not know."""

By = Literal["person", "orchestrator", "worker", "engine"]

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
    | WorkerStopping
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
