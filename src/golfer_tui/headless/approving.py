"""Who approves without a screen: a rule for all, or the person at the terminal. Nothing waits where nobody is."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Container
from functools import partial
from typing import TYPE_CHECKING, Literal

from golfer_tui.headless.keyboard import Keyboard
from golfer_tui.headless.watch import Watch
from golfer_tui.model.approvals import Approval
from golfer_tui.model.commands import AnswerApproval
from golfer_tui.model.errors import CommandError
from golfer_tui.terminal.clean import clean

if TYPE_CHECKING:
    from golfer_tui.engine.engine import Engine

Policy = Literal["all", "none", "ask"]
"""Approve everything, refuse everything, or ask."""

NOBODY = "nobody is there to approve it"
"""Why something is refused, as the agent is told."""

QUESTION = "Approve it? y yes, a always in this session, n no, or a word why not:\n"


class Approver:
    """Answers what waits in one session, oldest first, until it is cancelled."""

    def __init__(
        self,
        engine: "Engine",
        watch: Watch,
        policy: Policy,
        keyboard: Keyboard | None = None,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        """`keyboard` and `tell` are the person's, for `ask`."""
        self._engine = engine
        self._watch = watch
        self._policy: Policy = policy if keyboard is not None or policy != "ask" else "none"
        self._keyboard = keyboard
        self._tell = tell

    async def run(self) -> None:
        """Answer again and again; cancel to end."""
        waiting = self._engine.state.approvals
        while True:
            await self._watch.until(lambda: bool(waiting))
            # What waits was shown before it is asked about.
            await self._watch.caught_up()
            for approval in tuple(waiting.values())[:1]:
                await self._answer(approval)
                await self._watch.until(partial(_gone, waiting, approval.id))
            if self._watch.ended:
                return

    async def _answer(self, approval: Approval) -> None:
        command = await self._decide(approval)
        if command is None:
            return
        try:
            await self._engine.dispatch(command)
        except CommandError as error:
            if error.code != "approval.gone":
                # It cannot be done, and so nobody need wait for it.
                self._tell(f"{error}\n")
                with contextlib.suppress(CommandError):
                    await self._engine.dispatch(AnswerApproval(approval.id, "refused", str(error)))

    async def _decide(self, approval: Approval) -> AnswerApproval | None:
        """The answer; None if it waits no longer."""
        if self._policy == "ask" and self._keyboard is not None:
            return await self._ask(approval, self._keyboard)
        if self._policy == "all":
            return AnswerApproval(approval.id, "approved")
        return AnswerApproval(approval.id, "refused", NOBODY)

    async def _ask(self, approval: Approval, keyboard: Keyboard) -> AnswerApproval | None:
        self._tell(card(approval))
        typed = asyncio.ensure_future(self._word(keyboard))
        gone = asyncio.ensure_future(self._watch.until(partial(_gone, self._engine.state.approvals, approval.id)))
        try:
            await asyncio.wait({typed, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not typed.done():
                self._tell("\nIt waits no longer.\n")
                return None
            word = typed.result()
        finally:
            for each in (typed, gone):
                each.cancel()
            await asyncio.gather(typed, gone, return_exceptions=True)
        if word is None:
            # The terminal was closed: nobody will answer what comes, either.
            self._policy = "none"
            return AnswerApproval(approval.id, "refused", NOBODY)
        if word.lower() in {"y", "yes"}:
            return AnswerApproval(approval.id, "approved")
        if word.lower() in {"a", "always"}:
            return AnswerApproval(approval.id, "always")
        return AnswerApproval(approval.id, "refused", "" if word.lower() in {"n", "no"} else word)

    async def _word(self, keyboard: Keyboard) -> str | None:
        """What the person types; None if nothing more will come. An empty line is no answer."""
        self._tell(QUESTION)
        async for line in keyboard:
            if word := line.strip():
                return word
            self._tell(QUESTION)
        return None


def card(approval: Approval) -> str:
    """All that a person needs to decide, a line each, without anything that steers a terminal."""
    told = {**approval.told, "always": approval.always}
    indent = "\n" + " " * 10
    return "".join(f"  {name:<7} {indent.join(clean(text).strip().splitlines())}\n" for name, text in told.items())


def _gone(waiting: Container[str], id_: str) -> bool:
    return id_ not in waiting


@contextlib.asynccontextmanager
async def approving(approver: Approver) -> AsyncIterator[None]:
    """While it is entered, what waits is answered."""
    answering = asyncio.create_task(approver.run(), name="approver")
    try:
        yield
    finally:
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
