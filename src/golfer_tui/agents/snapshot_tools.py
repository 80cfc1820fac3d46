"""The orchestrator's tools for snapshots: keep what a worker has made, and let others begin there."""

from agents import FunctionTool

from golfer_tui.agents.approvals import WAITS
from golfer_tui.agents.desk import Desk
from golfer_tui.agents.services import Services
from golfer_tui.agents.snapshots import fork, take
from golfer_tui.agents.spawning import spawn_for_agent
from golfer_tui.agents.tools import Context, tool
from golfer_tui.model.commands import ForkWorker


def snapshot_tools(services: Services, desk: Desk) -> list[FunctionTool]:
    """`snapshot_worker` and `fork_worker`."""

    async def snapshot_worker(context: Context, name: str) -> str:
        """Keep a worker's files as they are now. spawn_worker can start others with them (`snapshot`).

        Args:
            name: The worker; it may run or have ended.
        """
        snapshot = await take(services, name, "orchestrator")
        size = "" if snapshot.kept.size is None else f", {snapshot.kept.size:,} bytes"
        return f"Snapshot {snapshot.id} of {name} was taken{size}."

    async def fork_worker(context: Context, name: str, task: str, new_name: str = "", snapshot: str = "") -> str:
        """Start a copy of a worker: it remembers what that one knows, and has a copy of its files.

        Args:
            name: The worker to copy; it goes on by itself.
            task: What the copy does, such as another approach from there on.
            new_name: Name of the copy; made up if empty.
            snapshot: An earlier snapshot of that worker to begin at; taken now if empty.
        """
        spec = await fork(services, ForkWorker(name, new_name, task, snapshot), "orchestrator")
        if await spawn_for_agent(services, context, spec, desk.spoken.wait) == "waits":
            return f"Worker {spec.name}: {WAITS}"
        return f"Worker {spec.name} was started as a copy of {name}, at {spec.snapshot}."

    return [tool(snapshot_worker), tool(fork_worker)]
