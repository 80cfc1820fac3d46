"""Calls that wait for a person, in any order of asking, answering, speaking, cutting and ending."""

import asyncio
import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golfer_tui.agents.approval_rules import Rules
from golfer_tui.agents.approvals import Approvals
from golfer_tui.costs.quotes import Quotes
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model.errors import CommandError
from golfer_tui.model.session import SessionState
from golfer_tui.model.settings import ApprovalSettings, Settings

WORKERS, COMMANDS = ("a", "b"), ("rm 1", "rm 2", "ls")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.sampled_from(WORKERS), st.sampled_from(COMMANDS)),
        st.tuples(st.sampled_from(["approved", "always", "refused", "cut", "speak"]), st.integers(0, 3)),
        st.tuples(st.just("end"), st.sampled_from(WORKERS)),
    ),
    max_size=25,
)


class Call:
    """One call of a worker's shell tool, with what its context is used for."""

    def __init__(self, session: "Session", worker: str, command: str, number: int) -> None:
        self.worker, self.command, self.tool_call_id = worker, command, f"call-{number}"
        self.context, self.asked, self.spoken = self, list[ae.ApprovalAsked](), asyncio.Event()
        calls: Any = session.approvals
        self.task: asyncio.Task[str] = asyncio.create_task(calls.command(self, worker, command, self.spoken.wait))


class Session:
    """The approvals with the fold of all that they tell."""

    def __init__(self) -> None:
        self.state, self.calls = SessionState(), list[Call]()
        rules = Rules(ApprovalSettings(commands=("^rm",)), Quotes(Settings()))
        self.approvals = Approvals(rules, self.state, self.emit)

    def emit(self, draft: ev.Draft) -> None:
        now = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
        event = ev.Event(seq=self.state.seq + 1, time=now, session="s", body=draft.body, worker=draft.worker)
        self.state.apply(event)

    @property
    def waiting(self) -> list[Call]:
        return [call for call in self.calls if not call.task.done()]

    async def step(self, kind: str, *rest: Any) -> None:
        if kind == "ask":
            self.calls.append(Call(self, *rest, len(self.calls)))
        elif kind == "end":
            self.approvals.ended(rest[0])
            for call in self.waiting:
                if call.worker == rest[0]:
                    call.task.cancel()
        elif kind in {"cut", "speak"}:
            for call in self.waiting[rest[0] : rest[0] + 1]:
                call.task.cancel() if kind == "cut" else call.spoken.set()
        else:
            for approval in list(self.state.approvals.values())[rest[0] : rest[0] + 1]:
                await self.answer(approval.asked, kind)
        for _ in range(5):
            await asyncio.sleep(0)

    async def answer(self, asked: ae.ApprovalAsked, kind: Any) -> None:
        call = next((each for each in self.waiting if asked in each.asked), None)
        assert self.approvals.attended(asked.id) == (call is not None)
        answered = ae.ApprovalAnswered(id=asked.id, answer=kind, reason="no")
        self.approvals.resolve(answered, grant=kind != "refused")
        if call is None:
            return
        if kind == "refused":
            with pytest.raises(CommandError, match="It was not approved: no"):
                await call.task
        else:
            assert await call.task == "approved"

    def check(self) -> None:
        """What is shown as waiting can be answered, and every call that waits is shown."""
        for id_, approval in self.state.approvals.items():
            assert self.approvals.find(id_) == (approval.worker, approval.asked)
        shown = [approval.asked.call for approval in self.state.approvals.values()]
        assert {call.tool_call_id for call in self.waiting} <= {*shown}
        assert len({*shown}) == len(shown)


@settings(max_examples=60)
@given(STEPS)
def test_what_waits_is_shown_and_what_is_shown_can_be_answered(steps: list[tuple[Any, ...]]) -> None:
    async def play() -> None:
        session = Session()
        for step in steps:
            await session.step(*step)
            session.check()
        # A process that comes after takes over what waits.
        after = Session()
        after.state.approvals = session.state.approvals
        again = Approvals(Rules(ApprovalSettings(), Quotes(Settings())), session.state, after.emit)
        for id_, approval in session.state.approvals.items():
            assert again.find(id_) == (approval.worker, approval.asked)
        for call in session.waiting:
            call.task.cancel()
        await asyncio.gather(*(call.task for call in session.calls), return_exceptions=True)
        session.approvals.withdraw_all()
        assert not session.state.approvals

    asyncio.run(play())
