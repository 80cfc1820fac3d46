"""The orchestrator's tools to pause workers and to let them go on. What a person has paused is the person's."""

from agents import FunctionTool

from golfer_tui.agents.pausing import check_free, pause
from golfer_tui.agents.services import Services
from golfer_tui.agents.tools import Context, tool


def pause_tools(services: Services) -> list[FunctionTool]:
    """`pause_worker` and `continue_worker`."""

    async def pause_worker(context: Context, name: str) -> str:
        """Let a worker stand still: it calls no model and starts no tool, and its processes are stopped where they are.

        It keeps its sandbox and its GPUs. What you tell it meanwhile it reads once it goes on. Waiting for it is in
        vain until continue_worker.

        Args:
            name: The worker.
        """
        return await pause(services, name, "orchestrator")

    async def continue_worker(context: Context, name: str) -> str:
        """Let a worker that is paused or stands still go on, with its memory and its workspace.

        Args:
            name: The worker.
        """
        check_free(services, name)
        services.pool.continue_(name, "orchestrator")
        return f"{name} goes on."

    return [tool(pause_worker), tool(continue_worker)]
