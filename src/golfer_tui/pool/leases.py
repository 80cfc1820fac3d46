"""Leases: who holds which GPUs and local places. Pure accounting, so that the limits can be proven.

Requests compete for resources that are named by text: `LOCAL` (a place among the local workers), `ALL` (GPUs in all)
and each GPU type. A lease is taken before a sandbox is asked for and released once its end is confirmed.
"""

from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

import msgspec

from golfer_tui.model.errors import CommandError
from golfer_tui.model.gpus import ANY, GpuRequest, accepted, limits_of, matches

LOCAL = "local workers"
ALL = "GPUs in all"


class Device(msgspec.Struct, frozen=True):
    """One GPU of this machine."""

    id: str
    """What `CUDA_VISIBLE_DEVICES` takes: an index or a UUID."""
    type: str
    """Upper-case type, as in a request."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much may be leased at once; None is unlimited."""

    max_gpus: int | None = None
    """GPUs in all."""
    gpus: dict[str, int] = {}
    """GPUs by upper-case type; a type that is not named is bounded by `max_gpus` alone."""
    max_local: int | None = None
    """Workers that run at once, with or without GPUs."""
    devices: tuple[Device, ...] | None = None
    """Real devices: a lease picks its own among them. None where the backend picks."""


class Lease(msgspec.Struct, frozen=True):
    """What one worker holds."""

    worker: str
    request: GpuRequest | None
    """The one of the alternatives that was taken."""
    devices: tuple[Device, ...] = ()
    """The devices picked; empty where the backend picks."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the devices picked."""
        return tuple(device.id for device in self.devices)

    @property
    def names(self) -> tuple[str, ...]:
        """What a person is shown, one for each GPU: ids of devices, or the type."""
        return self.ids or ((self.request.type,) * self.request.count if self.request else ())

    @property
    def types(self) -> Counter[str]:
        """GPUs by type, as they count against the limits. `ANY` counts as what was picked for it."""
        if self.devices:
            return Counter(device.type for device in self.devices)
        return Counter({self.request.type: self.request.count}) if self.request else Counter()


class Used(msgspec.Struct, frozen=True):
    """Sums over all leases."""

    workers: int
    gpus: int
    by_type: dict[str, int]

    def counted(self, limit: str) -> int:
        """GPUs that count against this limit by type."""
        return sum(count for kind, count in self.by_type.items() if limit in limits_of(kind))


class Shortage(NamedTuple):
    """A resource of which a request needs more than is free."""

    resource: str
    reason: str


