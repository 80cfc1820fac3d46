"""Engines with workers on Modal in processes of their own, to be killed.

One process imports everything, which takes seconds, and forks an engine for each line that it reads.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from test_modal_engine import cm, opened

from golfer_tui.agents.prewarm import prewarm
from golfer_tui.model.gpus import GpuRequest

PATIENCE = 120.0
"""Seconds for a process to say something; the machine may be busy."""


class Victim:
    """One of the engines, from the other side."""

    def __init__(self, nest: "Nest", pid: int, session: str) -> None:
        self._nest = nest
        self._pid = pid
        self.session = session

    async def sandbox(self) -> str:
        """Id of the worker's sandbox, once its agent runs."""
        return str(await self._nest.line())

    async def kill(self) -> None:
        """SIGKILL; returns once it is gone."""
        os.kill(self._pid, signal.SIGKILL)
        assert await self._nest.line() == {"gone": self._pid}


class Nest:
    """The process that forks them; one at a time."""

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *[sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            await self._process.wait()

    async def victim(self, folder: Path, task: str, gpu: str = "", resume: str = "", *, pause: str = "") -> Victim:
        """A new engine; returns once its session is there. It pauses its worker once that has printed `pause`."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([str(folder), task, gpu, resume, pause]).encode() + b"\n")
        return Victim(self, await self.line(), await self.line())

    async def line(self) -> Any:
        """What one of them said."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            return json.loads(await self._process.stdout.readline())


def _say(value: object) -> None:
    print(json.dumps(value), flush=True)


async def engine(folder: str, task: str, gpu: str, resume: str, pause: str) -> None:
    """Run until it is killed."""
    async with opened(Path(folder), resume=resume or None) as engine:
        _say(engine.session)
        if not resume:
            await engine.dispatch(cm.SpawnWorker(cm.WorkerSpec("w1", task, gpu=GpuRequest.parse(gpu))))
        while not engine.state.workers["w1"].sandbox:
            await asyncio.sleep(0.01)
        if pause:
            while (tape := engine.tape("w1")) is None or pause.encode() not in tape.peek(0):
                await asyncio.sleep(0.01)
            await engine.dispatch(cm.PauseWorker("w1"))
        _say(engine.state.workers["w1"].sandbox)
        await asyncio.Event().wait()


def main() -> None:
    """Fork for each line of standard input."""
    prewarm()
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            asyncio.run(engine(*json.loads(line)))
            os._exit(1)
        _say(pid)
        os.waitpid(pid, 0)
        _say({"gone": pid})


if __name__ == "__main__":
    main()
