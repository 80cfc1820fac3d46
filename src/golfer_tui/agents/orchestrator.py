"""The orchestrator: it answers what lies on its desk, turn after turn, until the session is closed."""

import asyncio
import contextlib
import secrets

from agents import Agent

from golfer_tui.agents.budget_tool import budget_tool
from golfer_tui.agents.desk import BOUND, Desk
from golfer_tui.agents.fleet_tools import fleet_tools
from golfer_tui.agents.instructions import ORCHESTRATOR
from golfer_tui.agents.narrator import TurnContext
from golfer_tui.agents.pause_tools import pause_tools
from golfer_tui.agents.services import Services
from golfer_tui.agents.skill_tools import skill_tools
from golfer_tui.agents.snapshot_tools import snapshot_tools
from golfer_tui.agents.turn import Turn
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import CommandError, GolferError
from golfer_tui.pool.mailbox import Mail


class Orchestrator:
    """One agent with a desk. `run` is its life; the other methods may be called at any time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._desk = Desk()
        self._turn: Turn | None = None
        self._running: asyncio.Task[str] | None = None
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.model = ""
        """Name of the model of the next turns; empty: the session's."""
        self.answer = ""
        """The last message of the last turn."""
        self.error: GolferError | None = None
        """Why the last turn failed, if it did."""

    @property
    def busy(self) -> bool:
        """True while a turn runs or something lies on the desk."""
        return not self._quiet.is_set() or not self._desk.empty

    async def quiet(self) -> None:
        """Wait until the desk is empty and no turn runs."""
        while self.busy:
            await self._quiet.wait()
            await asyncio.sleep(0)

    def say(self, text: str) -> None:
        """A message of the person. A turn that runs comes to an end after its current step, so that it is read soon.

        Raises:
            CommandError: `desk.full`.
        """
        if self._desk.full:
            raise CommandError("desk.full", f"{BOUND} messages wait already.", hint="Wait for an answer.", retry=True)
        message = Mail(secrets.token_hex(4), text)
        self._services.emit(ev.Draft(ae.Message(role="user", text=text, id=message.id), by="person"))
        self.recall(message)

    def recall(self, message: Mail, *, note: bool = False) -> None:
        """Lay down a message, or a note of the engine's, that is in the journal already."""
        if note:
            self._desk.note(message)
            return
        self._desk.say(message)
        if self._turn is not None:
            self._turn.finish_soon()

    def note(self, text: str) -> None:
        """Something the engine tells the agent, such as what the person said to a worker; read with the next turn."""
        message = Mail(secrets.token_hex(4), text)
        self._services.emit(ev.Draft(ae.Message(role="system", text=text, id=message.id)))
        self.recall(message, note=True)

    def tell(self, text: str) -> None:
        """Something the engine tells the agent that it is to act on: read as soon as what the person says."""
        message = Mail(secrets.token_hex(4), text)
        self._services.emit(ev.Draft(ae.Message(role="system", text=text, id=message.id)))
        self.recall(message)

    def report(self, worker: str, attempt: int, state: str, summary: str) -> None:
        """What a worker finished with."""
        text = f"Worker {worker} (attempt {attempt}) is {state}. Its report:\n{summary}"
        self._desk.report(worker, attempt, text)

    def interrupt(self) -> bool:
        """Stop the turn that runs; False if none does."""
        if self._running is None or self._running.done():
            return False
        self._running.cancel()
        return True

    async def run(self) -> None:
        """Answer for ever; cancel to end."""
        while True:
            messages, reports = await self._desk.take()
            self._quiet.clear()
            try:
                await self._answer(messages, reports)
            finally:
                self._quiet.set()
            own = asyncio.current_task()
            if own is not None and own.cancelling():
                raise asyncio.CancelledError  # A turn that was about to end took it for its own.

    async def _answer(self, messages: list[Mail], reports: list[tuple[str, int, str]]) -> None:
        inputs = list(messages)
        first, then = [], []
        for worker, attempt, text in reports:
            message = Mail(secrets.token_hex(4), text)
            first.append(ev.Draft(ae.Message(role="system", text=text, id=message.id)))
            then.append(ev.Draft(we.ReportDelivered(attempt=attempt), worker))
            inputs.append(message)
        turn = self._turn = Turn(self._services, self._agent(), self._services.memory(None), None, self.model)
        self._running = asyncio.create_task(turn.run(inputs, first=first, then=then), name=f"turn {turn.id}")
        self.error = None
        try:
            answer = await self._running
            self.answer = answer or self.answer
        except GolferError as error:
            self.error = error
            self._services.emit(
                ev.Draft(ae.Notice(level="error", code=error.code, text=error.message, hint=error.hint))
            )
        except asyncio.CancelledError:
            own = asyncio.current_task()
            if own is not None and own.cancelling():
                self._running.cancel()
                with contextlib.suppress(asyncio.CancelledError, GolferError):
                    await self._running
                raise
        finally:
            self._turn = self._running = None

    def _agent(self) -> Agent[TurnContext]:
        services = self._services
        return Agent(
            name="orchestrator",
            instructions=f"{ORCHESTRATOR}\nSkills:\n{services.library.listing()}",
            model=services.provider.model(self.model),
            model_settings=services.provider.settings("orchestrator", self.model),
            tools=[
                *skill_tools(services, None, None),
                *fleet_tools(services, self._desk),
                *pause_tools(services),
                *snapshot_tools(services, self._desk),
                budget_tool(services),
            ],
        )
