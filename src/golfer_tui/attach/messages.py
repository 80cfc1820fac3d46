"""What an engine and its front ends say to each other, as values.

`Knock`, `Refused`, `Looked` and `Goodbye` are understood by every version: fields may be added to them, and none taken
away.
"""

import typing
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from golfer_tui.model import commands as cm
from golfer_tui.model import errors
from golfer_tui.model import signals as sg
from golfer_tui.model.errors import GolferError, StoreError
from golfer_tui.model.events import Event
from golfer_tui.model.secret import Secret
from golfer_tui.model.settings import Settings
from golfer_tui.pool.leases import Limits, Used

if TYPE_CHECKING:
    from golfer_tui.attach.session import OpenSession

_ERRORS = {kind.__name__: kind for kind in vars(errors).values() if isinstance(kind, type)}
_SIGNALS: dict[str, type[sg.Signal]] = {kind.__name__: kind for kind in typing.get_args(sg.Signal)}

Purpose = Literal["attach", "stay", "look", "end", "keep"]
"""What somebody comes for: to attach; to stay, so that the session does, without writing or being counted; to see who
is there; or to let the session go and what becomes of its workers."""


class Problem(msgspec.Struct, frozen=True):
    """One of our errors on its way to another process."""

    kind: str
    code: str
    message: str
    hint: str = ""
    retry: bool = False

    @classmethod
    def of(cls, error: GolferError) -> "Problem":
        return cls(type(error).__name__, error.code, error.message, error.hint, error.retry)

    def error(self) -> GolferError:
        """The error again, of the same kind if we know it."""
        kind = _ERRORS.get(self.kind, GolferError)
        return kind(self.code, self.message, hint=self.hint, retry=self.retry)  # type: ignore[no-any-return]


CLOSING = Problem.of(StoreError("session.closing", "The session is just being closed.", retry=True))


class Base(msgspec.Struct, frozen=True, tag_field="is"):
    """Base of all messages."""


class Start(Base, frozen=True, tag="start"):
    """To a process that was just started: open this session. What `Engine.open` takes."""

    settings: Settings
    home: str
    directory: str
    resume: str | None
    limits: cm.SetLimits | None = None
    key: Secret | None = None


class Knock(Base, frozen=True, tag="knock"):
    """The first message of a front end."""

    version: str
    purpose: Purpose = "attach"


class Refused(Base, frozen=True, tag="refused"):
    """The answer to a `Knock`, or to a `Start`, that comes to nothing."""

    problem: Problem


class Looked(Base, frozen=True, tag="looked"):
    """The answer to a `Knock` that only looks."""

    version: str
    attached: int = 0
    """Front ends."""


class Figures(msgspec.Struct, frozen=True):
    """Values of an engine that no event tells, by their names in `OpenSession`; sent when they change."""

    limits: Limits
    used: Used
    waiting: tuple[tuple[str, str], ...] = ()
    active: bool = False
    max_dollars: float | None = None
    shells: tuple[str, ...] = ()

    @classmethod
    def of(cls, engine: "OpenSession") -> "Figures":
        return cls(*(getattr(engine, name) for name in cls.__struct_fields__))


class Welcome(Base, frozen=True, tag="welcome"):
    """The front end is attached; all events after those in `state` follow."""

    session: str
    settings: Settings
    before: int
    state: bytes
    """See `model.packing`."""
    figures: Figures
    attendance: sg.Attendance


class Told(Base, frozen=True, tag="told"):
    """One event; `worker.output` comes without its text, for the tapes have it."""

    event: Event


class Signalled(Base, frozen=True, tag="signalled"):
    """One signal, by the name of its class."""

    name: str
    body: msgspec.Raw

    @classmethod
    def of(cls, signal: sg.Signal) -> "Signalled":
        return cls(type(signal).__name__, msgspec.Raw(msgspec.msgpack.encode(signal)))

    def signal(self) -> sg.Signal:
        return msgspec.msgpack.decode(self.body, type=_SIGNALS[self.name])


class Counted(Base, frozen=True, tag="counted"):
    """Figures that changed."""

    figures: Figures


class Ask(Base, frozen=True, tag="ask"):
    """Call a method of `session.OpenSession`."""

    call: int
    """Number that the answer repeats."""
    name: str
    arguments: dict[str, msgspec.Raw] = {}


class Withdraw(Base, frozen=True, tag="withdraw"):
    """Nobody waits for the answer any more."""

    call: int


class Answer(Base, frozen=True, tag="answer"):
    """What the method returned."""

    call: int
    seq: int
    """The last event when it returned: the answer holds once that event was seen."""
    value: msgspec.Raw


class Failed(Base, frozen=True, tag="failed"):
    """The method raised an error of ours."""

    call: int
    problem: Problem


class TapeOpened(Base, frozen=True, tag="tape.opened"):
    """A tape that was not there before, or takes the place of the one with the same worker and terminal."""

    tape: int
    """Number by which it is called from now on."""
    worker: str
    terminal: cm.Terminal
    start: int
    """Offset of the first byte that comes."""


class TapeSkipped(Base, frozen=True, tag="tape.skipped"):
    """This front end was too slow for a tape; it goes on at this offset. The recording has what is left out."""

    tape: int
    offset: int


class Taken(Base, frozen=True, tag="taken"):
    """There is room for bytes of a tape after this offset."""

    tape: int
    offset: int


class Goodbye(Base, frozen=True, tag="goodbye"):
    """The session was let go, and its lock with it."""

    problem: Problem | None = None
    """What went wrong while it was closed."""


class TapeBytes(NamedTuple):
    """Bytes of a tape; the one frame that is no MessagePack."""

    tape: int
    offset: int
    """Of the first byte."""
    data: bytes


Message = (
    Start
    | Knock
    | Refused
    | Looked
    | Welcome
    | Told
    | Signalled
    | Counted
    | Ask
    | Withdraw
    | Answer
    | Failed
    | TapeOpened
    | TapeSkipped
    | Taken
    | Goodbye
)
