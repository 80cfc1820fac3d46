"""Pays the SDK's first-run costs (lazy imports, schema building) off the event loop, before a person waits for them."""

import asyncio
from typing import Any

from agents import Agent, RunConfig, Runner
from agents.sandbox import SandboxAgent  # noqa: F401 - imported for its cost

from golfer_tui.agents.scripted import Call, Say, ScriptedModel
from golfer_tui.agents.tools import Context, tool


def prewarm() -> None:
    """Run one small streamed turn with a tool call, in a loop of its own. Blocks for about a second."""

    async def spawn_worker(context: Context, task: str = "") -> str:
        """Answer nothing."""
        return ""

    def script(history: list[dict[str, Any]]) -> Say:
        return [""] if history[-1].get("type") == "function_call_output" else [Call("spawn_worker", {})]

    async def turn() -> None:
        agent = Agent(name="prewarm", model=ScriptedModel(script, script), tools=[tool(spawn_worker)])
        result = Runner.run_streamed(agent, "", run_config=RunConfig(tracing_disabled=True))
        async for _ in result.stream_events():
            pass

    asyncio.run(turn())
