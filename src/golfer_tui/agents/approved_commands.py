"""The shell tool that asks first: a command that matches a pattern of the person's starts only once it was approved.

What is looked at is the text of the command, before its terminal is made. That is a seat belt and no fence: the same
can be done by a script, or typed into a program that runs.
"""

import json
from typing import Any

from agents import FunctionTool
from agents.tool_context import ToolContext

from golfer_tui.agents.approvals import WAITS
from golfer_tui.agents.services import Services
from golfer_tui.pool.worker import LiveWorker


def approved(services: Services, live: LiveWorker, stock: FunctionTool) -> None:
    """Let the SDK's tool ask before it starts a command of this worker's."""
    inner = stock.on_invoke_tool

    async def invoke(context: ToolContext[Any], arguments: str) -> Any:
        command = _command(arguments)
        if command and await services.approvals.command(context, live.name, command, live.mail.wait) == "waits":
            return WAITS
        # It may have been paused while the person thought.
        await live.going.wait()
        return await inner(context, arguments)

    stock.on_invoke_tool = invoke


def _command(arguments: str) -> str:
    """The command in a call's arguments; empty if there is none, which the tool refuses by itself."""
    try:
        given = json.loads(arguments)
    except ValueError:
        return ""
    command = given.get("cmd") if isinstance(given, dict) else None
    return command if isinstance(command, str) else ""
