"""The model of `panes.py`: a server on the loopback. Its orchestrator starts workers, its workers run one command each.

A server and no script inside, so that the cockpit can be started as a user starts it, in as many processes as it likes.
"""

import asyncio
import contextlib
import logging
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from loopback.brains import Brain, Call, Item, Output, Text, outputs, prompt
from loopback.openai_server import LoopbackOpenAI


def brain(commands: Mapping[str, str], over: asyncio.Event) -> Brain:
    """Starts a worker for each of the commands, by name; while a command runs, its worker's model thinks."""

    async def answer(items: list[Item], tools: list[Item]) -> Sequence[Output]:
        told = outputs(items)
        if any(tool.get("name") == "spawn_worker" for tool in tools):
            if told:
                return [Text("They run.")]
            return [Call("spawn_worker", {"name": name, "task": name}) for name in commands]
        if not told:
            name = prompt(items).split()[-1]
            return [Call("exec_command", {"cmd": commands[name], "tty": True, "yield_time_ms": 250})]
        await over.wait()
        return [Text("It has ended.")]

    return answer


@contextlib.contextmanager
def serving(commands: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Serve in a thread; gives the variables that lead there."""
    # Clients that are killed are no news.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL + 1)
    loop = asyncio.new_event_loop()
    over = asyncio.Event()
    server = LoopbackOpenAI(brain(commands, over))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
        yield server.environ
    finally:
        loop.call_soon_threadsafe(over.set)
        asyncio.run_coroutine_threadsafe(server.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
