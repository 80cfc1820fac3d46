"""The bus: events and signals to every subscriber, none of which can hold up the engine or the others.

Events come in order and whole. Signals are coalesced while they wait. A subscriber that falls a whole bound behind gets
one `Gap` in place of what it missed, and reads the journal after it.
"""

import asyncio
from collections import deque
from collections.abc import Hashable
from typing import Self

from golfer_tui.model.events import Event
from golfer_tui.model.signals import Gap, Gauged, QueueMoved, ShellChanged, Signal, TerminalChanged, TextDelta
from golfer_tui.model.worker_events import WorkerOutput

BOUND = 10_000
"""Events and signals that may wait for one subscriber."""

BOUND_TEXT = 8 * 1024 * 1024
"""Characters of workers' output that may wait for one."""


class Subscription:
    """An async iterator of events and signals; close it, or leave it as a context manager."""

    def __init__(self, bus: "Bus", bound: int) -> None:
        self._bus = bus
        self._bound = bound
        self._waiting: deque[Event | Signal] = deque()
        self._text = 0
        """Characters of output in there."""
        self._places: dict[Hashable, Signal] = {}
        self._filled = asyncio.Event()
        self._closed = False
        self._seen = 0
        self._gap = False

    def push(self, item: Event | Signal) -> None:
        """Take one item, on the loop."""
        if isinstance(item, Event):
            if self._gap:
                return
            if len(self._waiting) >= self._bound or self._text > BOUND_TEXT:
                # What waits is thrown away together with what comes, so that the order has one clean break.
                self._waiting.clear()
                self._text = 0
                self._places.clear()
                self._waiting.append(Gap(self._seen))
                self._gap = True
            else:
                self._waiting.append(item)
                self._text += len(item.body.text) if isinstance(item.body, WorkerOutput) else 0
        else:
            self._coalesce(item)
        self._filled.set()

    def _coalesce(self, signal: Signal) -> None:
        match signal:
            case TextDelta():
                last = self._waiting[-1] if self._waiting else None
                if isinstance(last, TextDelta) and (last.worker, last.kind) == (signal.worker, signal.kind):
                    self._waiting[-1] = TextDelta(signal.worker, signal.kind, last.text + signal.text)
                    return
                if len(self._waiting) >= self._bound:
                    return
            case TerminalChanged() | ShellChanged() | Gauged():
                key: Hashable = (type(signal), signal.worker)
                if key in self._places:
                    self._places[key] = signal
                    return
                self._places[key] = signal
            case QueueMoved():
                if QueueMoved in self._places:
                    self._places[QueueMoved] = signal
                    return
                self._places[QueueMoved] = signal
            case _:
                pass
        self._waiting.append(signal)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event | Signal:
        while not self._waiting:
            if self._closed:
                raise StopAsyncIteration
            self._filled.clear()
            await self._filled.wait()
        item = self._waiting.popleft()
        match item:
            case Event():
                self._seen = item.seq
                self._text -= len(item.body.text) if isinstance(item.body, WorkerOutput) else 0
            case Gap():
                self._gap = False
            case TerminalChanged() | ShellChanged() | Gauged():
                return self._places.pop((type(item), item.worker), item)
            case QueueMoved():
                return self._places.pop(QueueMoved, item)
            case _:
                pass
        return item

    def close(self) -> None:
        """End the iteration once all that waits was read."""
        self._closed = True
        self._bus.drop(self)
        self._filled.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class Bus:
    """All subscriptions of one engine."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def subscribe(self, bound: int = BOUND) -> Subscription:
        """Everything from now on."""
        subscription = Subscription(self, bound)
        self._subscriptions.append(subscription)
        return subscription

    def publish(self, item: Event | Signal) -> None:
        """Hand one item to every subscriber."""
        for subscription in tuple(self._subscriptions):
            subscription.push(item)

    def drop(self, subscription: Subscription) -> None:
        """Forget a subscription."""
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def close(self) -> None:
        """End every subscription."""
        for subscription in tuple(self._subscriptions):
            subscription.close()
