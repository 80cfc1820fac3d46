"""The state of a session: a pure fold over its events. Everything a front end shows can be rebuilt from here."""

import collections
import dataclasses as dc
import datetime as dt
from collections.abc import Iterable
from typing import Literal

from golfer_tui.model import events as ev
from golfer_tui.model.approvals import Approval, Lifted
from golfer_tui.model.gauges import Sample
from golfer_tui.model.points import Point, thin
from golfer_tui.model.receipts import described
from golfer_tui.model.snapshots import Snapshot
from golfer_tui.model.spending import Bill, Leasing, Tokens, bill, bill_of_all
from golfer_tui.model.tunnels import Tunnel
from golfer_tui.model.workers import WorkerSpec, WorkerState

ENTRIES = 200
"""Entries of a worker's conversation that are kept at least; of older ones the journal tells."""

SAMPLES = 240
"""Samples of one worker that are kept; one comes in ten seconds."""


@dc.dataclass(slots=True)
class Entry:
    """One line of a conversation: a message, a tool call, a thought, a skill, a notice or an approval."""

    seq: int
    time: dt.datetime
    kind: Literal["user", "assistant", "system", "reasoning", "tool", "skill", "notice", "approval"]
    text: str
    """The message, the tool's name, the skill's name, the notice, or what is to be approved."""
    call: str = ""
    """Id of a tool call, or of an approval."""
    arguments: dict[str, object] = dc.field(default_factory=dict)
    output: str | None = None
    """What a tool or a person answered; None while it runs or waits."""
    ok: bool = True
    seconds: float = 0.0
    level: ev.Level = "info"
    hint: str = ""


@dc.dataclass(slots=True)
class Conversation:
    """What was said between one agent and the rest, oldest first."""

    entries: list[Entry] = dc.field(default_factory=list)
    turn: str | None = None
    """Id of the turn that is going on."""
    open_calls: dict[str, Entry] = dc.field(default_factory=dict)
    """Tool calls without an answer yet."""


@dc.dataclass(slots=True)
class Command:
    """One command of a worker's terminal."""

    id: int
    text: str
    offset: int
    started: dt.datetime
    exit_code: int | None = None
    ended: bool = False
    seconds: float = 0.0
    end: int = 0
    """Byte offset in the tape where it ended."""


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
    curves: dict[str, list[Point]] = dc.field(default_factory=dict)
    """Metric name to its points, oldest first."""
    newest: str = ""
    """Name of the metric that was read last."""
    commands: list[Command] = dc.field(default_factory=list)
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


