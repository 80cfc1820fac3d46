"""The queue: fair, truthful, and nobody starves."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from golfer_tui.model.gpus import GpuRequest
from golfer_tui.pool.leases import Device, Leases, Limits, Shortage
from golfer_tui.pool.queue import Queue

DEVICES = tuple(Device(str(i), "H100" if i < 4 else "A100") for i in range(6))


class Line:
    """A queue with its books."""

    def __init__(self, limits: Limits) -> None:
        self.leases = Leases(limits)
        self.queue = Queue(self.leases)

    def join(self, name: str, request: str = "") -> list[str]:
        self.queue.join(name, GpuRequest.parse(request))
        return self.admit()

    def admit(self) -> list[str]:
        return [lease.worker for lease in self.queue.admit()]

    def release(self, name: str) -> list[str]:
        self.leases.release(name)
        return self.admit()

    def lacks(self, request: GpuRequest | None) -> list[list[Shortage]]:
        """What keeps each alternative that could ever fit from fitting now."""
        possible = [one for one in request.alternatives if not self.leases.never_fits(one)] if request else [None]
        return [self.leases.shortages(one) for one in possible]

    def taken(self, name: str) -> GpuRequest | None:
        """The alternative that a worker has got."""
        return next(lease.request for lease in self.leases.held if lease.worker == name)


def test_one_that_waits_holds_back_only_those_that_compete() -> None:
    line = Line(Limits(gpus={"H100": 2, "A100": 1}, max_local=10))
    assert line.join("a", "H100") == ["a"]
    assert line.join("big", "H100:2") == []
    assert line.join("small", "H100") == [], "one H100 is free, but big came first"
    assert line.join("other", "A100") == ["other"]
    assert line.join("cpu") == ["cpu"]
    assert line.queue.waiting == (
        ("big", "needs H100:2, and 1 of 2 H100 is free"),
        ("small", "comes after big"),
    )
    assert line.queue.place("small") == (2, "comes after big")
    assert line.queue.place("cpu") == (1, "")
    assert line.release("a") == ["big"]
    assert line.queue.waiting == (("small", "needs H100, and 0 of 2 H100 are free"),)
    assert line.release("big") == ["small"]


def test_who_leaves_lets_the_next_in() -> None:
    line = Line(Limits(max_gpus=2))
    line.join("a", "H100")
    line.join("big", "2")
    line.join("small", "A100")
    line.queue.leave("big")
    assert line.admit() == ["small"]


def test_what_lower_limits_never_admit_holds_nobody_back() -> None:
    line = Line(Limits(gpus={"H100": 4}))
    line.join("a", "H100:4")
    line.join("big", "H100:4")
    line.leases.limits = Limits(gpus={"H100": 2})
    assert line.release("a") == []
    assert line.join("small", "H100") == ["small"]
    assert line.queue.waiting == (("big", "H100:4 can never fit: the limit is 2 H100."),)
    line.leases.limits = Limits(gpus={"H100": 5})
    assert line.admit() == ["big"]


def test_a_request_for_any_type_leaves_the_devices_that_an_earlier_one_waits_for() -> None:
    line = Line(Limits(devices=DEVICES))
    line.join("a", "H100")
    line.join("big", "H100:4")
    assert line.join("any", "1") == ["any"]
    assert [lease.ids for lease in line.leases.held] == [("0",), ("4",)]
    assert line.join("more", "2") == []
    assert line.join("again", "2") == []
    assert line.queue.waiting == (
        ("big", "needs H100:4, and 3 of 4 H100 are free"),
        ("more", "needs ANY:2, and 1 of 6 GPUs is free"),
        ("again", "needs ANY:2, and 1 of 6 GPUs is free; comes after more"),
    )
    line.queue.leave("again")
    assert line.release("a") == ["big"]
    assert line.release("any") == ["more"]


def test_a_closed_gate_holds_back_nobody_else_and_says_why() -> None:
    line = Line(Limits(gpus={"H100": 2}))
    line.queue.gate = lambda request: "too dear" if request and request.type == "H100" else ""
    assert line.join("a", "H100:2") == []
    assert line.join("b", "A100") == ["b"]
    assert line.join("c", "H100, L4") == ["c"], "an alternative that the gate lets through will do"
    assert line.queue.waiting == (("a", "too dear"),)
    line.queue.gate = lambda request: ""
    assert line.admit() == ["a"]


def test_alternatives_wait_for_both_and_take_the_first_that_is_free() -> None:
    line = Line(Limits(gpus={"H100": 1, "A100": 1}))
    assert line.join("a", "H100") == ["a"]
    assert line.join("b", "A100") == ["b"]
    assert line.join("either", "H100, A100-80GB") == []
    assert line.join("late", "A100") == []
    assert line.queue.waiting == (
        ("either", "needs H100, and 0 of 1 H100 are free; needs A100-80GB, and 0 of 1 A100 are free"),
        ("late", "needs A100, and 0 of 1 A100 are free; comes after either"),
    )
    assert line.release("b") == ["either"]
    assert [str(lease.request) for lease in line.leases.held] == ["H100", "A100-80GB"]


def test_one_that_two_types_will_do_for_does_not_starve() -> None:
    line = Line(Limits(devices=(Device("0", "H100"), Device("1", "H200"))))
    assert line.join("a", "H200") == ["a"]
    assert line.join("pair", "H100:2") == []
    assert line.join("late", "H200") == []
    assert line.release("a") == ["pair"]


MIXED = (*DEVICES[:4], Device("4", "A100-80GB"), Device("5", "H200"))
REQUESTS = st.sampled_from(
    ["", "H100", "H100:2", "H100:4", "A100", "A100:2", "1", "3", "6", "H100!:2", "H200", "A100-80GB, H100", "H100:4, 1"]
)
LIMITS = st.builds(
    Limits,
    max_gpus=st.none() | st.integers(6, 8),
    gpus=st.dictionaries(st.sampled_from(["H100", "A100"]), st.integers(4, 5)),
    max_local=st.none() | st.integers(1, 5),
    devices=st.none() | st.sampled_from([DEVICES, MIXED]),
)


@settings(deadline=None)
@given(LIMITS, st.lists(REQUESTS, min_size=8, max_size=8), REQUESTS, st.lists(REQUESTS, min_size=90, max_size=90))
def test_nobody_starves_under_a_stream_of_later_ones(
    limits: Limits, first: list[str], request: str, later: list[str]
) -> None:
    line = Line(limits)
    assume(line.leases.never_fits(GpuRequest.parse(request)) is None)
    running: list[str] = []
    for i, text in enumerate(first):
        running += line.join(f"first-{i}", text)
    running += line.join("me", request)
    for i, text in enumerate(later):
        if "me" in running:
            break
        running += line.join(f"later-{i}", text)
        running += line.join(f"also-{i}", text)
        # The fairest the world can be: each ends some time; the worst: the newest ends first when it can.
        running += line.release(running.pop(0))
    assert "me" in running


@settings(deadline=None)
@given(
    LIMITS,
    st.lists(st.one_of(REQUESTS.map(lambda r: ("join", r)), st.tuples(st.just("end"), st.integers(0, 9))), max_size=60),
)
def test_the_first_in_line_waits_for_a_real_shortage_and_is_never_overtaken(
    limits: Limits, steps: list[tuple[str, str | int]]
) -> None:
    line = Line(limits)
    asked: dict[str, GpuRequest | None] = {}
    running: list[str] = []
    for i, (verb, value) in enumerate(steps):
        if verb == "join":
            asked[f"w{i}"] = GpuRequest.parse(str(value))
            line.queue.join(f"w{i}", asked[f"w{i}"])
        elif running:
            line.leases.release(running.pop(int(value) % len(running)))
        before = {name: {lack.resource for lacks in line.lacks(asked[name]) for lack in lacks} for name in asked}
        started = line.admit()
        running += started
        names = [name for name, _ in line.queue.waiting]
        order = list(asked)
        assert names == sorted(names, key=order.index), "first come, first served"
        assert not names or all(line.lacks(asked[names[0]])), "the first in line could start"
        for name in names:
            for later in (other for other in started if order.index(other) > order.index(name)):
                competed = before[name] & line.leases.resources(line.taken(later))
                assert not competed, f"{later} overtook {name}, which was short of {competed}"
        assert all(reason for _, reason in line.queue.waiting)
