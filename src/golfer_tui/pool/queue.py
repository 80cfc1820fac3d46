"""The queue: first come, first served, where one that waits holds back later ones that compete with it, and no others.

A request that is short of a resource holds that resource: later requests that need it wait too, so that it gets what
is freed and cannot starve. One with alternatives holds what each of them is short of. A request that the present limits
can never admit holds nothing, and so does one at a closed gate, such as a budget: it waits for a person.
"""

import dataclasses as dc
from collections.abc import Callable

from golfer_tui.model.gpus import GpuRequest
from golfer_tui.pool.leases import Lease, Leases

Gate = Callable[[GpuRequest | None], str]
"""Why nothing of this kind may begin now, whatever is free; empty if it may."""


@dc.dataclass(slots=True)
class _Waiting:
    worker: str
    request: GpuRequest | None
    reason: str = ""


class Queue:
    """Workers that wait for a lease, front first. Bounded by the pool's number of workers."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self.gate: Gate = lambda request: ""
        self._waiting: list[_Waiting] = []

    @property
    def waiting(self) -> tuple[tuple[str, str], ...]:
        """Names with what each waits for, as of the last `admit`; the first is next."""
        return tuple((entry.worker, entry.reason) for entry in self._waiting)

    def join(self, worker: str, request: GpuRequest | None) -> None:
        """Wait behind all others."""
        self._waiting.append(_Waiting(worker, request))

    def leave(self, worker: str) -> None:
        """Wait no longer."""
        self._waiting = [entry for entry in self._waiting if entry.worker != worker]

    def place(self, worker: str) -> tuple[int, str]:
        """Position (1 is next) and reason; (1, "") for one that does not wait."""
        for position, (name, reason) in enumerate(self.waiting, 1):
            if name == worker:
                return position, reason
        return 1, ""

    def admit(self) -> list[Lease]:
        """Take out all that may start now, each with its lease, and renew the reasons of those that stay."""
        admitted: list[Lease] = []
        staying: list[_Waiting] = []
        kept: dict[str, str] = {}
        """Resource to the first worker that waits for it."""
        known: dict[tuple[GpuRequest | None, int, int], str] = {}
        """Verdicts on equal requests, for as long as nothing was taken or kept since: a long queue is mostly equal."""
        for entry in self._waiting:
            moment = (entry.request, len(kept), len(admitted))
            verdict = known.get(moment) or self._judge(entry, kept)
            if isinstance(verdict, Lease):
                admitted.append(verdict)
            else:
                entry.reason = known[moment] = verdict
                staying.append(entry)
        self._waiting = staying
        return admitted

    def _judge(self, entry: _Waiting, kept: dict[str, str]) -> Lease | str:
        """A lease, or why it must wait; then `kept` gains what it is short of."""
        if never := self._leases.never_fits(entry.request):
            return never
        closed: list[str] = []
        open_: list[GpuRequest | None] = []
        for one in entry.request.alternatives if entry.request else (None,):
            if why := self.gate(one):
                closed.append(why)
            elif not self._leases.never_fits(one):
                open_.append(one)
        if not open_:
            return "; ".join(dict.fromkeys(closed))
        lacks = []
        ahead: set[str] = set()
        for one in open_:
            short = self._leases.shortages(one, kept)
            before = {kept[resource] for resource in self._leases.resources(one) if resource in kept}
            if not short and not before:
                return self._leases.try_take(entry.worker, one, kept)
            if short and one is not None:
                before |= {kept[kind] for kind in self._leases.kinds(one) if kind in kept}
            lacks += short
            ahead |= before
        for lack in lacks:
            kept.setdefault(lack.resource, entry.worker)
        reasons = list(dict.fromkeys(lack.reason for lack in lacks))
        if ahead:
            reasons.append(f"comes after {', '.join(sorted(ahead))}")
        return "; ".join(reasons)
