"""The state of a session: a pure fold over its events. Everything a front end shows can be rebuilt from here."""

import dataclasses as dc
import datetime as dt

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.approvals import Approval, Lifted
from golfer_tui.model.conversation import Conversation, Entry
from golfer_tui.model.receipts import described
from golfer_tui.model.snapshots import Snapshot
from golfer_tui.model.spending import Bill, Tokens, bill_of_all
from golfer_tui.model.worker_fold import Worker


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
    finished: se.SessionFinished | None = None
    """Set while nobody holds the session."""
    receipt: se.SessionReceipt | None = None
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
    limits: se.LimitsChanged | None = None
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
            case se.SessionStarted() as body:
                self.title, self.directory, self.started = body.title, body.directory, event.time
                self.backend, self.model, self.scripted = body.backend, body.model, body.scripted
            case se.SessionResumed() as body:
                self.backend, self.model, self.scripted = body.backend, body.model, body.scripted
                self.finished = None
            case se.SessionReceipt() as body:
                self.receipt = body
                head, lines = described(body)
                text = "\n".join([head, *lines])
                self.chat.entries.append(Entry(event.seq, event.time, "system", text))
            case se.SessionForked() as body:
                self.finished = None
                text = f"Forked from session {body.parent}, after its event {body.at}."
                self.chat.entries.append(Entry(event.seq, event.time, "notice", text))
            case se.SessionRenamed() as body:
                self.title = body.title
            case se.ModelChanged() as body:
                self.model = body.model
            case se.SessionFinished() as body:
                self.finished = body
            case se.LimitsChanged() as body:
                self.limits = body
            case ae.ApprovalAsked() as body:
                self._asked(event, body)
            case ae.ApprovalAnswered() as body:
                self._answered(body)
            case we.WorkerQueued() as body:
                self.workers.setdefault(body.spec.name, Worker(body.spec)).apply(event)
            case _ if event.worker is not None:
                if worker := self.workers.get(event.worker):
                    worker.apply(event)
                    self._gather(worker, event)
            case ae.Usage() as body:
                self.tokens.add(body)
            case _:
                self.chat.apply(event)

    def _gather(self, worker: Worker, event: ev.Event) -> None:
        """What of a worker's event counts for the whole session."""
        match event.body:
            case we.WorkerSnapshot() as body:
                taken = Snapshot(body.id, worker.name, body.attempt, event.time, body.kept, body.items)
                self.snapshots[body.id] = taken
            case ae.Usage() as body:
                self.tokens.add(body)
            case _:
                pass

    def _asked(self, event: ev.Event, body: ae.ApprovalAsked) -> None:
        known = self.approvals.get(body.id)
        approval = self.approvals[body.id] = Approval(body, event.worker, known.time if known else event.time)
        if known is None:
            entry = Entry(event.seq, event.time, "approval", approval.brief, body.id, dict(approval.told))
            self.chat.entries.append(entry)
        self._tell_needs(event.worker)

    def _answered(self, body: ae.ApprovalAnswered) -> None:
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
