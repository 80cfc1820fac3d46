"""An engine that plays a script: the same door as the real one, so that orders of events can be set that are rare."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Callable
from typing import Literal

from golfer_tui.engine.bus import Bus, Subscription
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model.errors import CommandError
from golfer_tui.model.session import SessionState

Play = Callable[["ScriptedEngine", str], None]


class ScriptedEngine:
    """Answers each message by calling `play(engine, text)`; it is idle while `busy` is unset."""

    def __init__(self, play: Play, *, bound: int = 10_000, before: int = 0) -> None:
        self._play = play
        self._bus = Bus()
        self._bound = bound
        self._journal: list[ev.Event] = []
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False
        self.session = "s1"
        self.state = SessionState()
        self.before = before
        self.taken: list[cm.Command] = []
        self.answer = ""
        for number in range(before):
            self.emit(ae.Message(role="user", text=f"before {number}"))
        opened = {"backend": "local", "model": "scripted", "scripted": True}
        self.emit(se.SessionResumed(**opened) if before else se.SessionStarted(title="t", **opened))

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["ScriptedEngine"]:
        try:
            yield self
        finally:
            await self.close()

    def emit(self, body: ev.AnyBody, worker: str | None = None) -> None:
        event = ev.Event(
            seq=len(self._journal) + 1, time=dt.datetime.now(dt.UTC), session="s1", body=body, worker=worker
        )
        self._journal.append(event)
        self.state.apply(event)
        self._bus.publish(event)

    def busy(self, busy: bool) -> None:
        self._idle.clear() if busy else self._idle.set()

    def subscribe(self) -> Subscription:
        return self._bus.subscribe(self._bound)

    async def events(self, after: int = 0) -> list[ev.Event]:
        assert not self._closed
        return self._journal[after:]

    async def dispatch(self, command: cm.Command) -> None:
        self.taken.append(command)
        match command:
            case cm.SendMessage(text=text):
                self.emit(ae.Message(role="user", text=text))
                self._play(self, text)
            case cm.InterruptTurn():
                if self._idle.is_set():
                    raise CommandError("turn.none", "The orchestrator is not working.")
                self.busy(False)
                self.emit(ae.TurnFinished(turn="t", state="interrupted"))
            case cm.KillWorker(worker=worker) if worker not in self.state.workers:
                raise CommandError("worker.unknown", f"There is no worker {worker}.")
            case _:
                pass

    async def idle(self) -> None:
        await self._idle.wait()

    async def close(self, workers: Literal["end", "keep"] = "end") -> None:
        if self._closed:
            return
        state: Literal["done", "interrupted"] = "done" if self._idle.is_set() else "interrupted"
        self.emit(se.SessionFinished(state=state, answer=self.answer))
        self._closed = True
        self._bus.close()
