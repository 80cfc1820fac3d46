"""What waits for a person, as the fold tells it and as it is shown."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.packing import pack_state, unpack_state
from golfer_tui.model.session import SessionState
from golfer_tui.model.workers import WorkerSpec

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def told(*drafts: ev.Draft) -> SessionState:
    state = SessionState()
    for seq, draft in enumerate(drafts, 1):
        time = NOON + dt.timedelta(seconds=seq)
        state.apply(ev.Event(seq=seq, time=time, session="s", body=draft.body, worker=draft.worker, by=draft.by))
    return state


def asked(number: int, worker: str | None = "w1", call: str = "c") -> ev.Draft:
    body = ae.ApprovalAsked(
        id=f"a{number}", call=call, why=("it matches rm",), command=f"rm {number}", patterns=("rm",)
    )
    return ev.Draft(body, worker)


def answered(number: int, said: str, reason: str = "") -> ev.Draft:
    return ev.Draft(ae.ApprovalAnswered(id=f"a{number}", answer=said, reason=reason), "w1")  # type: ignore[arg-type]


QUEUED = ev.Draft(we.WorkerQueued(spec=WorkerSpec("w1", "train"), attempt=1, position=1), "w1")


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["ask", "approved", "always", "refused", "withdrawn"]))))
def test_what_waits_is_what_was_asked_and_not_answered(steps: list[tuple[int, str]]) -> None:
    waiting: dict[str, None] = {}
    drafts, entries = [QUEUED], 0
    for number, step in steps:
        if step == "ask":
            entries += f"a{number}" not in waiting
            waiting.setdefault(f"a{number}")
            drafts.append(asked(number))
        else:
            waiting.pop(f"a{number}", None)
            drafts.append(answered(number, step))
    state = told(*drafts)
    assert list(state.approvals) == list(waiting)
    first = next(iter(waiting), "")
    assert state.workers["w1"].needs == (f"wants to run: rm {first[1:]}" if first else "")
    shown = [entry for entry in state.chat.entries if entry.kind == "approval"]
    assert len(shown) == entries
    assert [entry.call for entry in shown if entry.output is None] == list(waiting)
    # It can travel, and be kept.
    again = unpack_state(pack_state(state))
    assert again.approvals == state.approvals
    assert again.lifted == state.lifted


def test_asked_again_by_another_call_it_waits_since_the_first() -> None:
    state = told(QUEUED, asked(1, call="c1"), asked(1, call="c2"))
    [approval] = state.approvals.values()
    assert approval.asked.call == "c2"
    assert approval.time == NOON + dt.timedelta(seconds=2)


def test_the_chat_says_how_it_was_answered() -> None:
    state = told(QUEUED, asked(1), answered(1, "refused", "not today"), asked(2), answered(2, "always"))
    first, second = state.chat.entries
    assert (first.output, first.ok) == ("refused: not today", False)
    assert (second.output, second.ok) == ("always", True)
    assert state.lifted.patterns == {"rm"}


@pytest.mark.parametrize(
    ("gpu", "count", "dollars", "cost", "always"),
    [
        ("H100:8", 8, 31.6, "≈$31.60 an hour, with 8 GPUs", "workers with up to 8 GPUs for up to ≈$31.60 an hour"),
        ("H100", 1, 3.95, "≈$3.95 an hour, with 1 GPU", "workers with up to 1 GPU for up to ≈$3.95 an hour"),
        (
            "any",
            1,
            None,
            "unknown: there is no price for its GPUs, with 1 GPU",
            "workers with up to 1 GPU for whatever they cost",
        ),
    ],
)
def test_a_start_in_words(gpu: str, count: int, dollars: float | None, cost: str, always: str) -> None:
    spec = WorkerSpec("big", "train it", gpu=GpuRequest.parse(gpu), profile="large")
    body = ae.ApprovalAsked(id="a1", call="c", why=("one", "two"), spec=spec, gpus=count, dollars_per_hour=dollars)
    [approval] = told(ev.Draft(body)).approvals.values()
    assert approval.told == {
        "who": "the orchestrator",
        "what": f"big, gpu {spec.gpu}, profile large\ntrain it",
        "why": "one; two",
        "cost": cost,
    }
    assert always in approval.always


def test_a_command_in_words() -> None:
    [approval] = told(QUEUED, asked(1)).approvals.values()
    assert approval.who == "worker w1"
    assert approval.cost == "nothing"
    [dear] = told(
        QUEUED, ev.Draft(msgspec.structs.replace(asked(1).body, dollars_per_hour=4.0), "w1")
    ).approvals.values()
    assert dear.cost == "nothing by itself; the worker costs ≈$4.00 an hour, also while it waits"
