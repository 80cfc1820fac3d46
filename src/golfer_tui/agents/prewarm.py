"""Pays the first-run costs of the SDK (lazy imports, schema building) and of the emulator (the declarations of its
interface) off the event loop, before a person waits for them."""

import asyncio
import functools
import gc
from typing import Any

from agents import Agent, RunConfig, Runner
from agents.sandbox import SandboxAgent  # noqa: F401 - imported for its cost

from golfer_tui.agents.scripted import Call, Say, ScriptedModel
from golfer_tui.agents.tools import Context, tool
from golfer_tui.terminal.screen import Screen


def prewarm() -> None:
    """Run one small streamed turn with a tool call, in a loop of its own, and show something. Blocks for a second."""

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
    screen = Screen(80, 24)
    screen.feed(b"\x1b[1mbold\x1b[m \xc3\xa9e\xcc\x81")
    screen.text()
    screen.close()
    _settle_memory()


@functools.cache
def _settle_memory() -> None:
    """Once: what the libraries have made stays as long as the process does.

    The garbage collector shall not look through it again: it would hold up the loop for a tenth of a second each time.
    """
    gc.collect()
    gc.freeze()
