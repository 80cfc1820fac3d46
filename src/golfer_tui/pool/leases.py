"""Leases: who holds which GPUs and local places. Pure accounting, so that the limits can be proven.

Requests compete for resources that are named by text: `LOCAL` (a place among the local workers), `ALL` (GPUs in all)
and each GPU type. A lease is taken before a sandbox is asked for and released once its end is confirmed.
"""

from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

import msgspec

from golfer_tui.model.errors import CommandError
from golfer_tui.model.gpus import ANY, GpuRequest

LOCAL = "local workers"
ALL = "GPUs in all"
UNLIMITED = 2**31
"""More GPUs of one type than there are."""


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


class Shortage(NamedTuple):
    """A resource of which a request needs more than is free."""

    resource: str
    reason: str


class Leases:
    """The books. Nothing here waits, and nothing is ever taken away from a holder."""

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
        """Why the request cannot fit even if nothing else runs; None if it can."""
        limits = self.limits
        if limits.max_local is not None and limits.max_local < 1:
            return "No worker can run: the limit is 0 local workers."
        if request is None:
            return None
        bounds = [] if limits.max_gpus is None else [(limits.max_gpus, f"the limit is {_gpus(limits.max_gpus)} in all")]
        if request.type in limits.gpus:
            bound = limits.gpus[request.type]
            bounds.append((bound, f"the limit is {bound} {request.type}"))
        if limits.devices is not None:
            there = sum(len(ids) for ids in self._choices(request, ()).values())
            what = _gpus(there) if request.type == ANY else f"{there} {request.type}"
            bounds.append((there, f"this machine has {what} for workers"))
        bound, why = min(bounds, default=(request.count, ""))
        return f"{request} can never fit: {why}." if bound < request.count else None

    def resources(self, request: GpuRequest | None) -> frozenset[str]:
        """All that the request competes for."""
        if request is None:
            return frozenset({LOCAL})
        return frozenset({LOCAL, ALL, request.type} - {ANY})

    def shortages(self, request: GpuRequest | None, kept: Collection[str] = ()) -> list[Shortage]:
        """What keeps the request from fitting now; empty if it fits.

        Args:
            request: What is asked for.
            kept: Resources that earlier requests wait for: a request for any type keeps off these types' devices.
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
        if request.type in limits.gpus:
            bound, taken = limits.gpus[request.type], used.by_type.get(request.type, 0)
            if taken + request.count > bound:
                found.append(Shortage(request.type, _needs(request, bound - taken, bound, request.type)))
        if not found and limits.devices is not None:
            free = sum(len(devices) for devices in self._choices(request, self.held, kept).values())
            if free < request.count:
                there = sum(len(devices) for devices in self._choices(request, ()).values())
                resource, what = (ALL, "GPUs") if request.type == ANY else (request.type, request.type)
                found.append(Shortage(resource, _needs(request, free, there, what)))
        return found

    def try_take(self, worker: str, request: GpuRequest | None, kept: Collection[str] = ()) -> Lease | str:
        """Lease what is asked for, or say why it does not fit now (`kept`: see `shortages`).

        Raises:
            CommandError: `lease.held` if the worker holds a lease already.
        """
        if worker in self._held:
            raise CommandError("lease.held", f"{worker} holds a lease already.")
        if short := self.never_fits(request) or "; ".join(lack.reason for lack in self.shortages(request, kept)):
            return short
        lease = Lease(worker, request, self._pick(request, kept))
        self._held[worker] = lease
        self._used = _sum(self.held)
        return lease

    def release(self, worker: str) -> None:
        """Give back what the worker holds; nothing happens if it holds nothing."""
        self._held.pop(worker, None)
        self._used = _sum(self.held)

    def _choices(
        self, request: GpuRequest, leases: Collection[Lease], kept: Collection[str] = ()
    ) -> dict[str, list[Device]]:
        """Devices, by type, that the request could take beside these leases, within the limits by type."""
        busy = {device.id for lease in leases for device in lease.devices}
        taken = _sum(leases).by_type
        groups: dict[str, list[Device]] = {}
        for device in self.limits.devices or ():
            wanted = device.type not in kept if request.type == ANY else device.type == request.type
            if wanted and device.id not in busy:
                groups.setdefault(device.type, []).append(device)
        return {
            kind: devices[: max(self.limits.gpus.get(kind, UNLIMITED) - taken.get(kind, 0), 0)]
            for kind, devices in groups.items()
        }

    def _pick(self, request: GpuRequest | None, kept: Collection[str]) -> tuple[Device, ...]:
        if request is None or self.limits.devices is None:
            return ()
        groups = list(self._choices(request, self.held, kept).values())
        # All of one type if possible, from the smallest group that has enough, so that large requests still fit.
        enough = min((group for group in groups if len(group) >= request.count), key=len, default=None)
        mixed = [device for group in sorted(groups, key=len, reverse=True) for device in group]
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
