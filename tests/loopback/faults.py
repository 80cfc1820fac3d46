"""What can go wrong on the way, injected on purpose: `server.inject(fault, times=1)`."""

from dataclasses import dataclass

from loopback.refusals import Refusal


@dataclass(frozen=True)
class Refuse:
    """Answer with this error, without looking at the request."""

    refusal: Refusal


@dataclass(frozen=True)
class Drop:
    """Cut the connection after this many events of the stream; 0: without any answer."""

    after: int = 4


@dataclass(frozen=True)
class EndEarly:
    """End the stream in good order after this many events, as a proxy does that lost its backend."""

    after: int = 4


@dataclass(frozen=True)
class Hang:
    """Say nothing more after this many events, until the client gives up or the server closes."""

    after: int = 0


@dataclass(frozen=True)
class Slow:
    """Wait between events."""

    seconds: float = 0.02


@dataclass(frozen=True)
class Fail:
    """Report an error in mid-stream after this many events."""

    code: str = "server_error"
    message: str = "The model failed to answer."
    after: int = 4


@dataclass(frozen=True)
class Cut:
    """Run out of output tokens after this many events."""

    after: int = 4


Fault = Refuse | Drop | EndEarly | Hang | Slow | Fail | Cut
