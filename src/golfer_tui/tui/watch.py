"""What a front end holds of an engine: its live state, its stream, its tapes; gathered into frames.

The fold is the engine's own. Events and signals only say what changed, and a frame takes all that changed since the
last one: nothing is drawn for a single event or a chunk of output.
"""

import asyncio
import dataclasses as dc
from collections.abc import Callable
from typing import TYPE_CHECKING

from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import signals as sg
from golfer_tui.model import worker_events as we
from golfer_tui.model.session import SessionState
from golfer_tui.tui.earlier import bring_earlier
from golfer_tui.tui.live import Live
from golfer_tui.tui.pace import Pace
from golfer_tui.tui.pane import Pane
from golfer_tui.tui.panes import Panes
from golfer_tui.tui.shell_panes import ShellPanes

if TYPE_CHECKING:
    from golfer_tui.attach.session import OpenSession

NOTICES = 100
"""Notices kept for one frame; more are only in the chat."""

QUIET = 2.0
"""Seconds without output after which a pane's history is compressed."""


@dc.dataclass(slots=True)
class Changes:
    """What is to be drawn anew."""

    everything: bool = False
    """Something was missed."""
    chat: bool = False
    header: bool = False
    roster: bool = False
    """A worker came."""
    heads: set[str] = dc.field(default_factory=set)
    """Workers whose title, task or meter may look different."""
    started: set[str] = dc.field(default_factory=set)
    """Workers that got a sandbox."""
    printed: set[str] = dc.field(default_factory=set)
    """Workers whose agents' commands printed something."""
    rows: dict[str, set[int]] = dc.field(default_factory=dict)
    """Dirty rows of the terminal that is turned to, by worker."""
    beside: dict[str, set[int]] = dc.field(default_factory=dict)
    """Dirty rows of its other terminal."""
    shells: dict[str, bool] = dc.field(default_factory=dict)
    """Workers in whose sandboxes a shell was opened (true) or has ended."""
    deltas: list[sg.TextDelta] = dc.field(default_factory=list)
    notices: list[tuple[str, ae.Notice]] = dc.field(default_factory=list)
    """Each with its worker; empty if it is about none."""


