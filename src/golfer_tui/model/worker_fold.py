"""One worker as its events tell it, over all its attempts."""

import collections
import dataclasses as dc
import datetime as dt

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.conversation import Conversation, Entry
from golfer_tui.model.gauges import Sample
from golfer_tui.model.points import Curve, Point
from golfer_tui.model.spending import Bill, Leasing, Tokens, bill
from golfer_tui.model.tunnels import Tunnel
from golfer_tui.model.worker_commands import Commands
from golfer_tui.model.workers import WorkerSpec, WorkerState

ENTRIES = 200
"""Entries of a worker's conversation that are kept at least; of older ones the journal tells."""

SAMPLES = 240
"""Samples of one worker that are kept; one comes in ten seconds."""


@dc.dataclass(slots=True)
class Worker:
    """One worker as its events tell it."""

    spec: WorkerSpec
    state: WorkerState = WorkerState.QUEUED
    attempt: int = 1
    asked: dt.datetime | None = None
    """When this attempt was asked for."""
    started: dt.datetime | None = None
    finished: dt.datetime | None = None
    position: int = 0
    """Place in the queue when it was asked for; the live one comes as a signal."""
    reason: str = ""
    """What it waits for."""
    paused_by: ev.By | None = None
    """Who paused it; None unless it is paused."""
    max_turns: int | None = None
    """Model calls in one turn of its agent; None: as many as the settings say."""
    timeout: float | None = None
    """Seconds that one of its commands may run; None: any time."""
    stopped: bool = False
    """True if its processes stand still because it is paused; else they go on, or there are none."""
    stopping: str = ""
    """Why it has not ended yet although it is to end; empty unless that takes long."""
    origin: int = 1
    """The attempt that began with a fresh memory and workspace; later ones go on with both."""
    begun: bool = False
    """True once the agent ran since then."""
    sandbox: str = ""
    workspace: str = ""
    devices: tuple[str, ...] = ()
    tunnels: tuple[Tunnel, ...] = ()
    """Exposed ports, with their addresses."""
    summary: str = ""
    """Its report, or why it ended."""
    delivered: bool = True
    """True once the orchestrator has the newest report."""
    conversation: Conversation = dc.field(default_factory=Conversation)
    curves: dict[str, Curve] = dc.field(default_factory=dict)
    """By name of the metric."""
    newest: str = ""
    """Name of the metric that was read last."""
    commands: Commands = dc.field(default_factory=Commands)
    tape_end: int = 0
    """Bytes printed so far, over all attempts."""
    sample: Sample | None = None
    samples: "collections.deque[Sample]" = dc.field(default_factory=lambda: collections.deque(maxlen=SAMPLES))
    """Of this attempt, oldest first."""
    idle_gpus: tuple[int, ...] = ()
    """Numbers of its GPUs that have idled for some minutes."""
    needs: str = ""
    """What a person has to do for it before it can go on; empty if nothing."""
    tokens: Tokens = dc.field(default_factory=Tokens)
    leasing: Leasing = dc.field(default_factory=Leasing)

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def holds(self) -> bool:
        """True while it is getting a sandbox or has one."""
        return self.state.active or (self.state is WorkerState.PAUSED and self.leasing.open is not None)

    def bill(self, now: dt.datetime) -> Bill:
        """What it has spent up to now, over all its attempts."""
        return bill(self.leasing, self.tokens, now)

    def latest(self, metric: str = "") -> Point | None:
        """Newest point of a metric; without a name, of the metric that was read last."""
        curve = self.curves.get(metric or self.newest)
        return curve[-1] if curve else None

    def apply(self, event: ev.Event) -> None:
        """Take an event of this worker."""
        match event.body:
            case we.WorkerQueued() as body:
                self._queued(event, body)
            case we.WorkerStarted() as body:
                self.started, self.begun = event.time, True
                if self.state is not WorkerState.PAUSED:
                    self.state = WorkerState.RUNNING
                self.sandbox, self.workspace, self.devices = body.sandbox, body.workspace, body.devices
                self.tunnels, self.reason = body.tunnels, ""
            case we.WorkerOutput() as body:
                self.tape_end = body.offset + body.size
            case we.WorkerCommand(ended=False) as body:
                self.commands.begin(body.id, body.command, body.offset, event.time)
            case we.WorkerCommand() as body:
                self.commands.end(body.id, body.exit_code, body.seconds, body.offset)
            case we.WorkerMetric() as body:
                curve = self.curves.setdefault(body.name, Curve())
                curve.append(Point(event.time, body.value, body.step, body.offset))
                self.newest = body.name
            case we.WorkerGauge() as body:
                self.sample = body.sample
                self.samples.append(body.sample)
                self.leasing.used(event.time, body.sample)
            case we.LeaseTaken() as body:
                self.leasing.begin(event.time, body)
            case we.LeaseReturned() as body:
                if (lease := self.leasing.open) is not None:
                    self.leasing.end(lease.begun + dt.timedelta(seconds=body.seconds))
            case we.WorkerIdle() as body:
                self.idle_gpus = body.gpus
            case we.WorkerSnapshot() as body:
                text = f"Snapshot {body.id} was taken."
                self.conversation.entries.append(Entry(event.seq, event.time, "notice", text))
            case we.WorkerStopping() as body:
                self.stopping = body.reason
            case we.WorkerFinished() as body:
                self.state, self.finished, self.stopping = WorkerState(body.state), event.time, ""
                self.summary, self.delivered, self.sample = body.summary, False, None
                self.idle_gpus, self.paused_by, self.stopped = (), None, False
                self.conversation.turn = None
            case we.WorkerLimited() as body:
                self.max_turns, self.timeout = body.turns, body.timeout
            case we.WorkerPaused() as body:
                self.state, self.stopped, self.idle_gpus = WorkerState.PAUSED, body.stopped, ()
                self.paused_by = event.by
            case we.WorkerContinued():
                self.state = WorkerState.RUNNING if self.started else WorkerState.STARTING
                self.paused_by, self.stopped = None, False
            case we.WorkerSuspended() as body:
                self.state = WorkerState.PAUSED if body.paused else WorkerState.SUSPENDED
                self.sample, self.idle_gpus, self.stopped, self.stopping = None, (), False, ""
                # Who paused it stays who did, whoever ends its sandbox later.
                self.paused_by = (self.paused_by or event.by) if body.paused else None
                self.conversation.turn = None
            case we.ReportDelivered() as body:
                self.delivered = self.delivered or body.attempt == self.attempt
            case ae.Usage() as body:
                self.tokens.add(body)
            case _:
                self.conversation.apply(event)
                if len(self.conversation.entries) >= 2 * ENTRIES:
                    del self.conversation.entries[:-ENTRIES]

    def _queued(self, event: ev.Event, body: we.WorkerQueued) -> None:
        self.spec, self.attempt, self.state = body.spec, body.attempt, WorkerState.QUEUED
        self.position, self.reason, self.asked = body.position, body.reason, event.time
        self.paused_by, self.stopped = None, False
        self.started = self.finished = self.sample = None
        self.summary, self.devices, self.tunnels, self.idle_gpus = "", (), (), ()
        self.samples.clear()
        if body.fresh:
            self.origin, self.begun = body.attempt, False
            self.conversation = Conversation()
            self.curves, self.newest = {}, ""
