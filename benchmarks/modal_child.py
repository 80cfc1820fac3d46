"""An engine with workers on Modal that does random things until it is told to close, or is killed."""

import asyncio
import contextlib
import os
import random
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from golfer_tui.agents.prewarm import prewarm
from golfer_tui.agents.scripted import Call, Say, ScriptedProvider
from golfer_tui.engine import engine as engines
from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import GolferError
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.settings import ModalSettings, PoolSettings, Settings
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.pool import pool
from golfer_tui.pool.wiring import Timing
from golfer_tui.sandboxes.modal import asking, commands, ending, maker

LIMIT = 4
"""GPUs in all."""
WORKERS = 5
"""Of one session, at most."""
REST = 30.0
"""Seconds for the last of its leases to come back."""
QUICK = Timing(patience=0.3, backoff=(0.05, 0.2), stop=3.0, grace=1.0, last_tries=2, store=0.2)
SHORT: dict[Any, dict[str, Any]] = {
    commands: {"START": 1.0, "KILL": 1.0},
    ending: {"CONFIRM": 1.0, "LIST": 1.0, "SETTLE": 0.05, "GRACE": 0.2, "LATE": 2.0, "PAUSES": (0.05, 0.2)},
    asking: {"LOOKUP": 1.0, "PAUSES": (0.05, 0.2)},
    maker: {"START": 3.0},
}
"""Patience of the product, cut down: a fault costs it seconds to minutes."""


prewarm()


KINDS: dict[str, Any] = {"kill": cm.KillWorker, "restart": cm.RestartWorker, "continue": cm.ContinueWorker}


def hand(history: list[dict[str, Any]]) -> Say:
    """Runs its task and reports."""
    last = history[-1]
    if last.get("type") == "function_call_output":
        return ["done"]
    return [Call("exec_command", {"cmd": "echo on; sleep 0.1", "yield_time_ms": 1000})]


def child(pipe: Connection, home: str, environment: dict[str, str], seed: int, resume: str, rest: bool) -> None:
    """The process: one opening of the session."""
    os.environ.update(environment)
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - for the life of the process
    for module, values in SHORT.items():
        for name, value in values.items():
            setattr(module, name, value)
    engines.prewarm = lambda: None  # type: ignore[attr-defined] # the process that forks has done it
    pool.Timing = lambda: QUICK  # type: ignore[assignment,misc,attr-defined]
    chance = random.Random(seed)  # noqa: S311
    asyncio.run(_open(pipe, Path(home), chance, resume, rest))


async def _open(pipe: Connection, home: Path, chance: random.Random, resume: str, rest: bool) -> None:
    settings = Settings(
        backend="modal", pool=PoolSettings(max_gpus=LIMIT), modal=ModalSettings(workspace_persistence="none")
    )
    provider = ScriptedProvider(lambda history: [""], hand)
    async with Engine.open(
        settings, home=home / "home", directory=home, resume=resume or None, provider=provider
    ) as engine:
        pipe.send(engine.session)
        if rest:
            await engine.idle()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REST):
                    while engine.used.workers:  # noqa: ASYNC110 - nobody tells
                        await asyncio.sleep(0.02)
            pipe.send((engine.used.workers, engine.used.gpus))
            return
        stir = asyncio.create_task(_stir(engine, chance))
        how = await asyncio.to_thread(pipe.recv)
        stir.cancel()
        await asyncio.gather(stir, return_exceptions=True)
        await engine.close(how)
    pipe.send("closed")


async def _stir(engine: Engine, chance: random.Random) -> None:
    """Spawn, kill, restart and continue at random."""
    background = set()
    while True:
        names = list(engine.state.workers)
        verb = chance.choice(["spawn", "spawn", "kill", "restart", "continue"])
        command: cm.Command
        if (verb == "spawn" and len(names) < WORKERS) or not names:
            gpu = GpuRequest.parse(chance.choice(["", "H100", "H100:2", "A100:3"]))
            command = cm.SpawnWorker(WorkerSpec(f"w{len(names) + 1}", "go", gpu=gpu))
        else:
            kind = KINDS.get(verb, cm.RestartWorker)
            command = kind(chance.choice(names))
        task = asyncio.create_task(_dispatch(engine, command))
        background.add(task)
        task.add_done_callback(background.discard)
        await asyncio.sleep(chance.random() * 0.15)


async def _dispatch(engine: Engine, command: cm.Command) -> None:
    with contextlib.suppress(GolferError):
        await engine.dispatch(command)
