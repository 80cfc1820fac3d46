"""Where agents wait for a person: what the rules hold back goes on only once it was approved.

What waits is in the journal, and outlives the call that asked: a process that dies, and a message that the agent is to
read first, end the call and not the approval. Asked for the same again, it is the same approval.
"""

import asyncio
import dataclasses as dc
import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal

import msgspec

from golfer_tui.agents.approval_rules import Rules
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model.approvals import Lifted
from golfer_tui.model.errors import CommandError
from golfer_tui.model.session import SessionState
from golfer_tui.model.workers import WorkerSpec

if TYPE_CHECKING:
    from golfer_tui.agents.tools import Context

Spoken = Callable[[], Awaitable[object]]
"""Returns once somebody has said something to the agent, which it is to read before it waits on."""

BOUND = 256
"""Things that may wait at once."""

Verdict = Literal["free", "approved", "waits"]
"""No rule holds it back; a person approved it; nobody has answered, and the agent has something to read first."""

WAITS = "It waits for the person's approval, and you are told what they decide. Until then it is not done."
"""What an agent is told whose call ends before the answer comes."""


class Approvals:
    """What waits in one session."""

    def __init__(self, rules: Rules, state: SessionState, emit: Callable[[ev.Draft], None]) -> None:
        self._rules = rules
        self._state = state
        self._emit = emit
        self._waiting = {each.id: (each.worker, each.asked) for each in state.approvals.values()}
        """By id: whose it is, and what was asked; ahead of the fold."""
        self._calls: dict[str, asyncio.Future[ae.ApprovalAnswered]] = {}
        """By id, calls that are there to take the answer."""
        self._granted: set[tuple[str, str]] = set()
        """Worker and command: approved when the call was gone, for the next call."""
        self.stays = False
        """True once the session is let go to be resumed: what is cut off then waits on."""

    @property
    def names(self) -> set[str]:
        """Of workers whose start waits."""
        return {asked.spec.name for _, asked in self._waiting.values() if asked.spec is not None}

    async def start(self, context: "Context", spec: WorkerSpec, spoken: Spoken) -> Verdict:
        """See whether a worker may be started, and wait for the person if need be. Who approves a start does it, too.

        Raises:
            CommandError: `approval.refused`, `approval.full`; `worker.exists`: another one with this name waits.
        """
        verdict = self._rules.start(spec, self._state.lifted)
        if not verdict.why:
            return self._free(None, spec, "")
        if spec.name in self.names and all(asked.spec != spec for _, asked in self._waiting.values()):
            raise CommandError("worker.exists", f"A worker {spec.name!r} waits for the person's approval already.")
        asked = ae.ApprovalAsked(
            id=secrets.token_hex(3),
            call=context.tool_call_id,
            why=verdict.why,
            spec=spec,
            gpus=verdict.gpus,
            dollars_per_hour=verdict.dollars_per_hour,
        )
        return await self._ask(context, None, asked, spoken)

    async def command(self, context: "Context", worker: str, command: str, spoken: Spoken) -> Verdict:
        """See whether a command may be run, and wait for the person if need be.

        Raises:
            CommandError: `approval.refused`, `approval.full`.
        """
        patterns = self._rules.command(command, self._state.lifted)
        if not patterns:
            return self._free(worker, None, command)
        if (worker, command) in self._granted:
            self._granted.discard((worker, command))
            return "approved"
        known = self._state.workers.get(worker)
        lease = known.leasing.open if known is not None else None
        asked = ae.ApprovalAsked(
            id=secrets.token_hex(3),
            call=context.tool_call_id,
            why=tuple(f"it matches {each}" for each in patterns),
            command=command,
            patterns=patterns,
            dollars_per_hour=0.0 if lease is None else None if lease.rate.gpus is None else lease.per_hour,
        )
        return await self._ask(context, worker, asked, spoken)

    async def _ask(self, context: "Context", worker: str | None, asked: ae.ApprovalAsked, spoken: Spoken) -> Verdict:
        if (before := self._same(worker, asked.spec, asked.command)) is not None:
            asked = msgspec.structs.replace(asked, id=before)
        elif len(self._waiting) >= BOUND:
            why = f"{BOUND} things wait for the person's approval already."
            raise CommandError("approval.full", why, hint="Wait until some of them were answered.", retry=True)
        self._waiting[asked.id] = worker, asked
        self._emit(ev.Draft(asked, worker, "orchestrator" if worker is None else "worker"))
        turn = context.context
        turn.asked.append(asked)
        answer = self._calls[asked.id] = asyncio.get_running_loop().create_future()
        said = asyncio.ensure_future(spoken())
        try:
            await asyncio.wait({answer, said}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                return "waits"
            turn.asked.remove(asked)
            return _verdict(answer.result())
        except asyncio.CancelledError:
            # A worker's waits on, as long as its attempt may go on: see `ended`.
            if worker is None and not answer.done() and not self.stays:
                self._withdraw(asked.id)
            raise
        finally:
            self._calls.pop(asked.id, None)
            said.cancel()
            await asyncio.gather(said, return_exceptions=True)

    def _same(self, worker: str | None, spec: WorkerSpec | None, command: str) -> str | None:
        """Id of an approval of the same, whose call is gone."""
        for id_, (whose, asked) in self._waiting.items():
            if (whose, asked.spec, asked.command) == (worker, spec, command) and id_ not in self._calls:
                return id_
        return None

    def _free(self, worker: str | None, spec: WorkerSpec | None, command: str) -> Verdict:
        """It is done now; so it is not to be approved and done again, if it waited under rules that hold no longer."""
        if (before := self._same(worker, spec, command)) is not None:
            self._withdraw(before)
        return "free"

    def find(self, id_: str) -> tuple[str | None, ae.ApprovalAsked]:
        """Whose it is, and what was asked.

        Raises:
            CommandError: `approval.gone`.
        """
        if id_ not in self._waiting:
            raise CommandError("approval.gone", "This waits no longer: it was answered, or its agent was stopped.")
        return self._waiting[id_]

    def attended(self, id_: str) -> bool:
        """A call is there to take the answer."""
        return id_ in self._calls

    def covered(self, asked: ae.ApprovalAsked) -> list[str]:
        """Ids of the others that no rule holds back once a person has lifted what held this one back."""
        lifted = dc.replace(self._state.lifted, patterns={*self._state.lifted.patterns})
        lifted.lift(asked)
        return [id_ for id_, (_, other) in self._waiting.items() if id_ != asked.id and not self._held(other, lifted)]

    def _held(self, asked: ae.ApprovalAsked, lifted: Lifted) -> bool:
        if asked.spec is not None:
            return bool(self._rules.start(asked.spec, lifted).why)
        return bool(self._rules.command(asked.command, lifted))

    def resolve(self, answer: ae.ApprovalAnswered, *, grant: bool) -> None:
        """It waits no longer. `grant`: where no call is there to take the answer, the worker's next one may go on."""
        worker, asked = self._waiting.pop(answer.id)
        self._emit(ev.Draft(answer, worker, "person"))
        call = self._calls.pop(answer.id, None)
        if call is not None:
            call.set_result(answer)
        elif grant and worker is not None:
            self._granted.add((worker, asked.command))

    def ended(self, worker: str) -> None:
        """The worker's attempt is over, and what it waited for with it."""
        self._granted = {each for each in self._granted if each[0] != worker}
        for id_ in [id_ for id_, (whose, _) in self._waiting.items() if whose == worker]:
            self._withdraw(id_)

    def withdraw_all(self) -> None:
        """The session ends, and nothing goes on later."""
        for id_ in list(self._waiting):
            self._withdraw(id_)

    def _withdraw(self, id_: str) -> None:
        worker, _ = self._waiting.pop(id_)
        self._emit(ev.Draft(ae.ApprovalAnswered(id=id_, answer="withdrawn"), worker))


def _verdict(answered: ae.ApprovalAnswered) -> Verdict:
    if answered.answer == "refused":
        told = f"It was not approved: {answered.reason}" if answered.reason else "The person did not approve it."
        raise CommandError("approval.refused", told)
    return "approved"
