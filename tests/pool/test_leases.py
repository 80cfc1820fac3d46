"""The books: limits in all and by type, real devices, requests for any type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.model.errors import CommandError
from golfer_tui.model.gpus import GpuRequest, matches
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


REAL = tuple(
    Device(str(i), kind) for i, kind in enumerate(["A100-40GB", "A100-80GB", "A100-80GB", "H100", "H200", "H200"])
)


@pytest.mark.parametrize(
    ("request_", "ids"),
    [
        ("A100", ("0",)),
        ("A100:2", ("1", "2")),
        ("A100:3", ("1", "2", "0")),
        ("A100-80GB", ("1",)),
        ("H100", ("3",)),
        ("H100:2", ("4", "5")),
        ("H100!", ("3",)),
        ("L4, A100-80GB:2", ("1", "2")),
        ("H100!:2, any", ("0",)),
    ],
)
def test_a_request_gets_the_devices_that_modal_would_give(request_: str, ids: tuple[str, ...]) -> None:
    lease = Leases(Limits(devices=REAL)).try_take("w", gpu(request_))
    assert isinstance(lease, Lease)
    assert lease.ids == ids


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ("H100!:2", "H100!:2 can never fit: this machine has 1 H100! for workers."),
        (
            "L4, 7",
            (
                "L4 can never fit: this machine has 0 L4 for workers. ANY:7 can never fit: this machine has 6 GPUs "
                "for workers."
            ),
        ),
    ],
)
def test_alternatives_that_can_never_fit_are_all_told(request_: str, reason: str) -> None:
    assert Leases(Limits(devices=REAL)).never_fits(gpu(request_)) == reason


def test_a_limit_on_a_family_bounds_all_of_it() -> None:
    leases = Leases(Limits(gpus={"A100": 3, "A100-80GB": 1, "H100": 1}))
    assert isinstance(leases.try_take("a", gpu("A100-80GB")), Lease)
    assert isinstance(leases.try_take("b", gpu("A100")), Lease)
    assert leases.try_take("c", gpu("A100-80GB")) == "needs A100-80GB, and 0 of 1 A100-80GB are free"
    assert isinstance(leases.try_take("d", gpu("A100-40GB")), Lease)
    assert leases.try_take("e", gpu("A100")) == "needs A100, and 0 of 3 A100 are free"
    assert isinstance(leases.try_take("f", gpu("H100!")), Lease)
    taken = leases.try_take("g", gpu("H100, H200"))
    assert isinstance(taken, Lease)
    assert taken.request == gpu("H200"), "the next one where the first is taken"


def test_any_two_of_a_family_do_not_pass_its_limit() -> None:
    leases = Leases(Limits(devices=REAL[:3], gpus={"A100": 1}))
    assert leases.never_fits(gpu("2")) == "ANY:2 can never fit: this machine has 1 GPU for workers."


REQUESTS = st.sampled_from(
    ["", "H100", "H100:2", "A100", "A100:2", "1", "3", "L4", "H100!", "A100-80GB", "H200", "H100:2, A100-40GB", "L4, 1"]
)
LIMITS = st.builds(
    Limits,
    max_gpus=st.none() | st.integers(0, 7),
    gpus=st.dictionaries(st.sampled_from(["H100", "A100"]), st.integers(0, 4)),
    max_local=st.none() | st.integers(1, 5),
    devices=st.none() | st.sampled_from([DEVICES, REAL]),
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
        wanted = gpu(request)
        free = [
            one
            for one in (wanted.alternatives if wanted else (None,))
            if leases.never_fits(one) is None and not leases.shortages(one)
        ]
        took = leases.try_take(worker, wanted)
        assert isinstance(took, Lease) == bool(free)
        if isinstance(took, Lease):
            held.add(worker)
            assert took.request == free[0]
            assert len(took.names) == (took.request.count if took.request else 0)
            assert all(took.request and matches(took.request.type, device.type) for device in took.devices)
        used = leases.used()
        assert used.workers == len(held) <= (limits.max_local or 99)
        assert limits.max_gpus is None or used.gpus <= limits.max_gpus
        assert all(used.counted(kind) <= bound for kind, bound in limits.gpus.items())
        ids = [i for lease in leases.held for i in lease.ids]
        assert len(ids) == len(set(ids))
