"""Events as short lines for people: what the orchestrator does, how the workers fare, what they measure."""

import datetime as dt
import json
from collections.abc import Callable

import click

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.approvals import Approval
from golfer_tui.model.receipts import described
from golfer_tui.model.spending import money
from golfer_tui.model.worker_limits import written
from golfer_tui.terminal.clean import clean, one_line

WIDTH = 160
"""Characters of a line that is cut."""

EVERY = dt.timedelta(seconds=5)
"""Time between two lines about the metrics of one worker; the last values are always told."""

COLOURS = {"done": "green", "failed": "red", "killed": "yellow", "warning": "yellow", "error": "red"}


class Progress:
    """Writes the lines. Whatever a worker or a model wrote is stripped of everything that steers a terminal."""

    def __init__(self, write: Callable[[str], None], *, colour: bool = False) -> None:
        self._write = write
        self._colour = colour
        self._held = ""
        self._asks: dict[str, str] = {}
        """What waits for a person, by id."""
        self._told: dict[str, dt.datetime] = {}
        self._newest: dict[str, dict[str, we.WorkerMetric]] = {}

    def show(self, event: ev.Event) -> None:
        """Write what this event is worth."""
        if event.worker is None:
            self._orchestrator(event)
        else:
            self._worker(event.worker, event)

    def _orchestrator(self, event: ev.Event) -> None:
        match event.body:
            case se.SessionStarted() as body:
                self._opened(event, "started", body.model, body.backend, scripted=body.scripted)
            case se.SessionResumed() as body:
                self._opened(event, "resumed", body.model, body.backend, scripted=body.scripted)
            case se.SessionReceipt() as body:
                head, lines = described(body)
                for line in (head, *lines):
                    self._line("golfer", line)
            case se.SessionFinished() as body:
                if body.tokens or body.dollars or body.unpriced:
                    self._line("golfer", _spent(body))
                error = f": {body.error}" if body.error else ""
                self._line("golfer", f"session {event.session} {body.state}{error}", body.state)
            case se.LimitsChanged() as body:
                self._line("golfer", f"limits: {limits_told(body)}")
            case ae.Message(role="assistant", text=text):
                self._speak(text)
            case ae.TurnStarted() | ae.ToolCalled() as body:
                self._release()
                if isinstance(body, ae.ToolCalled):
                    self._line("orchestrator", _call(body))
            case ae.TurnFinished(state="failed", error=error):
                self._line("orchestrator", f"failed: {error}", "failed")
            case _:
                self._either("orchestrator", event)

    def _worker(self, name: str, event: ev.Event) -> None:
        match event.body:
            case we.WorkerQueued() as body:
                again = f"attempt {body.attempt}, " if body.attempt > 1 else ""
                self._line(name, f"{again}queued: {body.reason}" if body.reason else f"{again}asked for")
            case we.WorkerStarted() as body:
                devices = f" on {', '.join(body.devices)}" if body.devices else ""
                self._line(name, f"running{devices}")
                for each in body.tunnels:
                    self._line(name, f"port {each.port}: {each.address or 'no address was told'}")
            case we.WorkerSnapshot() as body:
                self._line(name, f"snapshot {body.id} was taken")
            case we.WorkerCommand(ended=False, command=command):
                self._line(name, f"$ {command}")
            case we.WorkerCommand(exit_code=code, seconds=seconds):
                self._tell(name)
                self._line(name, f"exit {'-' if code is None else code} after {seconds:.1f} s")
            case we.WorkerMetric() as body:
                self._metric(name, event.time, body)
            case we.WorkerStopping(reason=reason):
                self._line(name, f"stopping: {reason}", "warning")
            case we.WorkerFinished() as body:
                self._tell(name)
                told = body.summary.lower().startswith(body.state)
                self._line(name, body.summary if told else f"{body.state}: {body.summary}", body.state)
            case we.WorkerIdle(gpus=gpus, minutes=minutes):
                which = f"gpu {', '.join(map(str, gpus))} did next to nothing for {minutes:g} minutes"
                self._line(name, which if gpus else "its gpus work again", "warning" if gpus else "")
            case we.WorkerLimited(turns=turns, timeout=timeout):
                self._line(name, f"limits: {written(turns, timeout)}")
            case we.WorkerPaused(stopped=stopped):
                self._line(name, "paused" if stopped else "paused; its processes go on", "warning")
            case we.WorkerContinued():
                self._line(name, "goes on")
            case we.WorkerSuspended(paused=paused):
                self._line(name, "paused; kept until it is continued" if paused else "kept for later")
            case ae.TurnFinished(state="failed", error=error):
                self._line(name, f"failed: {error}", "failed")
            case _:
                self._either(name, event)

    def _either(self, name: str, event: ev.Event) -> None:
        match event.body:
            case ae.ToolFinished(ok=False) as body:
                self._line(name, f"{body.name} failed: {body.output}", "failed")
            case ae.SkillLoaded() as body:
                self._line(name, f"has the skill {body.name}")
            case ae.ApprovalAsked() as body:
                asks = Approval(body, event.worker, event.time)
                self._asks[body.id] = asks.title
                self._line(name, f"needs you: wants to {asks.title} ({asks.why})", "warning")
            case ae.ApprovalAnswered() as body:
                why = f" ({body.reason})" if body.reason else ""
                self._line(name, f"{body.answer}{why}: {self._asks.pop(body.id, 'what waited before')}")
            case ae.Notice() as body:
                self._line(name if event.worker else "golfer", f"{body.level}: {body.text} {body.hint}", body.level)
            case _:
                pass

    def _opened(self, event: ev.Event, how: str, model: str, backend: str, *, scripted: bool) -> None:
        who = "the built-in scripted model" if scripted else model or "the default model"
        self._line("golfer", f"session {event.session} {how}: {who}, workers on {backend}")

    def _metric(self, worker: str, time: dt.datetime, metric: we.WorkerMetric) -> None:
        newest = self._newest.setdefault(worker, {})
        # All numbers of one printed line are told together: only a later line can complete the ones before it.
        complete = any(other.offset != metric.offset for other in newest.values())
        if complete and (worker not in self._told or time - self._told[worker] >= EVERY):
            self._told[worker] = time
            self._tell(worker)
        self._newest.setdefault(worker, {})[metric.name] = metric

    def _tell(self, worker: str) -> None:
        newest = self._newest.pop(worker, {})
        if not newest:
            return
        steps = [metric.step for metric in newest.values() if metric.step is not None]
        at = f"step {max(steps)}: " if steps else ""
        self._line(worker, at + ", ".join(f"{name} {metric.value:g}" for name, metric in newest.items()))

    def _speak(self, text: str) -> None:
        """Hold a message back until something follows it: the last one is the answer, and belongs elsewhere."""
        self._release()
        self._held = text

    def _release(self) -> None:
        if self._held:
            text, self._held = self._held, ""
            self._write(f"{clean(text).strip()}\n")

    def _line(self, name: str, text: str, kind: str = "") -> None:
        line = f"{one_line(name, 24):<12} {one_line(text, WIDTH)}"
        self._write((click.style(line, fg=COLOURS.get(kind)) if self._colour else line) + "\n")


def _spent(finished: se.SessionFinished) -> str:
    """What the session cost so far."""
    parts = [f"spent {money(finished.dollars, unpriced=bool(finished.unpriced))}"]
    if finished.unpriced:
        parts.append(f"without a price: {', '.join(finished.unpriced)}")
    if finished.gpu_hours:
        parts.append(f"{finished.gpu_hours:.2f} GPU hours")
    return ", ".join([*parts, f"{finished.tokens:,} tokens"])


def limits_told(limits: se.LimitsChanged) -> str:
    """All limits in a line."""
    parts = [] if limits.max_gpus is None else [f"{limits.max_gpus} GPUs in all"]
    parts += [f"{count} {kind}" for kind, count in limits.gpus.items()]
    parts += [] if limits.max_local is None else [f"{limits.max_local} local workers"]
    parts += [] if limits.max_dollars is None else [f"${limits.max_dollars:,.2f}"]
    return ", ".join(parts) or "none"


def _call(called: ae.ToolCalled) -> str:
    arguments = ", ".join(
        f"{name}={one_line(value if isinstance(value, str) else json.dumps(value), 60)}"
        for name, value in called.arguments.items()
        if value not in (None, "", [], {})
    )
    return f"{called.name}({arguments})"
