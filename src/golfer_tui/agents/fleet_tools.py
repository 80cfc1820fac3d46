"""The orchestrator's tools over the pool. Only `wait_for_workers` waits, and it ends when a person speaks."""

import asyncio
import datetime as dt
from typing import Any, Literal

import msgspec
from agents import FunctionTool

from golfer_tui.agents.approvals import WAITS
from golfer_tui.agents.desk import Desk
from golfer_tui.agents.pausing import check_free
from golfer_tui.agents.services import Services
from golfer_tui.agents.spawning import spawn_for_agent
from golfer_tui.agents.tools import Context, tool
from golfer_tui.model.errors import CommandError
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.terminal.text import readable

LOG_BYTES = 64 * 1024
"""How far back from its end a log is read at most."""

MAX_LINES = 400
MAX_WAIT = 3600.0
"""Seconds that one wait may last."""


def fleet_tools(services: Services, desk: Desk) -> list[FunctionTool]:
    """`spawn_worker`, `message_worker`, `check_workers`, `wait_for_workers`, `read_worker_log`, kill and restart."""
    pool, state = services.pool, services.state

    def known(name: str) -> Worker:
        worker = state.workers.get(name)
        if worker is None:
            names = ", ".join(state.workers) or "none yet"
            raise CommandError("worker.unknown", f"There is no worker {name!r}.", hint=f"Workers: {names}.")
        return worker

    def report(context: Context, names: list[str]) -> list[dict[str, Any]]:
        """What there is to say of these workers; the reports of finished ones count as handed over."""
        lines = []
        places = {name: (place, reason) for place, (name, reason) in enumerate(pool.waiting, 1)}
        for name in names:
            worker = known(name)
            line: dict[str, Any] = {"name": name, "state": str(worker.state), "attempt": worker.attempt}
            if name in places:
                line["queue_place"], line["waits_for"] = places[name]
            if worker.spec.gpu is not None:
                line["gpu"] = str(worker.spec.gpu)
            if worker.tunnels and worker.state.active:
                line["ports"] = {str(each.port): each.address for each in worker.tunnels}
            if snapshots := [each.id for each in state.snapshots.values() if each.worker == name]:
                line["snapshots"] = snapshots
            if worker.paused_by is not None:
                line["paused_by"] = "the budget" if worker.paused_by == "engine" else worker.paused_by
            if worker.stopping:
                line["stopping"] = worker.stopping
            if worker.needs:
                line["waits_for_the_person"] = worker.needs
            if worker.idle_gpus:
                line["idle_gpus"] = worker.idle_gpus
            bill = worker.bill(dt.datetime.now(dt.UTC))
            line["spent"], line["gpu_hours"] = str(bill), round(bill.gpu_hours, 3)
            line["metrics"] = {metric: curve[-1].value for metric, curve in worker.curves.items() if curve}
            if worker.state.final:
                line["report"] = worker.summary
                context.context.handed.setdefault(context.tool_call_id, []).append((name, worker.attempt))
                desk.hand(name, worker.attempt)
            elif worker.commands:
                line["newest_command"] = worker.commands[-1].text[:200]
            lines.append(line)
        return lines

    def dump(value: object) -> str:
        return msgspec.json.format(msgspec.json.encode(value)).decode()

    async def spawn_worker(
        context: Context,
        task: str,
        name: str = "",
        skills: list[str] | None = None,
        gpu: str = "",
        profile: str = "",
        snapshot: str = "",
    ) -> str:
        """Start a worker: a coding agent with a shell, files and a sandbox of its own. Returns at once.

        Args:
            task: All that the worker needs to know; it does not see this conversation.
            name: A short name in lower case with dashes, such as "wider-mlp". Made up if empty.
            skills: Names of skills that the worker should load.
            gpu: GPUs that it needs, such as "H100" or "H100:8"; "H100, A100-80GB:2" takes the first that is free,
                "H100!" no H200 in its place; empty for none.
            profile: A set of gpu, model, skills, image and limits that the person has named in the settings.
            snapshot: Id of a snapshot whose files it begins with, or on Modal of an image ("im-..."); empty for none.
        """
        taken = {*pool.states, *services.approvals.names}
        chosen = name or next(f"worker-{i}" for i in range(1, 10_000) if f"worker-{i}" not in taken)
        request = GpuRequest.parse(gpu)
        spec = WorkerSpec(chosen, task, tuple(skills or ()), request, profile=profile, snapshot=snapshot)
        if await spawn_for_agent(services, context, spec, desk.spoken.wait) == "waits":
            return f"Worker {chosen}: {WAITS}"
        await services.flush()
        worker = known(chosen)
        waits = f", place {worker.position} in the queue: {worker.reason}" if worker.reason else ""
        return f"Worker {chosen} was started{waits}." if not waits else f"Worker {chosen} waits{waits}."

    async def message_worker(context: Context, name: str, text: str) -> str:
        """Say something to a worker. A running one reads it after its current step; a finished one goes on with it.

        Args:
            name: The worker.
            text: What to tell it.
        """
        known(name)
        pool.message(name, text, "orchestrator")
        return f"The message to {name} is on its way."

    async def check_workers(context: Context) -> str:
        """Look at all workers now: state, place in the queue, newest metrics, and the reports of finished ones."""
        await services.flush()
        return dump(report(context, list(state.workers))) if state.workers else "There are no workers."

    async def wait_for_workers(
        context: Context,
        names: list[str] | None = None,
        mode: Literal["all", "any"] = "all",
        timeout_seconds: float = 600.0,
    ) -> str:
        """Wait until workers have finished, and return their reports. Ends early when the person says something.

        Args:
            names: The workers to wait for; all unfinished ones if left out.
            mode: "all" waits for every one, "any" for the first.
            timeout_seconds: How long to wait at most.
        """
        await services.flush()
        chosen = names or [name for name, worker in state.workers.items() if desk.expects(worker)]
        for name in chosen:
            known(name)
        if not chosen:
            return "No worker is running, and every report was read."
        wait = asyncio.ensure_future(pool.wait(chosen, mode=mode, timeout=min(timeout_seconds, MAX_WAIT)))
        spoken = asyncio.ensure_future(desk.spoken.wait())
        try:
            await asyncio.wait({wait, spoken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (wait, spoken):
                task.cancel()
            await asyncio.gather(wait, spoken, return_exceptions=True)
        await services.flush()
        finished = [name for name in chosen if known(name).state.final]
        answer: dict[str, Any] = {
            "finished": report(context, finished),
            "unfinished": report(context, [name for name in chosen if name not in finished]),
        }
        if held := [name for name in chosen if pool.held(name)]:
            answer["held"] = held
            answer["held_why"] = "They are paused, or begin only if the person raises the budget: do not wait for them."
        if desk.spoken.is_set():
            answer["note"] = "The person has said something; it follows."
        return dump(answer)

    async def read_worker_log(context: Context, name: str, lines: int = 60, skip: int = 0) -> str:
        """Read the end of what a worker's commands printed.

        Args:
            name: The worker.
            lines: How many lines.
            skip: How many lines from the end to leave out, to read further back.
        """
        known(name)
        tape = services.tape(name)
        if tape is None or tape.end == 0:
            return f"{name} has printed nothing yet."
        text = readable(tape.peek(max(tape.start, tape.end - LOG_BYTES))).splitlines()
        wanted = text[: len(text) - skip] if skip > 0 else text
        return "\n".join(wanted[-min(max(lines, 1), MAX_LINES) :]) or "There are no earlier lines."

    async def kill_worker(context: Context, name: str) -> str:
        """End a worker and every process it started; its GPUs are free then.

        Args:
            name: The worker.
        """
        worker = known(name)
        await pool.kill(name, "orchestrator")
        if worker.stopping:
            return f"{name} is stopping: {worker.stopping} It is tried on; its GPUs stay taken till it has ended."
        return f"{name} was killed."

    async def restart_worker(context: Context, name: str) -> str:
        """Begin a worker again from the same task and skills, in an empty workspace.

        Args:
            name: The worker.
        """
        known(name)
        check_free(services, name)
        await pool.restart(name, "orchestrator")
        return f"{name} begins again."

    functions = (
        spawn_worker,
        message_worker,
        check_workers,
        wait_for_workers,
        read_worker_log,
        kill_worker,
        restart_worker,
    )
    return [tool(function) for function in functions]
