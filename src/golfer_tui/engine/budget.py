"""Holds a session to its budget: nothing begins beyond it, a person is warned before, and what runs is paused or ended.

The gate asks at the moment at which something is to begin, so that no clock has to tick for it; the keeper's clock is
for telling and for what runs.
"""

import asyncio
import contextlib
import datetime as dt
import functools
from collections.abc import Callable
from typing import Literal

from golfer_tui.costs import budget
from golfer_tui.costs.quotes import Quotes
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model.errors import CommandError
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.session import SessionState
from golfer_tui.model.workers import WorkerState
from golfer_tui.pool.pool import Pool

TICK = 1.0
"""Seconds between two looks at the bill."""

Action = Literal["stop-spawning", "pause", "end"]

DONE: dict[Action, str] = {
    "stop-spawning": "Nothing new begins; what runs goes on.",
    "pause": "Nothing new begins; what runs is paused, with its workspace and its memory.",
    "end": "Nothing new begins; what runs is ended.",
}


def utc() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class BudgetKeeper:
    """Watches the bill of one session."""

    def __init__(
        self,
        pool: Pool,
        state: SessionState,
        quotes: Quotes,
        action: Action,
        *,
        emit: Callable[[ev.Draft], None],
        note: Callable[[str], None],
        now: Callable[[], dt.datetime] = utc,
    ) -> None:
        """
        Args:
            pool: Asks the gate of this keeper from now on.
            state: The live fold of the session.
            quotes: Its price list.
            action: What happens when the budget is spent.
            emit: Writes to the journal.
            note: Tells the orchestrator.
            now: The time, UTC.
        """
        self.max_dollars: float | None = None
        """May be changed at any time; call `check` then."""
        self._pool = pool
        self._state = state
        self._quotes = quotes
        self._action = action
        self._emit = emit
        self._note = note
        self._now = now
        self._level: budget.Level = "fine"
        self._unpriced: set[str] = set()
        pool.set_gate(self.gate)

    def gate(self, request: GpuRequest | None) -> str:
        """See `pool.queue.Gate`."""
        if self.max_dollars is None:
            return ""
        priced = request is None or self._quotes.gpu(request.type) is not None
        return budget.why_not(self._state.bill(self._now()), self.max_dollars, priced, str(request))

    async def run(self) -> None:
        """Look again and again; cancel to end."""
        while True:
            await self.check()
            await asyncio.sleep(TICK)

    async def check(self) -> None:
        """Look at the bill now: tell what is new, and do what was asked for."""
        bill = self._state.bill(self._now())
        before, self._level = self._level, budget.level(bill, self.max_dollars)
        if self.max_dollars is not None:
            self._tell_unpriced(bill.unpriced)
        if self._level != "spent":
            self._go_on()
        if self._level == before:
            return
        self._pool.admit()
        most = budget.limit(self.max_dollars or 0.0)
        if self._level == "spent":
            self._tell("error", "budget.spent", f"The budget of {most} is spent: {bill}. {DONE[self._action]}")
            await self._act()
        elif self._level == "warned" and before == "fine":
            share = f"{bill.dollars / (self.max_dollars or 1.0):.0%}"
            self._tell("warning", "budget.warned", f"{share} of the budget of {most} is spent: {bill}.")

    async def _act(self) -> None:
        if self._action == "stop-spawning":
            return
        end = functools.partial(self._pool.pause, release=True) if self._action == "pause" else self._pool.kill

        async def one(name: str) -> None:
            # It may have ended by itself in the meantime.
            with contextlib.suppress(CommandError):
                await end(name, "engine")

        await asyncio.gather(*(one(name) for name in self._pool.holding))

    def _go_on(self) -> None:
        """There is money again for those that were paused because there was none."""
        for worker in self._state.workers.values():
            if worker.state is WorkerState.PAUSED and worker.paused_by == "engine":
                with contextlib.suppress(CommandError):
                    self._pool.continue_(worker.name, "engine")

    def _tell(self, level: ae.Level, code: str, text: str) -> None:
        hint = "Raise it with /budget dollars N." if code == "budget.spent" else ""
        self._emit(ev.Draft(ae.Notice(level=level, code=code, text=text, hint=hint)))
        self._note(f"{text} Only the person can raise it.")

    def _tell_unpriced(self, unpriced: tuple[str, ...]) -> None:
        new = set(unpriced) - self._unpriced
        if new:
            self._unpriced |= new
            text = f"There is no price for {', '.join(sorted(new))}: the budget does not count it."
            hint = "Set it in [prices.models] or [prices.gpus]."
            self._emit(ev.Draft(ae.Notice(level="warning", code="budget.unpriced", text=text, hint=hint)))
