"""What can go wrong at Modal, injected on purpose: `plane.inject("SandboxCreate", Refuse(...), times=1)`."""

from dataclasses import dataclass

from grpclib import Status


@dataclass(frozen=True)
class Refuse:
    """Answer with this status, without doing anything."""

    status: Status
    message: str = "injected"


@dataclass(frozen=True)
class RefuseAfter:
    """Do what was asked, and then answer with this status, as a connection does that breaks off too soon."""

    status: Status


@dataclass(frozen=True)
class HangBefore:
    """Do nothing and never answer, until the client gives up or the plane closes."""


@dataclass(frozen=True)
class HangAfter:
    """Do what was asked, and never say so."""


@dataclass(frozen=True)
class CutAfter:
    """Break a stream off as an unreachable server does, once so many bytes of it were sent."""

    size: int


Fault = Refuse | RefuseAfter | HangBefore | HangAfter | CutAfter


class Faults:
    """Which fault meets which call."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Fault]] = {}
        self._always: dict[str, Fault] = {}

    def inject(self, call: str, fault: Fault, times: int | None = 1) -> None:
        """Let the next calls meet it; None: every call until `clear`."""
        if times is None:
            self._always[call] = fault
        else:
            self._waiting.setdefault(call, []).extend([fault] * times)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._waiting.clear()
        self._always.clear()

    def take(self, call: str) -> Fault | None:
        """What this call meets; counts it."""
        for name in (call, "*"):
            if waiting := self._waiting.get(name):
                return waiting.pop(0)
            if name in self._always:
                return self._always[name]
        return None
