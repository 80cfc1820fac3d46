"""What a front end holds of an engine: its live state, its stream, its tapes; gathered into frames.

The fold is the engine's own. Events and signals only say what changed, and a frame takes all that changed since the
last one: nothing is drawn for a single event or a chunk of output.
"""

import asyncio
import dataclasses as dc
from collections.abc import Callable
from typing import TYPE_CHECKING

from golfer_tui.model import events as ev
from golfer_tui.model import signals as sg
from golfer_tui.model.session import SessionState
from golfer_tui.tui.live import Live
from golfer_tui.tui.panes import Panes

if TYPE_CHECKING:
    from golfer_tui.engine.engine import Engine

FRAME = 1 / 30
"""Seconds between two frames."""

NOTICES = 100
"""Notices kept for one frame; more are only in the chat."""


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
    rows: dict[str, set[int]] = dc.field(default_factory=dict)
    """Dirty terminal rows by worker."""
    deltas: list[sg.TextDelta] = dc.field(default_factory=list)
    notices: list[ev.Notice] = dc.field(default_factory=list)


class Watch:
    """Reads the stream of one engine until it ends."""

    def __init__(self, engine: "Engine", wake: Callable[[float], None]) -> None:
        """`wake` is asked for one call of `frame` after so many seconds; not again before that call."""
        self.engine = engine
        self.live = Live()
        self.panes = Panes(engine.state.workers, engine.tape)
        self._wake = wake
        self._changes = Changes(everything=True)
        self._due = False
        self._last = 0.0
        for worker in engine.state.workers.values():
            if worker.sample is not None:
                self.live.gauged(sg.Gauged(worker.name, worker.sample))

    @property
    def state(self) -> SessionState:
        return self.engine.state

    async def run(self) -> None:
        """Follow the stream; returns when the engine closes it."""
        subscription = self.engine.subscribe()
        try:
            self.request()
            async for item in subscription:
                self._take(item)
                self.request()
        finally:
            subscription.close()

    def request(self) -> None:
        """Ask for a frame, at once if the last one is long ago."""
        if not self._due:
            self._due = True
            self._wake(max(0.0, self._last + FRAME - asyncio.get_running_loop().time()))

    def frame(self) -> Changes:
        """Everything that changed since the last frame; feeds the terminals."""
        self._due, self._last = False, asyncio.get_running_loop().time()
        changes, self._changes = self._changes, Changes()
        changes.rows, more = self.panes.feed()
        if more:
            self.request()
        return changes

    def close(self) -> None:
        self.panes.close()

    def _take(self, item: "ev.Event | sg.Signal") -> None:
        changes = self._changes
        match item:
            case sg.TerminalChanged():
                self.panes.touch(item.worker)
            case sg.TextDelta(worker=None):
                changes.deltas.append(item)
            case sg.Gauged():
                self.live.gauged(item)
                changes.heads.add(item.worker)
            case sg.QueueMoved():
                changes.heads |= self.live.queue_moved(item)
            case sg.Gap():
                changes.everything = True
            case ev.Event():
                self._event(item)
            case _:
                pass

    def _event(self, event: ev.Event) -> None:
        changes = self._changes
        if event.worker is None:
            changes.chat = changes.header = True
            if isinstance(event.body, ev.Message) and event.body.role == "assistant":
                # The message is whole: pieces of it that were not drawn yet are no longer needed.
                changes.deltas.clear()
            if isinstance(event.body, ev.Notice) and len(changes.notices) < NOTICES:
                changes.notices.append(event.body)
            return
        self.panes.touch(event.worker)
        changes.heads.add(event.worker)
        match event.body:
            case ev.WorkerQueued() as body:
                changes.roster = changes.header = True
                if body.fresh:
                    self.live.forget(event.worker)
            case ev.WorkerStarted():
                changes.header = True
                changes.started.add(event.worker)
            case ev.WorkerFinished() | ev.WorkerSuspended() | ev.Usage():
                changes.header = True
            case ev.Notice() as body if body.level != "info" and len(changes.notices) < NOTICES:
                changes.notices.append(body)
            case _:
                pass