@dc.dataclass(slots=True)
class SessionState:
    """The whole session. `apply` takes events in order of `seq`; it never fails on a valid journal."""

    session: str = ""
    seq: int = 0
    """Number of the last event applied."""
    title: str = ""
    backend: str = ""
    model: str = ""
    scripted: bool = False
    directory: str = ""
    started: dt.datetime | None = None
    finished: ev.SessionFinished | None = None
    """Set while nobody holds the session."""
    receipt: ev.SessionReceipt | None = None
    """What came back when it was resumed last; it stands in the chat, too, as a `system` entry."""
    chat: Conversation = dc.field(default_factory=Conversation)
    workers: dict[str, Worker] = dc.field(default_factory=dict)
    """By name, in the order in which they were asked for."""
    snapshots: dict[str, Snapshot] = dc.field(default_factory=dict)
    """By id, oldest first."""
    approvals: dict[str, Approval] = dc.field(default_factory=dict)
    """By id, what waits for a person, oldest first."""
    lifted: Lifted = dc.field(default_factory=Lifted)
    """What is not asked about any more."""
    tokens: Tokens = dc.field(default_factory=Tokens)
    limits: ev.LimitsChanged | None = None
    """What a person set last; None: what the settings say."""

    def bill(self, now: dt.datetime) -> Bill:
        """What the session has spent up to now, over all its openings."""
        return bill_of_all(self.workers.values(), self.tokens, now)

    def apply(self, event: ev.Event) -> None:
        """Take one event. An event at or before `seq` is ignored, so that replays do no harm."""
        if event.seq <= self.seq:
            return
        self.seq, self.session = event.seq, event.session
        match event.body:
            case ev.SessionStarted() as body:
                self.title, self.directory, self.started = body.title, body.directory, event.time
                self.backend, self.model, self.scripted = body.backend, body.model, body.scripted
            case ev.SessionResumed() as body:
                self.backend, self.model, self.scripted = body.backend, body.model, body.scripted
                self.finished = None
            case ev.SessionReceipt() as body:
                self.receipt = body
                head, lines = described(body)
                text = "\n".join([head, *lines])
                self.chat.entries.append(Entry(event.seq, event.time, "system", text))
            case ev.SessionForked() as body:
                self.finished = None
                text = f"Forked from session {body.parent}, after its event {body.at}."
                self.chat.entries.append(Entry(event.seq, event.time, "notice", text))
            case ev.SessionRenamed() as body:
                self.title = body.title
            case ev.ModelChanged() as body:
                self.model = body.model
            case ev.SessionFinished() as body:
                self.finished = body
            case ev.LimitsChanged() as body:
                self.limits = body
            case ev.ApprovalAsked() as body:
                self._asked(event, body)
            case ev.ApprovalAnswered() as body:
                self._answered(body)
            case ev.WorkerQueued() as body:
                self._queued(event, body)
            case _ if event.worker is not None:
                if worker := self.workers.get(event.worker):
                    self._apply_worker(worker, event)
            case ev.Usage() as body:
                self.tokens.add(body)
            case _:
                _converse(self.chat, event)

    def _asked(self, event: ev.Event, body: ev.ApprovalAsked) -> None:
        known = self.approvals.get(body.id)
        approval = self.approvals[body.id] = Approval(body, event.worker, known.time if known else event.time)
        if known is None:
            entry = Entry(event.seq, event.time, "approval", approval.brief, body.id, dict(approval.told))
            self.chat.entries.append(entry)
        self._tell_needs(event.worker)

    def _answered(self, body: ev.ApprovalAnswered) -> None:
        approval = self.approvals.pop(body.id, None)
        if approval is None:
            return
        if body.answer == "always":
            self.lifted.lift(approval.asked)
        for entry in reversed(self.chat.entries):
            if entry.kind == "approval" and entry.call == body.id:
                entry.output = f"{body.answer}: {body.reason}" if body.reason else body.answer
                entry.ok = body.answer in {"approved", "always"}
                break
        self._tell_needs(approval.worker)

    def _tell_needs(self, name: str | None) -> None:
        if (worker := self.workers.get(name or "")) is not None:
            titles = [each.title for each in self.approvals.values() if each.worker == name]
            worker.needs = f"wants to {titles[0]}" if titles else ""

    def _queued(self, event: ev.Event, body: ev.WorkerQueued) -> None:
        known = self.workers.get(body.spec.name)
        worker = Worker(body.spec) if known is None else known
        worker.spec, worker.attempt, worker.state = body.spec, body.attempt, WorkerState.QUEUED
        worker.position, worker.reason, worker.asked = body.position, body.reason, event.time
        worker.paused_by, worker.stopped = None, False
        worker.started = worker.finished = worker.sample = None
        worker.summary, worker.devices, worker.tunnels, worker.idle_gpus = "", (), (), ()
        worker.samples.clear()
        if body.fresh:
            worker.origin, worker.begun = body.attempt, False
            worker.conversation = Conversation()
            worker.curves, worker.newest = {}, ""
        self.workers[worker.name] = worker

    def _apply_worker(self, worker: Worker, event: ev.Event) -> None:
        match event.body:
            case ev.WorkerStarted() as body:
                worker.started, worker.begun = event.time, True
                if worker.state is not WorkerState.PAUSED:
                    worker.state = WorkerState.RUNNING
                worker.sandbox, worker.workspace, worker.devices = body.sandbox, body.workspace, body.devices
                worker.tunnels, worker.reason = body.tunnels, ""
            case ev.WorkerOutput() as body:
                worker.tape_end = body.offset + body.size
            case ev.WorkerCommand() as body:
                _command(worker, event, body)
            case ev.WorkerMetric() as body:
                curve = worker.curves.setdefault(body.name, [])
                curve.append(Point(event.time, body.value, body.step, body.offset))
                worker.newest = body.name
                thin(curve)
            case ev.WorkerGauge() as body:
                worker.sample = body.sample
                worker.samples.append(body.sample)
                worker.leasing.used(event.time, body.sample)
            case ev.LeaseTaken() as body:
                worker.leasing.begin(event.time, body)
            case ev.LeaseReturned() as body:
                if (lease := worker.leasing.open) is not None:
                    worker.leasing.end(lease.begun + dt.timedelta(seconds=body.seconds))
            case ev.WorkerIdle() as body:
                worker.idle_gpus = body.gpus
            case ev.WorkerSnapshot() as body:
                taken = Snapshot(body.id, worker.name, body.attempt, event.time, body.kept, body.items)
                self.snapshots[body.id] = taken
                text = f"Snapshot {body.id} was taken."
                worker.conversation.entries.append(Entry(event.seq, event.time, "notice", text))
            case ev.WorkerFinished() as body:
                worker.state, worker.finished = WorkerState(body.state), event.time
                worker.summary, worker.delivered, worker.sample = body.summary, False, None
                worker.idle_gpus, worker.paused_by, worker.stopped = (), None, False
                worker.conversation.turn = None
            case ev.WorkerLimited() as body:
                worker.max_turns, worker.timeout = body.turns, body.timeout
            case ev.WorkerPaused() as body:
                worker.state, worker.stopped, worker.idle_gpus = WorkerState.PAUSED, body.stopped, ()
                worker.paused_by = event.by
            case ev.WorkerContinued():
                worker.state = WorkerState.RUNNING if worker.started else WorkerState.STARTING
                worker.paused_by, worker.stopped = None, False
            case ev.WorkerSuspended() as body:
                worker.state = WorkerState.PAUSED if body.paused else WorkerState.SUSPENDED
                worker.sample, worker.idle_gpus, worker.stopped = None, (), False
                # Who paused it stays who did, whoever ends its sandbox later.
                worker.paused_by = (worker.paused_by or event.by) if body.paused else None
                worker.conversation.turn = None
            case ev.ReportDelivered() as body:
                worker.delivered = worker.delivered or body.attempt == worker.attempt
            case ev.Usage() as body:
                worker.tokens.add(body)
                self.tokens.add(body)
            case _:
                _converse(worker.conversation, event)
                if len(worker.conversation.entries) >= 2 * ENTRIES:
                    del worker.conversation.entries[:-ENTRIES]


