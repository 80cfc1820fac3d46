"""Dollars are a fold over events: a journal gives the same figure as the live state, whatever was sampled when."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.gauges import Sample
from golfer_tui.model.prices import Rate
from golfer_tui.model.session import SessionState
from golfer_tui.model.spending import GIB, money
from golfer_tui.model.workers import WorkerSpec

START = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
RATE = Rate(gpus=8.0, core=0.1, gib=0.01, cores=1.0, memory=2.0)


def at(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


class Journal:
    """Events with times, folded as they come."""

    def __init__(self) -> None:
        self.events: list[ev.Event] = []
        self.state = SessionState()
        self.emit(0, we.WorkerQueued(spec=WorkerSpec("w", "t"), attempt=1, position=1), "w")

    def emit(self, seconds: float, body: ev.AnyBody, worker: str | None = None) -> None:
        event = ev.Event(seq=len(self.events) + 1, time=at(seconds), session="s", body=body, worker=worker)
        # Through the wire, as an export would have it.
        event = ev.decode(ev.encode(event))
        self.events.append(event)
        self.state.apply(event)


def test_a_lease_costs_from_its_begin_to_its_end() -> None:
    journal = Journal()
    journal.emit(0, we.LeaseTaken(attempt=1, gpus={"H100": 2}, rate=RATE), "w")
    worker = journal.state.workers["w"]
    bill = worker.bill(at(1800))
    assert bill.per_hour == pytest.approx(8.12)
    assert bill.sandboxes == pytest.approx(4.06)
    assert bill.gpu_hours == 1.0
    journal.emit(3600, we.LeaseReturned(attempt=1, seconds=3600), "w")
    for later in (3600, 99_999):
        assert worker.bill(at(later)).sandboxes == pytest.approx(8.12)
        assert worker.bill(at(later)).per_hour == 0.0
        assert journal.state.bill(at(later)).gpu_hours == 2.0


def test_cpu_and_memory_are_paid_as_reserved_or_as_used() -> None:
    journal = Journal()
    journal.emit(0, we.LeaseTaken(attempt=1, rate=RATE), "w")
    journal.emit(3600, we.WorkerGauge(sample=Sample(cpu=400.0, memory=12 * GIB)), "w")
    journal.emit(7200, we.WorkerGauge(sample=Sample(cpu=10.0, memory=GIB)), "w")
    # An hour as reserved, one with 4 cores and 12 GiB, one as reserved.
    wanted = 3 * 8 + 0.12 + 0.52 + 0.12
    assert journal.state.bill(at(3 * 3600)).sandboxes == pytest.approx(wanted)


def test_what_has_no_price_is_named_and_never_free() -> None:
    journal = Journal()
    journal.emit(0, we.LeaseTaken(attempt=1, gpus={"H9": 1}, rate=Rate(gpus=None)), "w")
    assert str(journal.state.bill(at(60))) == "unknown"
    journal.emit(60, ae.Usage(model="mine", input_tokens=5, output_tokens=5), "w")
    journal.emit(60, ae.Usage(model="gpt-5", input_tokens=5, output_tokens=5, dollars=1.25))
    bill = journal.state.bill(at(60))
    assert (str(bill), bill.unpriced, bill.tokens) == ("≈$1.25 + unknown", ("H9", "mine"), 20)
    assert str(journal.state.workers["w"].bill(at(60))) == "unknown"


def test_a_restart_keeps_what_was_spent() -> None:
    journal = Journal()
    journal.emit(0, we.LeaseTaken(attempt=1, rate=Rate(base=3600.0)), "w")
    journal.emit(2, we.LeaseReturned(attempt=1, seconds=2), "w")
    journal.emit(3, we.WorkerQueued(spec=WorkerSpec("w", "t"), attempt=2, position=1), "w")
    journal.emit(3, we.LeaseTaken(attempt=2, rate=Rate(base=7200.0)), "w")
    assert journal.state.bill(at(4)).dollars == pytest.approx(2 + 2)


@given(st.lists(st.tuples(st.integers(1, 500), st.floats(0, 1600), st.integers(0, 64)), max_size=12))
def test_the_sum_never_falls_and_a_replay_comes_to_the_same(gauges: list[tuple[int, float, int]]) -> None:
    journal = Journal()
    journal.emit(0, we.LeaseTaken(attempt=1, gpus={"T4": 1}, rate=RATE), "w")
    now, last = 0, 0.0
    for step, cpu, gib in gauges:
        now += step
        journal.emit(now, we.WorkerGauge(sample=Sample(cpu=cpu, memory=gib * GIB)), "w")
        spent = journal.state.bill(at(now)).dollars
        assert spent >= last
        last = spent
    journal.emit(now, we.LeaseReturned(attempt=1, seconds=float(now)), "w")
    again = SessionState()
    for event in journal.events:
        again.apply(event)
    assert again.bill(at(now + 5)) == journal.state.bill(at(now + 9))
    assert again.bill(at(now)).dollars == pytest.approx(last)


@pytest.mark.parametrize(
    ("dollars", "told"),
    [(0.0, "$0"), (1.2444, "≈$1.24"), (0.0423, "≈$0.042"), (0.00042, "≈$0.0004"), (1e-7, "<$0.0001"),
     (12_345.6, "≈$12,345.60")],
)  # fmt: skip
def test_an_estimate_is_called_one(dollars: float, told: str) -> None:
    assert money(dollars) == told
