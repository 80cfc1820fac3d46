"""A worker's agent: the SDK's sandbox agent on the worker's own sandbox and memory, until it has a report."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from functools import partial

from agents.sandbox import SandboxAgent
from agents.sandbox.capabilities import Shell
from agents.sandbox.capabilities.shell import ShellToolSet

from golfer_tui.agents.approved_commands import approved
from golfer_tui.agents.compat import filesystem_for
from golfer_tui.agents.instructions import worker_instructions
from golfer_tui.agents.narrator import TurnContext
from golfer_tui.agents.services import Services
from golfer_tui.agents.skill_tools import skill_tools
from golfer_tui.agents.snapshots import first_words, memory_of
from golfer_tui.agents.tools import guarded
from golfer_tui.agents.turn import Turn
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.pool.mailbox import Mail
from golfer_tui.pool.worker import LiveWorker
from golfer_tui.sandboxes.offers import Outlives

GO_ON = (
    "[Your sandbox was stopped and is back: the workspace is as it was kept, but no command of yours runs any more. "
    "Go on with your task.]"
)


async def run_worker(services: Services, live: LiveWorker) -> str:
    """Run a worker's agent to its end.

    Returns:
        The report: the agent's last message.

    Raises:
        ModelError: the model failed.
        asyncio.CancelledError: the worker was killed or suspended.
    """
    memory = services.memory(live.name)
    inputs: list[Mail] = []
    if live.fresh:
        await memory.clear_session()
        if live.spec.parent:
            await memory.add_items(await services.memory(memory_of(live.spec.snapshot)).get_items())
        inputs.append(_input(services, live, first_words(live.spec)))
    if isinstance(live.sandbox, Outlives) and live.sandbox.recovered:
        inputs.append(_input(services, live, _runs_on(live.sandbox)))
    inputs += live.take_mail()
    if not inputs:
        inputs = [_input(services, live, GO_ON)]
    while True:
        model = live.spec.model or services.settings.model.worker
        turn = Turn(services, _agent(services, live), memory, live.name, model, live.going)
        async with _steering(live, turn):
            report = await turn.run(inputs, live.sandbox.session)
        await live.going.wait()
        inputs = live.take_mail()
        if not inputs:
            return report or "The worker ended without a report."


def _runs_on(sandbox: Outlives) -> str:
    commands = "; ".join(f"{id_}: {command}" for id_, command in sandbox.recovered)
    return (
        "[golfer was away for a while, and your sandbox lived on. These commands of yours were running, and "
        f"write_stdin reaches them by their session ids as before: {commands}. Go on with your task.]"
    )


@contextlib.asynccontextmanager
async def _steering(live: LiveWorker, turn: Turn) -> AsyncIterator[None]:
    """While the turn runs: a message ends it after its current step, so that the message comes next."""

    async def watch() -> None:
        await live.mail.wait()
        turn.finish_soon()

    watcher = asyncio.create_task(watch())
    try:
        yield
    finally:
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)


def _agent(services: Services, live: LiveWorker) -> SandboxAgent[TurnContext]:
    # One agent object serves one run only, so each turn gets its own.
    return SandboxAgent(
        name=live.name,
        instructions=worker_instructions(live.spec),
        model=services.provider.model(live.spec.model or services.settings.model.worker),
        model_settings=services.provider.settings("worker", live.spec.model),
        tools=list(skill_tools(services, live.name, live.sandbox.session)),
        capabilities=[
            Shell(configure_tools=partial(_guard, services, live)),
            filesystem_for(services.settings.model.api),
        ],
    )


def _guard(services: Services, live: LiveWorker, tools: ShellToolSet) -> None:
    approved(services, live, tools.exec_command)
    guarded(tools.exec_command)
    if tools.write_stdin is not None:
        guarded(tools.write_stdin)


def _input(services: Services, live: LiveWorker, text: str) -> Mail:
    message = Mail(secrets.token_hex(4), text)
    services.emit(ev.Draft(ae.Message(role="user", text=text, id=message.id), live.name, live.by))
    return message