def _command(worker: Worker, event: ev.Event, body: ev.WorkerCommand) -> None:
    if not body.ended:
        worker.commands.append(Command(body.id, body.command, body.offset, event.time))
        return
    for command in reversed(worker.commands):
        if command.id == body.id and not command.ended:
            command.ended, command.exit_code = True, body.exit_code
            command.seconds, command.end = body.seconds, body.offset
            return


def retold(events: Iterable[ev.Event]) -> list[Entry]:
    """What these events of one agent tell of its conversation, oldest first."""
    talk = Conversation()
    for event in events:
        _converse(talk, event)
    return talk.entries


def _converse(talk: Conversation, event: ev.Event) -> None:
    at = (event.seq, event.time)
    match event.body:
        case ev.TurnStarted() as body:
            talk.turn = body.turn
        case ev.TurnFinished():
            talk.turn = None
            for entry in talk.open_calls.values():
                entry.output, entry.ok = "interrupted", False
            talk.open_calls.clear()
        case ev.Message() as body:
            talk.entries.append(Entry(*at, body.role, body.text))
        case ev.Reasoning() as body:
            talk.entries.append(Entry(*at, "reasoning", body.text))
        case ev.ToolCalled() as body:
            entry = Entry(*at, "tool", body.name, call=body.call, arguments=dict(body.arguments))
            talk.entries.append(entry)
            talk.open_calls[body.call] = entry
        case ev.ToolFinished() as body:
            if called := talk.open_calls.pop(body.call, None):
                called.output, called.ok, called.seconds = body.output, body.ok, body.seconds
        case ev.SkillLoaded() as body:
            talk.entries.append(Entry(*at, "skill", body.name, hint=body.path))
        case ev.Notice() as body:
            talk.entries.append(Entry(*at, "notice", body.text, level=body.level, hint=body.hint))
        case _:
            pass
