"""The event language: lines that read back, and a fold that needs nothing but events."""

import datetime as dt
import json
from typing import get_args

import pytest

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.session import SessionState
from golfer_tui.model.workers import WorkerSpec, WorkerState

START = dt.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=dt.UTC)
SPEC = WorkerSpec("w1", "train", ("mini-golf",), GpuRequest("H100", 8))


def story(*bodies: ev.AnyBody | tuple[str, ev.AnyBody]) -> list[ev.Event]:
    """Events in order, one a second; a pair belongs to the worker that it names."""
    events = []
    for seq, body in enumerate(bodies, 1):
        worker, body = body if isinstance(body, tuple) else (None, body)
        time = START + dt.timedelta(seconds=seq)
        events.append(ev.Event(seq=seq, time=time, session="s1", worker=worker, body=body))
    return events


def folded(events: list[ev.Event]) -> SessionState:
    state = SessionState()
    for event in events:
        state.apply(event)
    return state


EXAMPLES = [
    se.SessionStarted(title="t", backend="local", model="m"),
    ae.Message(role="user", text="säy \x1b[1m ☃"),
    ae.ToolCalled(call="c", name="n", arguments={"a": [1, {"b": None}]}),
    we.WorkerQueued(spec=SPEC, attempt=2, position=3, reason="needs H100:8"),
    we.WorkerMetric(name="val_bpb", value=1.25, step=None),
    se.SessionFinished(state="done", answer="a"),
]


@pytest.mark.parametrize("body", EXAMPLES, ids=lambda body: type(body).__name__)
def test_a_line_reads_back(body: ev.AnyBody) -> None:
    event = ev.Event(seq=7, time=START, session="s1", worker="w1", by="person", body=body)
    line = ev.encode(event)
    assert b"\n" not in line
    assert ev.decode(line) == event
    flat = json.loads(line)
    assert flat["v"] == ev.VERSION
    assert flat["time"] == "2026-01-02T03:04:05.678Z"
    assert flat["type"] == event.type
    assert {"seq", "session", "worker", "by"} <= flat.keys()


def test_no_body_hides_the_envelope() -> None:
    envelope = {"v", "seq", "time", "session", "type", "worker", "by"}
    for body in get_args(ev.AnyBody):
        assert not envelope & set(body.__struct_fields__), body


def test_the_fold_tells_a_workers_life() -> None:
    state = folded(
        story(
            se.SessionStarted(title="golf", backend="local", model="m", scripted=True),
            we.WorkerQueued(spec=SPEC, attempt=1, position=1, reason="no free GPU"),
            ("w1", we.WorkerStarted(attempt=1, sandbox="sb", workspace="/w", devices=("0",))),
            ("w1", ae.Message(role="user", text="train")),
            ("w1", we.WorkerCommand(command="python train.py", id=5, offset=0)),
            ("w1", we.WorkerOutput(text="loss:2\n", offset=0, size=7)),
            ("w1", we.WorkerMetric(name="loss", value=2.0, step=1)),
            ("w1", we.WorkerCommand(command="python train.py", id=5, offset=7, exit_code=0, ended=True, seconds=1.5)),
            ("w1", ae.Usage(model="m", input_tokens=10, output_tokens=5)),
            ("w1", we.WorkerFinished(attempt=1, state="done", summary="2.0")),
        )
    )
    worker = state.workers["w1"]
    assert worker.state is WorkerState.DONE
    assert worker.summary == "2.0"
    assert not worker.delivered
    assert worker.tape_end == 7
    newest = worker.latest()
    assert newest is not None
    assert (newest.value, newest.step) == (2.0, 1)
    assert (worker.commands[0].exit_code, worker.commands[0].end) == (0, 7)
    assert [entry.text for entry in worker.conversation.entries] == ["train"]
    assert (worker.tokens.input, state.tokens.output) == (10, 5)
    assert state.scripted


def test_a_fresh_attempt_starts_clean_and_keeps_the_tape() -> None:
    state = folded(
        story(
            we.WorkerQueued(spec=SPEC, attempt=1, position=1),
            ("w1", we.WorkerOutput(text="x", offset=0, size=1)),
            ("w1", we.WorkerMetric(name="loss", value=2.0)),
            ("w1", we.WorkerFinished(attempt=1, state="failed", summary="broke")),
            we.WorkerQueued(spec=SPEC, attempt=2, position=1),
        )
    )
    worker = state.workers["w1"]
    assert (worker.state, worker.attempt) == (WorkerState.QUEUED, 2)
    assert worker.curves == {}
    assert worker.summary == ""
    assert worker.tape_end == 1


def test_a_report_is_open_until_its_own_attempt_was_delivered() -> None:
    lived = [
        we.WorkerQueued(spec=SPEC, attempt=2, position=1),
        ("w1", we.WorkerFinished(attempt=2, state="done", summary="")),
    ]
    assert not folded(story(*lived, ("w1", we.ReportDelivered(attempt=1)))).workers["w1"].delivered
    assert folded(story(*lived, ("w1", we.ReportDelivered(attempt=2)))).workers["w1"].delivered


def test_a_turn_that_ends_closes_its_calls() -> None:
    state = folded(
        story(
            ae.TurnStarted(turn="t"),
            ae.ToolCalled(call="c1", name="wait_for_workers", arguments={}),
            ae.TurnFinished(turn="t", state="interrupted"),
        )
    )
    entry = state.chat.entries[0]
    assert (entry.output, entry.ok) == ("interrupted", False)
    assert state.chat.turn is None


def test_replayed_events_do_no_harm() -> None:
    events = story(ae.Message(role="user", text="a"), ae.Message(role="assistant", text="b"))
    state = folded([*events, *events])
    assert [entry.text for entry in state.chat.entries] == ["a", "b"]