class Leases:
    """The books. Nothing here waits, and nothing is ever taken away from a holder.

    Where a request has alternatives, `resources` and `shortages` are asked for each by itself.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        """May be replaced at any time; lower limits only hold back later requests."""
        self._held: dict[str, Lease] = {}
        self._used = _sum(())

    @property
    def held(self) -> tuple[Lease, ...]:
        """All leases, oldest first."""
        return tuple(self._held.values())

    def used(self) -> Used:
        """What is leased now."""
        return self._used

    def never_fits(self, request: GpuRequest | None) -> str | None:
        """Why the request cannot fit even if nothing else runs; None if it, or one of its alternatives, can."""
        if self.limits.max_local is not None and self.limits.max_local < 1:
            return "No worker can run: the limit is 0 local workers."
        reasons = [self._never(one) for one in request.alternatives] if request else []
        return " ".join(filter(None, reasons)) if reasons and all(reasons) else None

    def _never(self, request: GpuRequest) -> str | None:
        limits = self.limits
        bounds = [] if limits.max_gpus is None else [(limits.max_gpus, f"the limit is {_gpus(limits.max_gpus)} in all")]
        bounds += [
            (limits.gpus[name], f"the limit is {limits.gpus[name]} {name}") for name in self._bounds(request.type)
        ]
        if limits.devices is not None:
            there = len(self._choices(request, ()))
            what = _gpus(there) if request.type == ANY else f"{there} {request.type}"
            bounds.append((there, f"this machine has {what} for workers"))
        bound, why = min(bounds, default=(request.count, ""))
        return f"{request} can never fit: {why}." if bound < request.count else None

    def resources(self, request: GpuRequest | None) -> frozenset[str]:
        """What the request competes for and cannot do without."""
        if request is None:
            return frozenset({LOCAL})
        if len(self.kinds(request)) > 1:
            # Another of its types will do, so that none of them is needed.
            return frozenset({LOCAL, ALL, *self._bounds(request.type)})
        return frozenset({LOCAL, ALL, *limits_of(request.type)} - {ANY})

    def kinds(self, request: GpuRequest) -> tuple[str, ...]:
        """Types of the devices that will do for the request; only its own where the backend picks."""
        if self.limits.devices is None or request.type == ANY:
            return (request.type,)
        present = {device.type for device in self.limits.devices}
        return tuple(kind for kind in accepted(request.type) if kind in present) or (request.type,)

    def shortages(self, request: GpuRequest | None, kept: Collection[str] = ()) -> list[Shortage]:
        """What keeps the request from fitting now; empty if it fits.

        Args:
            request: What is asked for.
            kept: Resources that earlier requests wait for: a request that several types of device will do for keeps
                off these types.
        """
        limits, used, found = self.limits, self._used, []
        if limits.max_local is not None and used.workers >= limits.max_local:
            places = "the one place" if limits.max_local == 1 else f"all {limits.max_local} places"
            found.append(
                Shortage(LOCAL, f"needs a place, and {places} for local workers {_is(limits.max_local)} taken")
            )
        if request is None:
            return found
        if limits.max_gpus is not None and used.gpus + request.count > limits.max_gpus:
            found.append(Shortage(ALL, _needs(request, limits.max_gpus - used.gpus, limits.max_gpus, "GPUs")))
        for name in self._bounds(request.type):
            bound, taken = limits.gpus[name], used.counted(name)
            if taken + request.count > bound:
                found.append(Shortage(name, _needs(request, bound - taken, bound, name)))
        if not found and limits.devices is not None:
            free = len(self._choices(request, self.held, kept))
            if free < request.count:
                there = len(self._choices(request, ()))
                what = "GPUs" if request.type == ANY else request.type
                reason = _needs(request, free, there, what)
                # It may get any of these: all of them are kept for it, or it might starve.
                kinds = (ALL,) if request.type == ANY else self.kinds(request)
                found += [Shortage(kind, reason) for kind in kinds]
        return found

    def try_take(self, worker: str, request: GpuRequest | None, kept: Collection[str] = ()) -> Lease | str:
        """Lease the first alternative that fits now, or say why none does (`kept`: see `shortages`).

        Raises:
            CommandError: `lease.held` if the worker holds a lease already.
        """
        if worker in self._held:
            raise CommandError("lease.held", f"{worker} holds a lease already.")
        if never := self.never_fits(request):
            return never
        reasons: list[str] = []
        for one in request.alternatives if request else (None,):
            lacks = self.shortages(one, kept)
            if not lacks and (one is None or not self._never(one)):
                lease = self._held[worker] = Lease(worker, one, self._pick(one, kept))
                self._used = _sum(self.held)
                return lease
            reasons += [lack.reason for lack in lacks]
        return "; ".join(dict.fromkeys(reasons))

    def hold(self, holder: str, request: GpuRequest | None) -> None:
        """Count what is taken already, whatever the limits are: a sandbox of an earlier process that may still live."""
        self._held[holder] = Lease(holder, request)
        self._used = _sum(self.held)

    def rename(self, worker: str, holder: str) -> None:
        """Let another name hold what the worker holds: it can lease anew while its last sandbox is being ended."""
        if lease := self._held.pop(worker, None):
            self._held[holder] = msgspec.structs.replace(lease, worker=holder)

    def release(self, worker: str) -> None:
        """Give back what the worker holds; nothing happens if it holds nothing."""
        self._held.pop(worker, None)
        self._used = _sum(self.held)

    def _bounds(self, kind: str) -> list[str]:
        """The limits by type that bound this type."""
        return [name for name in limits_of(kind) if name in self.limits.gpus]

    def _choices(self, request: GpuRequest, leases: Collection[Lease], kept: Collection[str] = ()) -> list[Device]:
        """Devices that the request could take, all at once, beside these leases and within the limits by type."""
        busy = {device.id for lease in leases for device in lease.devices}
        used = _sum(leases)
        room = {name: bound - used.counted(name) for name, bound in self.limits.gpus.items()}
        several = request.type == ANY or len(self.kinds(request)) > 1
        found = []
        for device in self.limits.devices or ():
            names = self._bounds(device.type)
            if not matches(request.type, device.type) or device.id in busy or any(room[name] < 1 for name in names):
                continue
            if several and device.type in kept:
                continue
            for name in names:
                room[name] -= 1
            found.append(device)
        return found

    def _pick(self, request: GpuRequest | None, kept: Collection[str]) -> tuple[Device, ...]:
        if request is None or self.limits.devices is None:
            return ()
        groups: dict[str, list[Device]] = {}
        for device in self._choices(request, self.held, kept):
            groups.setdefault(device.type, []).append(device)
        # All of one type if possible: the type that is asked for, or else the one of which there are fewest, so that
        # large requests still fit.
        fewest = sorted(groups, key=lambda kind: len(groups[kind]))
        order = fewest if request.type == ANY else accepted(request.type)
        enough = next((groups[kind] for kind in order if len(groups.get(kind, ())) >= request.count), None)
        mixed = [device for group in sorted(groups.values(), key=len, reverse=True) for device in group]
        return tuple((enough or mixed)[: request.count])


def _sum(leases: Collection[Lease]) -> Used:
    by_type: Counter[str] = sum((lease.types for lease in leases), Counter())
    return Used(len(leases), by_type.total(), dict(by_type))


def _gpus(count: int) -> str:
    return "1 GPU" if count == 1 else f"{count} GPUs"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _needs(request: GpuRequest, free: int, bound: int, what: str) -> str:
    return f"needs {request}, and {max(free, 0)} of {bound} {what} {_is(free)} free"
