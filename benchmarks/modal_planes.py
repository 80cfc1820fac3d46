"""A loopback Modal in a process of its own, to which this process is led: its work shall not count as ours."""

import asyncio
import os
import shlex
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

VARIABLES = 4
"""Lines that a plane prints when it is there."""


class PlaneProcess:
    """A running plane."""

    told = b""
    """What it printed at its end; known once it has ended."""


@asynccontextmanager
async def plane_process(module: str = "loopback.modal_plane", *, nice: int = 0) -> AsyncIterator[PlaneProcess]:
    """Run the plane of this module; with `nice` it gives way to us, as another machine would."""
    here = Path(__file__).parent
    process = await asyncio.create_subprocess_exec(
        *["nice", "-n", str(nice), sys.executable, "-m", module],
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (here.parent / "tests", here)))},
    )
    assert process.stdout is not None
    for _ in range(VARIABLES):
        name, _, value = (await process.stdout.readline()).decode().removeprefix("export ").strip().partition("=")
        os.environ[name] = shlex.split(value)[0]
    plane = PlaneProcess()
    try:
        yield plane
    finally:
        process.terminate()
        plane.told, _ = await process.communicate()
