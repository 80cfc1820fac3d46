"""What was spent: a fold over leases, gauges and the models' answers. All dollars are estimates, from list prices.

The prices stand in the events, so that a resumed session, an export and the screen come to the same figure.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from golfer_tui.model import agent_events as ae
from golfer_tui.model import worker_events as we
from golfer_tui.model.gauges import Sample
from golfer_tui.model.prices import Rate

HOUR = 3600.0
GIB = 1024**3
WITHOUT_PRICE = "unknown"
"""Stands where a price is missing: never 0."""


@dc.dataclass(slots=True)
class Tokens:
    """A sum of `usage` events."""

    requests: int = 0
    input: int = 0
    cached: int = 0
    """Of `input`."""
    output: int = 0
    dollars: float = 0.0
    unpriced: set[str] = dc.field(default_factory=set)
    """Models whose price is not known."""

    def add(self, usage: ae.Usage) -> None:
        self.requests += 1
        self.input += usage.input_tokens
        self.cached += usage.cached_tokens
        self.output += usage.output_tokens
        if usage.dollars is None:
            self.unpriced.add(usage.model)
        else:
            self.dollars += usage.dollars


@dc.dataclass(slots=True)
class OpenLease:
    """A lease that has begun and not ended."""

    begun: dt.datetime
    gpus: dict[str, int]
    rate: Rate
    marked: dt.datetime
    """Up to when CPU and memory are counted in `dollars`."""
    cores: float
    """Used since then."""
    memory: float
    """GiB used since then."""
    dollars: float = 0.0
    """For CPU and memory up to `marked`."""

    @property
    def per_hour(self) -> float:
        """Dollars by the hour, as it goes now; GPUs without a price count nothing."""
        rate = self.rate
        return (rate.gpus or 0.0) + rate.base + self.cores * rate.core + self.memory * rate.gib

    def used(self, at: dt.datetime, sample: Sample) -> None:
        """CPU and memory are paid for as reserved or as used, whichever is more."""
        self._mark(at)
        self.cores = max(self.rate.cores, sample.cpu / 100)
        self.memory = max(self.rate.memory, sample.memory / GIB)

    def spent(self, at: dt.datetime) -> float:
        """Dollars from its begin to this moment."""
        rate = self.rate
        level = self.cores * rate.core + self.memory * rate.gib
        fixed = ((rate.gpus or 0.0) + rate.base) * _hours(self.begun, at)
        return self.dollars + fixed + level * _hours(self.marked, at)

    def _mark(self, at: dt.datetime) -> None:
        level = self.cores * self.rate.core + self.memory * self.rate.gib
        self.dollars += level * _hours(self.marked, at)
        self.marked = max(self.marked, at)


@dc.dataclass(slots=True)
class Leasing:
    """The leases of one worker, over all its attempts."""

    gpu_hours: float = 0.0
    """Of leases that have ended."""
    dollars: float = 0.0
    """Of leases that have ended."""
    unpriced: set[str] = dc.field(default_factory=set)
    """Types of GPU whose price is not known."""
    open: OpenLease | None = None

    def begin(self, at: dt.datetime, body: we.LeaseTaken) -> None:
        self.end(at)
        rate = body.rate
        self.open = OpenLease(at, dict(body.gpus), rate, at, rate.cores, rate.memory)
        if rate.gpus is None:
            self.unpriced |= body.gpus.keys()

    def used(self, at: dt.datetime, sample: Sample) -> None:
        if self.open is not None:
            self.open.used(at, sample)

    def end(self, at: dt.datetime) -> None:
        """The lease is given back; nothing happens if there is none."""
        lease = self.open
        if lease is not None:
            self.dollars += lease.spent(at)
            self.gpu_hours += sum(lease.gpus.values()) * _hours(lease.begun, at)
            self.open = None


class Bill(NamedTuple):
    """What was spent up to a moment."""

    gpu_hours: float = 0.0
    sandboxes: float = 0.0
    """Dollars for GPUs, CPU and memory."""
    models: float = 0.0
    """Dollars for tokens."""
    per_hour: float = 0.0
    """Dollars by the hour for what is leased now."""
    tokens: int = 0
    unpriced: tuple[str, ...] = ()
    """Types of GPU and models without a price: the dollars leave them out."""

    @property
    def dollars(self) -> float:
        return self.sandboxes + self.models

    def __str__(self) -> str:
        """The dollars as a person is shown them: `≈$1.24`, `≈$1.24 + unknown`, `unknown`, `$0`."""
        return money(self.dollars, unpriced=bool(self.unpriced))


class Spender(Protocol):
    """A worker of a session's state."""

    @property
    def leasing(self) -> Leasing: ...
    @property
    def tokens(self) -> Tokens: ...


def bill(leasing: Leasing, tokens: Tokens, now: dt.datetime) -> Bill:
    """What one worker has spent up to now."""
    lease = leasing.open
    return Bill(
        leasing.gpu_hours + (sum(lease.gpus.values()) * _hours(lease.begun, now) if lease else 0.0),
        leasing.dollars + (lease.spent(now) if lease else 0.0),
        tokens.dollars,
        lease.per_hour if lease else 0.0,
        tokens.input + tokens.output,
        tuple(sorted(leasing.unpriced | tokens.unpriced)),
    )


def bill_of_all(workers: Iterable[Spender], tokens: Tokens, now: dt.datetime) -> Bill:
    """What a session has spent up to now; `tokens` are those of all its agents."""
    bills = [bill(worker.leasing, worker.tokens, now) for worker in workers]
    return Bill(
        sum(each.gpu_hours for each in bills),
        sum(each.sandboxes for each in bills),
        tokens.dollars,
        sum(each.per_hour for each in bills),
        tokens.input + tokens.output,
        tuple(sorted(tokens.unpriced.union(*(each.unpriced for each in bills)))),
    )


def money(dollars: float, *, unpriced: bool = False) -> str:
    """An estimate as a person is shown it; small sums keep two digits that tell something."""
    if dollars == 0:
        return WITHOUT_PRICE if unpriced else "$0"
    places = 2 if dollars >= 0.095 else 3 if dollars >= 0.0095 else 4
    told = f"≈${dollars:,.{places}f}" if dollars >= 0.00005 else "<$0.0001"
    return f"{told} + {WITHOUT_PRICE}" if unpriced else told


def _hours(begin: dt.datetime, end: dt.datetime) -> float:
    return max(0.0, (end - begin).total_seconds()) / HOUR