class Watch:
    """Reads the stream of one engine until it ends."""

    def __init__(self, engine: "OpenSession", wake: Callable[[float], None]) -> None:
        """`wake` is asked for one call of `frame` after so many seconds; not again before that call."""
        self.engine = engine
        self.live = Live()
        self.panes = Panes(engine.state.workers, engine.tape)
        self.shells = ShellPanes(engine.shell_tape)
        self._turned: set[str] = set()
        """Workers of whom the person's shell is shown, and not the agent's terminal."""
        self._wake = wake
        self._changes = Changes(everything=True)
        self._due = False
        self.pace = Pace()
        self._again: asyncio.Handle | None = None
        """Asks for the frame after one that could not feed all that waits."""
        self._resting: asyncio.TimerHandle | None = None
        """Lets panes take less memory that are fed no more."""
        self.draw_now: Callable[[str, set[int]], None] = lambda worker, rows: None
        """Draws these rows of the terminal that is shown of a worker."""
        self._writing = engine.attendance.writing
        for worker in engine.state.workers.values():
            for sample in worker.samples:
                self.live.gauged(sg.Gauged(worker.name, sample))
        self._look_for_shells()

    @property
    def state(self) -> SessionState:
        return self.engine.state

    async def run(self) -> None:
        """Follow the stream; returns when the engine closes it."""
        subscription = self.engine.subscribe()
        earlier = asyncio.create_task(bring_earlier(self.engine, self.panes, self.request), name="earlier output")
        try:
            self.request()
            async for item in subscription:
                if self._take(item):
                    self.request()
        finally:
            subscription.close()
            earlier.cancel()
            await asyncio.gather(earlier, return_exceptions=True)

    def request(self) -> None:
        """Ask for a frame, at once if the last one is long ago."""
        if not self._due:
            self._due = True
            self._wake(self.pace.delay)

    def frame(self) -> Changes:
        """Everything that changed since the last frame; feeds the terminals."""
        self._due = False
        changes, self._changes = self._changes, Changes()
        rows, more = self.panes.feed()
        shell_rows, more_of_shells = self.shells.feed()
        for terminal, fed in (("agent", rows), ("shell", shell_rows)):
            for worker, dirty in fed.items():
                (changes.rows if self.side(worker) == terminal else changes.beside)[worker] = dirty
        if rows and self._resting is None:
            self._rest()
        if more or more_of_shells:
            # Once this one is drawn: how long that takes says when the next one is due.
            self._again = asyncio.get_running_loop().call_soon(self.request)
        return changes

    def pane(self, worker: str, terminal: cm.Terminal | None = None) -> Pane | None:
        """The terminal of a worker's agent, or of the person's own shell there; by default the one that is shown.

        None if there is none yet.
        """
        return (self.panes if (terminal or self.side(worker)) == "agent" else self.shells).get(worker)

    def side(self, worker: str) -> cm.Terminal:
        """Which of a worker's terminals is turned to: it is shown, and acted on where both are."""
        return "shell" if worker in self._turned else "agent"

    def two(self, worker: str) -> bool:
        """A shell of the person's is open beside the agent's terminal, or is still looked at."""
        return worker in self.live.shells or worker in self._turned

    def turn(self, worker: str, terminal: cm.Terminal) -> None:
        """Show this terminal from now on."""
        (self._turned.add if terminal == "shell" else self._turned.discard)(worker)

    def _printed(self, worker: str, terminal: cm.Terminal) -> None:
        panes = self.panes if terminal == "agent" else self.shells
        panes.touch(worker)
        if terminal == self.side(worker) and self.pace.echoes(worker) and (rows := panes.feed_now(worker)):
            self.draw_now(worker, rows)

    def _rest(self) -> None:
        again = self.panes.rest()
        self._resting = asyncio.get_running_loop().call_later(QUIET, self._rest) if again else None

    def close(self) -> None:
        for handle in (self._again, self._resting):
            if handle is not None:
                handle.cancel()
        self.panes.close()
        self.shells.close()

    def _take(self, item: "ev.Event | sg.Signal") -> bool:
        """Returns whether there is anything to draw."""
        changes = self._changes
        match item:
            case sg.TerminalChanged():
                changes.printed.add(item.worker)
                self._printed(item.worker, "agent")
            case sg.ShellChanged():
                self._shell_changed(item.worker, item.open)
            case sg.TextDelta(worker=None):
                changes.deltas.append(item)
            case sg.Gauged():
                before = self.live.samples.get(item.worker)
                self.live.gauged(item)
                if item.sample == before:
                    return False
                changes.heads.add(item.worker)
            case ev.Event(body=we.WorkerGauge()):
                return False  # A signal told it before.
            case sg.QueueMoved():
                changes.heads |= self.live.queue_moved(item)
            case sg.Gap():
                changes.everything = True
            case sg.Attendance():
                self._attend(item)
                self._look_for_shells()
            case ev.Event():
                self._event(item)
            case _:
                pass
        return True

    def _look_for_shells(self) -> None:
        """What the signals tell, as it is now."""
        now = set(self.engine.shells)
        for worker in self.live.shells | now:
            self._shell_changed(worker, worker in now)

    def _shell_changed(self, worker: str, is_open: bool) -> None:
        self._printed(worker, "shell")
        if is_open != (worker in self.live.shells):
            (self.live.shells.add if is_open else self.live.shells.discard)(worker)
            self._changes.shells[worker] = is_open
            self._changes.heads.add(worker)

    def _attend(self, attendance: sg.Attendance) -> None:
        changes, before, self._writing = self._changes, self._writing, attendance.writing
        changes.header = True
        if self._writing and not before:
            # Sizes come from who steers: from now on they are ours.
            changes.started |= self.engine.state.workers.keys()
        elif before and not self._writing:
            text = "Another terminal steers this session now: here you watch."
            changes.notices.append(("", ae.Notice(level="warning", code="session.watching", text=text)))

    def _event(self, event: ev.Event) -> None:
        changes = self._changes
        if event.worker is None:
            changes.chat = changes.header = True
            if isinstance(event.body, ae.Message) and event.body.role == "assistant":
                # The message is whole: pieces of it that were not drawn yet are no longer needed.
                changes.deltas.clear()
            if isinstance(event.body, ae.Notice) and len(changes.notices) < NOTICES:
                changes.notices.append(("", event.body))
            return
        self.panes.touch(event.worker)
        if isinstance(event.body, we.WorkerOutput):
            changes.printed.add(event.worker)
            return  # Nothing of it stands in the head.
        changes.heads.add(event.worker)
        match event.body:
            case we.WorkerQueued() as body:
                changes.roster = changes.header = True
                if body.fresh:
                    self.live.forget(event.worker)
            case we.WorkerStarted():
                changes.header = True
                changes.started.add(event.worker)
            case we.WorkerPaused() | we.WorkerContinued() | we.WorkerFinished() | we.WorkerSuspended() | ae.Usage():
                changes.header = True
            case ae.ApprovalAsked() | ae.ApprovalAnswered():
                changes.chat = changes.header = True
            case we.WorkerIdle():
                changes.header = True
            case ae.Notice() as body if len(changes.notices) < NOTICES:
                changes.notices.append((event.worker, body))
            case _:
                pass
