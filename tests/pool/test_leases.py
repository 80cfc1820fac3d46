"""The books: limits in all and by type, real devices, requests for any type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.model.errors import CommandError
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.pool.leases import Device, Lease, Leases, Limits

DEVICES = tuple(Device(str(i), "H100" if i < 4 else "A100") for i in range(6))


def gpu(text: str) -> GpuRequest | None:
    return GpuRequest.parse(text)


@pytest.mark.parametrize(
    ("limits", "request_", "reason"),
    [
        (Limits(gpus={"H100": 4}), "H100:8", "H100:8 can never fit: the limit is 4 H100."),
        (Limits(max_gpus=1), "any:2", "ANY:2 can never fit: the limit is 1 GPU in all."),
        (Limits(max_gpus=0), "H100", "H100 can never fit: the limit is 0 GPUs in all."),
        (Limits(devices=DEVICES), "A100:3", "A100:3 can never fit: this machine has 2 A100 for workers."),
        (Limits(devices=DEVICES), "L4", "L4 can never fit: this machine has 0 L4 for workers."),
        (Limits(devices=DEVICES, gpus={"H100": 1}), "4", "ANY:4 can never fit: this machine has 3 GPUs for workers."),
        (Limits(max_local=0), "", "No worker can run: the limit is 0 local workers."),
        (Limits(gpus={"H100": 4}), "A100:8", None),
        (Limits(max_gpus=8, gpus={"H100": 8}, devices=DEVICES), "6", None),
        (Limits(max_gpus=0), "", None),
    ],
)
def test_what_can_never_fit_is_told_with_the_limit(limits: Limits, request_: str, reason: str | None) -> None:
    leases = Leases(limits)
    assert leases.never_fits(gpu(request_)) == reason
    assert isinstance(leases.try_take("w", gpu(request_)), str) == (reason is not None)


def test_h100_with_a_count_counts_that_many() -> None:
    leases = Leases(Limits(max_gpus=10, gpus={"H100": 9}))
    assert isinstance(leases.try_take("a", gpu("H100:8")), Lease)
    assert leases.try_take("b", gpu("H100:2")) == "needs H100:2, and 1 of 9 H100 is free"
    assert leases.try_take("c", gpu("A100:3")) == "needs A100:3, and 2 of 10 GPUs are free"
    assert isinstance(leases.try_take("d", gpu("2")), Lease)
    assert leases.used().gpus == 10
    assert leases.used().by_type == {"H100": 8, "ANY": 2}


def test_a_lease_picks_real_devices_and_gives_them_back() -> None:
    leases = Leases(Limits(devices=DEVICES))
    first = leases.try_take("a", gpu("any:2"))
    assert isinstance(first, Lease)
    assert first.ids == ("4", "5"), "the smallest group that has enough is taken"
    second = leases.try_take("b", gpu("H100:4"))
    assert isinstance(second, Lease)
    assert second.ids == ("0", "1", "2", "3")
    assert leases.used().by_type == {"A100": 2, "H100": 4}
    leases.release("a")
    leases.release("b")
    mixed = leases.try_take("c", gpu("5"))
    assert isinstance(mixed, Lease)
    assert len(set(mixed.ids)) == 5
    assert leases.try_take("d", gpu("2")) == "needs ANY:2, and 1 of 6 GPUs is free"


def test_names_are_types_where_the_backend_picks() -> None:
    lease = Leases(Limits()).try_take("a", gpu("H100:2"))
    assert isinstance(lease, Lease)
    assert (lease.ids, lease.names) == ((), ("H100", "H100"))


def test_lower_limits_take_nothing_away() -> None:
    leases = Leases(Limits(max_local=3))
    for name in "abc":
        assert isinstance(leases.try_take(name, None), Lease)
    leases.limits = Limits(max_local=1)
    assert leases.used().workers == 3
    leases.release("a")
    leases.release("b")
    assert leases.try_take("d", None) == "needs a place, and the one place for local workers is taken"
    leases.release("c")
    assert isinstance(leases.try_take("d", None), Lease)


def test_one_worker_holds_one_lease() -> None:
    leases = Leases(Limits())
    leases.try_take("a", None)
    with pytest.raises(CommandError, match="a holds a lease already"):
        leases.try_take("a", None)
    leases.release("nobody")


REQUESTS = st.sampled_from(["", "H100", "H100:2", "A100", "A100:2", "1", "3", "L4"])
LIMITS = st.builds(
    Limits,
    max_gpus=st.none() | st.integers(0, 7),
    gpus=st.dictionaries(st.sampled_from(["H100", "A100"]), st.integers(0, 4)),
    max_local=st.none() | st.integers(1, 5),
    devices=st.none() | st.just(DEVICES),
)


@given(LIMITS, st.lists(st.tuples(st.sampled_from("abcdef"), REQUESTS)))
def test_no_order_of_takes_and_releases_exceeds_a_limit(limits: Limits, steps: list[tuple[str, str]]) -> None:
    leases = Leases(limits)
    held: set[str] = set()
    for worker, request in steps:
        if worker in held:
            leases.release(worker)
            held.discard(worker)
            continue
        short = leases.shortages(gpu(request))
        took = leases.try_take(worker, gpu(request))
        assert isinstance(took, Lease) == (not short and leases.never_fits(gpu(request)) is None)
        if isinstance(took, Lease):
            held.add(worker)
            assert len(took.names) == (took.request.count if took.request else 0)
        used = leases.used()
        assert used.workers == len(held) <= (limits.max_local or 99)
        assert limits.max_gpus is None or used.gpus <= limits.max_gpus
        assert all(used.by_type.get(kind, 0) <= bound for kind, bound in limits.gpus.items())
        ids = [i for lease in leases.held for i in lease.ids]
        assert len(ids) == len(set(ids))
