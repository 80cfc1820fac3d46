"""A front end that attaches in the middle has the same state as one that saw everything, and keeps it the same."""

import dataclasses as dc
import datetime as dt
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.gauges import Sample
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.packing import pack_state, unpack_state
from golfer_tui.model.session import SessionState
from golfer_tui.model.worker_fold import SAMPLES
from golfer_tui.model.workers import WorkerSpec

START = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
NAMES = ("w1", "w2")
CALLS = ("c1", "c2", "c3")

workers = st.sampled_from(NAMES)
of_anybody = st.one_of(
    st.builds(ae.Message, role=st.sampled_from(["user", "assistant", "system"]), text=st.text(max_size=5)),
    st.builds(
        ae.ToolCalled,
        call=st.sampled_from(CALLS),
        name=st.just("tool"),
        arguments=st.dictionaries(st.text(max_size=3), st.none() | st.integers(-5, 5) | st.lists(st.text(max_size=3))),
    ),
    st.builds(ae.ToolFinished, call=st.sampled_from(CALLS), name=st.just("tool"), output=st.text(max_size=5)),
    st.builds(ae.TurnStarted, turn=st.just("t")),
    st.builds(ae.TurnFinished, turn=st.just("t"), state=st.just("done")),
    st.builds(ae.Usage, model=st.just("m"), input_tokens=st.integers(0, 9), output_tokens=st.integers(0, 9)),
)
of_workers = st.one_of(
    of_anybody,
    st.builds(we.WorkerStarted, attempt=st.just(1), sandbox=st.just("s"), workspace=st.just("/w")),
    st.builds(we.WorkerCommand, command=st.just("ls"), id=st.integers(1, 3), offset=st.just(0), ended=st.booleans()),
    st.builds(we.WorkerMetric, name=st.sampled_from(["loss", "bpb"]), value=st.floats(allow_nan=False)),
    st.builds(we.WorkerGauge, sample=st.builds(Sample, cpu=st.just(5.0), memory=st.integers(0, 9))),
    st.builds(we.WorkerOutput, text=st.just(""), offset=st.integers(0, 99), size=st.integers(0, 99)),
    st.builds(we.WorkerFinished, attempt=st.just(1), state=st.just("done"), summary=st.just("s")),
)
queued = workers.map(
    lambda name: (we.WorkerQueued(spec=WorkerSpec(name=name, task="t", gpu=GpuRequest.parse("H100:2")), attempt=1,
                                  position=1), name)
)  # fmt: skip
steps = st.lists(st.one_of(of_anybody.map(lambda body: (body, None)), queued, st.tuples(of_workers, workers)))


def applied(state: SessionState, steps: list[Any]) -> SessionState:
    for body, worker in steps:
        time = START + dt.timedelta(seconds=state.seq)
        state.apply(ev.Event(seq=state.seq + 1, time=time, session="s", body=body, worker=worker))
    return state


@settings(max_examples=60, deadline=None)
@given(steps, steps)
def test_it_goes_on_as_the_original_does(before: list[Any], after: list[Any]) -> None:
    state = applied(SessionState(session="s"), before)
    copy = unpack_state(pack_state(state))
    assert copy == state
    assert applied(copy, after) == applied(state, after)
    for worker in copy.workers.values():
        assert worker.samples.maxlen == SAMPLES


def test_every_field_of_the_state_is_covered() -> None:
    """A new kind of value in the state has to survive the way: this walks all of it, down to plain values."""
    state = applied(SessionState(session="s"), [(ae.Message(role="user", text="x"), None), *_one_of_each()])
    copy = unpack_state(pack_state(state))
    assert _types(copy) == _types(state)


def _one_of_each() -> list[Any]:
    spec = WorkerSpec(name="w1", task="t", gpu=GpuRequest.parse("H100"))
    return [
        (we.WorkerQueued(spec=spec, attempt=1, position=0), "w1"),
        (we.WorkerStarted(attempt=1, sandbox="s", workspace="/w"), "w1"),
        (ae.ToolCalled(call="c", name="n", arguments={"a": [1, {"b": None}]}), "w1"),
        (we.WorkerCommand(command="ls", id=1, offset=0), "w1"),
        (we.WorkerMetric(name="loss", value=float("nan"), step=1), "w1"),
        (we.WorkerGauge(sample=Sample(cpu=1.0, memory=2)), "w1"),
    ]


def _types(value: Any) -> Any:
    if dc.is_dataclass(value):
        return type(value), {field.name: _types(getattr(value, field.name)) for field in dc.fields(value)}
    if isinstance(value, dict):
        return type(value), {key: _types(item) for key, item in value.items()}
    if isinstance(value, str | bytes) or not hasattr(value, "__iter__"):
        return type(value)
    return type(value), [_types(item) for item in value]
