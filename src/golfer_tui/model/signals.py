"""Signals: coalesced, droppable, never stored. What they tell can be read again from the store or a tape."""

from typing import Literal

import msgspec

from golfer_tui.model.gauges import Sample


class TextDelta(msgspec.Struct, frozen=True):
    """A few more characters of a message that is being written; the `message` event brings the whole."""

    worker: str | None
    kind: Literal["text", "reasoning", "arguments"]
    text: str


class TerminalChanged(msgspec.Struct, frozen=True):
    """The tape of this worker has more bytes."""

    worker: str


class ShellChanged(msgspec.Struct, frozen=True):
    """The person's own shell in this worker's sandbox printed something, was opened or has ended."""

    worker: str
    open: bool


class Gauged(msgspec.Struct, frozen=True):
    """A fresh sample, about one a second; fewer of a sandbox that does nothing."""

    worker: str
    sample: Sample


class QueueMoved(msgspec.Struct, frozen=True):
    """Places in the queue, front first, with what each waits for."""

    waiting: tuple[tuple[str, str], ...]


class StoreRefused(msgspec.Struct, frozen=True):
    """The disk refuses to take events. They are kept in memory and tried again; no event can tell of it."""

    text: str
    hint: str


class Attendance(msgspec.Struct, frozen=True):
    """Who is at a session, as one front end sees it; told when it changes."""

    background: bool = False
    """The engine has a process of its own and goes on without any front end."""
    writing: bool = True
    """What this front end asks for is done; otherwise it watches."""
    others: int = 0
    """Other front ends."""
    waking: bool = False
    """What is stored is there, and the engine is still being loaded: what is asked for waits until it is."""


class Gap(msgspec.Struct, frozen=True):
    """This subscriber fell behind and events were left out; read them from the journal after `seq`."""

    seq: int


Signal = TextDelta | TerminalChanged | ShellChanged | Gauged | QueueMoved | StoreRefused | Attendance | Gap
