"""Scripts for the scripted model that do small things quickly, so that tests can drive the whole engine."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from golfer_tui.agents.scripted import Call, Say, ScriptedProvider
from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model.settings import LocalSettings, PoolSettings, Settings

History = list[dict[str, Any]]


def leader(history: History) -> Say:
    """`spawn NAME: COMMAND` starts a worker, `wait` waits for all, `call TOOL {JSON}` calls any tool; else an echo."""
    last = history[-1]
    if last.get("type") == "function_call_output":
        return [f"answer: {last['output']}"]
    text = str(last.get("content", ""))
    verb, _, rest = text.partition(" ")
    if verb == "spawn":
        name, _, command = rest.partition(": ")
        return [Call("spawn_worker", {"name": name, "task": command})]
    if verb == "wait":
        return [Call("wait_for_workers", {"timeout_seconds": 60})]
    if verb == "call":
        tool, _, arguments = rest.partition(" ")
        return [Call(tool, json.loads(arguments or "{}"))]
    return [f"heard: {text}"]


def hand(history: History) -> Say:
    """Runs what it was told last as a shell command, and reports what it printed."""
    last = history[-1]
    if last.get("type") == "function_call_output":
        output = str(last["output"])
        if "Process running with session ID" in output:
            number = int(output.split("session ID ")[1].split()[0])
            return [Call("write_stdin", {"session_id": number, "chars": "", "yield_time_ms": 5000})]
        return [output.split("Output:\n", 1)[-1].strip()]
    text = str(last["content"])
    if "session ids as before: " in text:
        number = int(text.split("session ids as before: ")[1].split(":")[0])
        return [Call("write_stdin", {"session_id": number, "chars": "", "yield_time_ms": 5000})]
    return [Call("exec_command", {"cmd": text, "yield_time_ms": 1000})]


def steady(history: History) -> Say:
    """Runs its task with the keyboard connected, and waits for its end, whatever else it is told."""
    output = next((str(item["output"]) for item in reversed(history) if "output" in item), "")
    if "Process exited" in output:
        return ["done"]
    if output:
        return [Call("write_stdin", {"session_id": 1000, "chars": "", "yield_time_ms": 5000})]
    return [Call("exec_command", {"cmd": str(history[0]["content"]), "yield_time_ms": 1000, "tty": True})]


def copied(history: History) -> Say:
    """As `hand`, past what a worker is told first of the files and the memory that it begins with."""
    last = history[-1]
    if "content" not in last:
        return hand(history)
    return hand([*history[:-1], {**last, "content": str(last["content"]).split("]\n")[-1]}])


def settings(**changes: Any) -> Settings:
    """Plain local workers, so that the tests run the same with and without bubblewrap."""
    return Settings(local=LocalSettings(isolation="none"), pool=PoolSettings(max_local=4), **changes)


@asynccontextmanager
async def opened(
    tmp_path: Path,
    *,
    resume: str | None = None,
    orchestrator: Callable[[History], Say] = leader,
    worker: Callable[[History], Say] = hand,
    chosen: Settings | None = None,
    limits: cm.SetLimits | None = None,
) -> AsyncIterator[Engine]:
    """An engine with these scripts, and its store in `tmp_path`."""
    provider = ScriptedProvider(orchestrator, worker)
    async with Engine.open(
        chosen or settings(),
        home=tmp_path / "home",
        directory=tmp_path,
        resume=resume,
        provider=provider,
        limits=limits,
    ) as engine:
        yield engine


async def seen(engine: Engine, wanted: Callable[[ev.Event], bool]) -> ev.Event:
    """The first event from now on that is wanted. Subscribe by calling it before what causes the event."""
    with engine.subscribe() as subscription:
        async for item in subscription:
            if isinstance(item, ev.Event) and wanted(item):
                return item
    raise AssertionError("the engine was closed before")
