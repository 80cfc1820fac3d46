"""One turn of one agent: run it, tell it, and leave its memory whole, however the turn ends."""

import asyncio
import contextlib
import secrets
from collections.abc import Sequence
from typing import Any

from agents import Agent, RunConfig, Runner, RunResultStreaming
from agents.memory import Session
from agents.run_config import SandboxRunConfig
from agents.sandbox.session import SandboxSession

from golfer_tui.agents.errors import model_error
from golfer_tui.agents.narrator import Narrator, TurnContext
from golfer_tui.agents.repair import missing_items
from golfer_tui.agents.services import Services
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model.errors import StoreError
from golfer_tui.pool.mailbox import Mail


class Turn:
    """Runs an agent on some messages. Make one for each run."""

    def __init__(
        self,
        services: Services,
        agent: Agent[TurnContext],
        memory: Session,
        worker: str | None,
        model: str = "",
        going: asyncio.Event | None = None,
    ) -> None:
        """`model` is the name of the agent's model; empty: the session's. While `going` is not set, it is paused."""
        self._services = services
        self._agent = agent
        self._memory = memory
        self._worker = worker
        self._model = model or services.provider.name
        self._going = going
        self._result: RunResultStreaming | None = None
        self._soon = False
        self.id = secrets.token_hex(4)
        self.context = TurnContext()

    def finish_soon(self) -> None:
        """Stop after the step that is going on: its answer and its tools are completed and saved."""
        self._soon = True
        if self._result is not None and not self._result.is_complete:
            self._result.cancel(mode="after_turn")

    async def run(
        self,
        inputs: list[Mail],
        sandbox: SandboxSession | None = None,
        *,
        first: Sequence[ev.Draft] = (),
        then: Sequence[ev.Draft] = (),
    ) -> str:
        """Answer `inputs`; returns the last message, empty if it was asked to finish soon.

        `first` and `then` are events told right before and after `turn.started`, all or none of them.

        Raises:
            ModelError: the model failed; what was done until then is in the memory.
            asyncio.CancelledError: it was interrupted; likewise.
        """
        before = len(await self._memory.get_items())
        narrator = Narrator(self._services, self._worker, self._model, self._going)
        for draft in first:
            self._services.emit(draft)
        self._tell(ae.TurnStarted(turn=self.id, inputs=tuple(each.id for each in inputs), items=before))
        for draft in then:
            self._services.emit(draft)
        try:
            # On disk before the memory takes what is answered: after a crash in between it would be said twice.
            with contextlib.suppress(StoreError):
                await self._services.flush()
            answer = await self._stream(inputs, narrator, sandbox)
            if self._soon:
                await self._keep(inputs, before)
        except asyncio.CancelledError:
            await self._mend(narrator, inputs, before, "the person interrupted it")
            self._tell(ae.TurnFinished(turn=self.id, state="interrupted"))
            raise
        except Exception as error:
            known = model_error(error, self._services.provider.where)
            await self._mend(narrator, inputs, before, known.message)
            self._tell(ae.TurnFinished(turn=self.id, state="failed", error=str(known)))
            raise known from error
        self._tell(ae.TurnFinished(turn=self.id, state="done"))
        return answer

    async def _stream(self, inputs: list[Mail], narrator: Narrator, sandbox: SandboxSession | None) -> str:
        result = self._result = Runner.run_streamed(
            self._agent,
            [{"role": "user", "content": each.text} for each in inputs],
            context=self.context,
            session=self._memory,
            hooks=narrator,
            max_turns=None,  # the narrator counts
            run_config=RunConfig(
                tracing_disabled=not self._services.settings.model.tracing,
                tool_not_found_behavior="return_error_to_model",
                sandbox=None if sandbox is None else SandboxRunConfig(session=sandbox),
            ),
        )
        if self._soon:
            result.cancel(mode="after_turn")
        try:
            async for event in result.stream_events():
                narrator.take(event)
        except BaseException:
            result.cancel()
            raise
        finally:
            if result.run_loop_task is not None:
                # The stream may end before its task does; nothing of a turn outlives it.
                with contextlib.suppress(Exception, asyncio.CancelledError):
                    await asyncio.shield(asyncio.wait([result.run_loop_task]))
        if result.run_loop_exception is not None and not self._soon:
            raise result.run_loop_exception
        return str(result.final_output or "")

    async def _keep(self, inputs: list[Mail], before: int) -> None:
        """Remember what was said, also if the runner stopped before its first step and saved nothing."""
        saved: list[Any] = (await self._memory.get_items())[before:]
        users = sum(1 for item in saved if item.get("role") == "user")
        items: list[Any] = [{"role": "user", "content": each.text} for each in inputs[users:]]
        await self._memory.add_items(items)

    async def _mend(self, narrator: Narrator, inputs: list[Mail], before: int, reason: str) -> None:
        async def mend() -> None:
            saved: list[Any] = (await self._memory.get_items())[before:]
            told = [*narrator.told, *self.context.asked]
            items: list[Any] = list(missing_items(told, [each.text for each in inputs], saved, reason))
            await self._memory.add_items(items)

        # A second interrupt must not leave the memory half mended.
        await asyncio.shield(asyncio.ensure_future(mend()))

    def _tell(self, body: ev.AnyBody) -> None:
        self._services.emit(ev.Draft(body, self._worker, "orchestrator" if self._worker is None else "worker"))
