"""A plain chat, line by line, for terminals without a full screen: answers on stdout, all else on stderr."""

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING

from golfer_tui.headless.approving import Approver, Policy, approving
from golfer_tui.headless.holding import OpenEngine, all_done, exit_code, first, hold
from golfer_tui.headless.interrupts import Interrupts
from golfer_tui.headless.keyboard import Keyboard
from golfer_tui.headless.lines import Lines
from golfer_tui.headless.orders import HELP, order, roster
from golfer_tui.headless.progress import Progress
from golfer_tui.headless.watch import Watch
from golfer_tui.model.agent_events import Message, TurnFinished
from golfer_tui.model.commands import InterruptTurn, SendMessage
from golfer_tui.model.errors import CommandError, GolferError
from golfer_tui.model.events import Event
from golfer_tui.terminal.clean import clean

if TYPE_CHECKING:
    from golfer_tui.engine.engine import Engine

WELCOME = "Write a line to the orchestrator; /help lists the orders.\n"
PROMPT = "> "


async def chat(
    open_engine: OpenEngine,
    opening: str,
    *,
    stdin: int,
    stdout: int,
    stderr: int,
    colour: bool = False,
    approve: Policy = "ask",
) -> int:
    """Talk until the lines end and nothing runs any more, or until `/quit`; returns the exit code.

    To `ask` for an approval is to wait for the order `/approve` or `/refuse`, as long as there may be lines.

    The first SIGINT stops a turn that runs; without one, it ends the session. `opening` is the first message, if any.
    """
    with Interrupts() as interrupts:
        async with Lines(stdout) as out, Lines(stderr) as err:
            keyboard, prompts = Keyboard(stdin), os.isatty(stdin)
            talker = _Chat(interrupts, keyboard, out, err, approve, colour=colour, prompts=prompts)

            async def talk(engine: "Engine", watch: Watch) -> None:
                await talker.talk(engine, watch, opening)

            finished = await hold(open_engine, interrupts, talker.show, talk)
        return exit_code(finished, interrupts)


class _Chat:
    def __init__(
        self,
        interrupts: Interrupts,
        keyboard: Keyboard,
        out: Lines,
        err: Lines,
        approve: Policy,
        *,
        colour: bool,
        prompts: bool,
    ) -> None:
        self._interrupts = interrupts
        self._keyboard = keyboard
        self._out = out
        self._err = err
        self._approve = approve
        self._progress = Progress(self._aside, colour=colour)
        self._prompts = prompts

    async def show(self, event: Event) -> None:
        """Answers go to stdout, whole; the rest is progress."""
        body = event.body
        if event.worker is None and isinstance(body, Message) and body.role == "assistant":
            await self._out.put(f"{clean(body.text).strip()}\n".encode())
            return
        self._progress.show(event)
        if event.worker is None and isinstance(body, TurnFinished):
            self._prompt()

    async def talk(self, engine: "Engine", watch: Watch, opening: str) -> None:
        """Take lines until the person leaves."""
        self._aside(WELCOME)
        if opening:
            await engine.dispatch(SendMessage(opening))
        else:
            self._prompt()
        asking = asyncio.create_task(self._take_lines(engine, watch), name="chat lines")
        try:
            while not asking.done() and not self._out.gone.is_set():
                await first(asyncio.wait([asking]), self._interrupts.asked.wait(), self._out.gone.wait())
                if self._interrupts.asked.is_set() and not await self._stop_turn(engine):
                    return
            if asking.done():
                asking.result()
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _stop_turn(self, engine: "Engine") -> bool:
        try:
            await engine.dispatch(InterruptTurn())
        except CommandError:
            return False
        self._interrupts.forgive()
        self._aside("\nThe turn was stopped; once more ends the session.\n")
        return True

    async def _take_lines(self, engine: "Engine", watch: Watch) -> None:
        async with contextlib.AsyncExitStack() as stack:
            if self._approve != "ask":
                await stack.enter_async_context(approving(Approver(engine, watch, self._approve)))
            if not await self._obey(engine):
                return
        # The lines have ended: what they asked for is still done, and nobody is there to approve anything.
        async with approving(Approver(engine, watch, "all" if self._approve == "all" else "none")):
            await all_done(engine, watch)

    async def _obey(self, engine: "Engine") -> bool:
        """Do what the lines say; False if one of them was to quit."""
        async for typed in self._keyboard:
            line = typed.strip()
            if line == "/quit":
                return False
            if line == "/help":
                self._aside(HELP)
            elif line == "/workers":
                self._aside(clean(roster(engine.state)))
            elif line:
                try:
                    await engine.dispatch(order(line, engine.state.approvals))
                except GolferError as error:
                    self._aside(f"{error}\n")
                else:
                    continue
            self._prompt()
        return True

    def _aside(self, text: str) -> None:
        self._err.post(text.encode(errors="replace"))

    def _prompt(self) -> None:
        if self._prompts:
            self._aside(PROMPT)
