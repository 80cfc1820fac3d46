"""What one agent and the rest said to each other, with its tool calls: a fold over the agent's events."""

import dataclasses as dc
import datetime as dt
import zlib
from collections.abc import Iterable
from typing import Literal, Self, TypeAlias

import msgspec

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev

QUICKLY = 1
"""How hard `zlib` tries. A tenth of the size is left all the same."""


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
    level: ae.Level = "info"
    hint: str = ""


_Said: TypeAlias = tuple[list[Entry], dict[str, Entry]]
"""Entries, and open calls."""


class Conversation:
    """What was said between one agent and the rest. One that was unpacked is small until somebody looks into it."""

    __slots__ = ("_packed", "_said", "turn")

    def __init__(self) -> None:
        self._said: _Said = ([], {})
        self._packed: bytes | None = None
        """Takes the place of what was said."""
        self.turn: str | None = None
        """Id of the turn that is going on."""

    @property
    def entries(self) -> list[Entry]:
        """Oldest first."""
        return self._whole()[0]

    @property
    def open_calls(self) -> dict[str, Entry]:
        """Tool calls without an answer yet."""
        return self._whole()[1]

    def _whole(self) -> _Said:
        if self._packed is not None:
            entries, calls = msgspec.msgpack.decode(zlib.decompress(self._packed), type=_Said)
            # Calls without an answer are entries of the conversation: let the two be one object again.
            calls |= {entry.call: entry for entry in entries if entry.call in calls}
            self._said, self._packed = (entries, calls), None
        return self._said

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Conversation) and (self.turn, self._whole()) == (other.turn, other._whole())

    __hash__ = None  # type: ignore[assignment]

    def packed(self) -> tuple[str | None, bytes]:
        """All of it, to be kept or sent."""
        packed = self._packed
        return self.turn, zlib.compress(msgspec.msgpack.encode(self._said), QUICKLY) if packed is None else packed

    @classmethod
    def unpacked(cls, packed: tuple[str | None, bytes]) -> Self:
        """What was packed, ready to go on."""
        talk = cls()
        talk.turn, talk._packed = packed
        return talk

    def apply(self, event: ev.Event) -> None:
        """Take an event of this agent; what is no part of a conversation is passed over."""
        at = (event.seq, event.time)
        match event.body:
            case ae.TurnStarted() as body:
                self.turn = body.turn
            case ae.TurnFinished():
                self.turn = None
                for entry in self.open_calls.values():
                    entry.output, entry.ok = "interrupted", False
                self.open_calls.clear()
            case ae.Message() as body:
                self.entries.append(Entry(*at, body.role, body.text))
            case ae.Reasoning() as body:
                self.entries.append(Entry(*at, "reasoning", body.text))
            case ae.ToolCalled() as body:
                entry = Entry(*at, "tool", body.name, call=body.call, arguments=dict(body.arguments))
                self.entries.append(entry)
                self.open_calls[body.call] = entry
            case ae.ToolFinished() as body:
                if called := self.open_calls.pop(body.call, None):
                    called.output, called.ok, called.seconds = body.output, body.ok, body.seconds
            case ae.SkillLoaded() as body:
                self.entries.append(Entry(*at, "skill", body.name, hint=body.path))
            case ae.Notice() as body:
                self.entries.append(Entry(*at, "notice", body.text, level=body.level, hint=body.hint))
            case _:
                pass


def retold(events: Iterable[ev.Event]) -> list[Entry]:
    """What these events of one agent tell of its conversation, oldest first."""
    talk = Conversation()
    for event in events:
        talk.apply(event)
    return talk.entries
