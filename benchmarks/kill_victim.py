"""The process that `kills.py` kills: the real engine on a busy session, with the scripted model and quick scripts.

Whatever it shows goes to its parent first: each event as the front ends get it, and remarks of its own that begin with
`!`. The scripts hold every history that they are given against the rules of the real API.
"""

import asyncio
import contextlib
import random
import re
import shlex
import signal
import sys
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from loopback.refusals import Refusal
from loopback.responses_items import Archive, check_items

import golfer_tui.sandboxes.local.backend
import golfer_tui.sandboxes.local.launch  # noqa: F401 - loaded once, before the fork
from golfer_tui.agents.scripted import Call, Say, ScriptedProvider
from golfer_tui.engine.engine import Engine
from golfer_tui.headless.watch import watching
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.model.events import Event, encode
from golfer_tui.model.settings import LocalSettings, PoolSettings, Settings
from golfer_tui.model.workers import WorkerSpec

WORKERS = ("ada", "bob", "cy")
COMMANDS = 2
"""Printers that a worker runs one after the other before it reports."""
PRINTER = Path(__file__).with_name("kill_printer.py")
PING = re.compile(r"ping \d+")
RUNNING = re.compile(r"Process running with session ID (\d+)")

History = list[dict[str, Any]]


class Scripts:
    """What the two kinds of agents do, and what they notice."""

    def __init__(self, notes: Path, label: str, out: Connection) -> None:
        self._notes = notes
        self._label = label
        self._out = out
        self._commands = 0

    def orchestrator(self, history: History) -> Say:
        """Answers the newest `ping N` with `pong N`, every second one after a look at the workers."""
        self._check(history, "orchestrator")
        texts = [text for item in history if (text := _said(item))]
        pings = [text for text in texts if PING.fullmatch(text)]
        reports = [text for text in texts if text.startswith("Worker ")]
        for text, times in Counter([*pings, *(text.partition(" is ")[0] for text in reports)]).items():
            if times > 1:
                self._out.send_bytes(f"!doubled {times} times in the conversation: {text}".encode())
        if not pings:
            return ["noted"]
        number = int(pings[-1].split()[1])
        if history[-1].get("type") == "function_call_output" or number % 2:
            return [f"pong {number}"]
        return [Call("check_workers", {}), Call("wait_for_workers", {"timeout_seconds": 0.3})]

    def worker(self, history: History) -> Say:
        """Runs printers, one after the other, then reports."""
        self._check(history, "a worker")
        name = _said(history[0]).split()[-1]
        last = history[-1]
        told = [item for item in history if item.get("type") == "function_call_output"]
        if told and (running := RUNNING.search(str(told[-1]["output"]))):
            return [Call("write_stdin", {"session_id": int(running[1]), "chars": "", "yield_time_ms": 300})]
        since = 0
        for item in reversed(history):
            if _said(item):
                break
            since += item.get("type") == "function_call" and item.get("name") == "exec_command"
        if last.get("type") == "function_call_output" and since >= COMMANDS:
            return [f"{name} has printed"]
        self._commands += 1
        label = f"{name}-{self._label}-{self._commands}"
        words = [sys.executable, "-S", "-E", str(PRINTER), str(self._notes), label, str(random.randint(20, 250))]  # noqa: S311
        return [Call("exec_command", {"cmd": shlex.join(words), "yield_time_ms": 200})]

    def _check(self, history: History, whose: str) -> None:
        try:
            check_items(history, Archive())
        except Refusal as refusal:
            self._out.send_bytes(f"!refused the history of {whose}: {refusal.message}".encode())


def _said(item: dict[str, Any]) -> str:
    """What an agent was told, if this item is that."""
    return str(item["content"]) if item.get("role") == "user" else ""


def victim(home: str, session: str | None, number: int, seed: int, out: Connection, last: bool) -> None:
    """Open the session, or a new one, and keep it busy until the end; `last`: let it come to rest and close it."""
    if "kill_warm" not in sys.modules:
        out.send_bytes(b"!cold: each victim imports everything by itself")
    asyncio.run(_live(Path(home), session, number, seed, out, last=last))


async def _live(home: Path, session: str | None, number: int, seed: int, out: Connection, *, last: bool) -> None:
    leave = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leave.set)
    scripts = Scripts(home / "notes", str(number), out)
    provider = ScriptedProvider(scripts.orchestrator, scripts.worker)
    settings = Settings(local=LocalSettings(isolation="none"), pool=PoolSettings(max_local=2))

    async def show(event: Event) -> None:
        out.send_bytes(encode(event))

    out.send_bytes(b"!opening")
    async with (
        Engine.open(settings, home=home, directory=home, resume=session, provider=provider) as engine,
        watching(engine, show),
    ):
        out.send_bytes(b"!open")
        await engine.dispatch(cm.SendMessage(f"ping {number * 1000}"))
        if last:
            await engine.idle()
            await engine.close()
        else:
            work = asyncio.create_task(_busy(engine, random.Random(seed), number))  # noqa: S311
            await leave.wait()
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await engine.close("keep")
    out.send_bytes(b"!closed")


async def _busy(engine: Engine, chance: random.Random, number: int) -> None:
    """What a restless person does."""
    pings = number * 1000
    while True:
        name = chance.choice(WORKERS)
        pings += 1
        command: cm.Command
        if name not in engine.state.workers:
            command = cm.SpawnWorker(WorkerSpec(name, f"print {name}"))
        else:
            kinds: list[cm.Command] = [
                *[cm.SendMessage(f"ping {pings}")] * 4,
                *[cm.SendMessage(f"print again {name}", worker=name)] * 3,
                cm.RestartWorker(name),
                cm.KillWorker(name),
                cm.InterruptTurn(),
            ]
            command = chance.choice(kinds)
        with contextlib.suppress(CommandError):
            await engine.dispatch(command)
        await asyncio.sleep(chance.uniform(0.02, 0.3))
