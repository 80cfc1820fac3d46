"""The demo on Modal, where Modal is a plane on the loopback: five workers, a kill, a restart, a crash and a resume.

`make demo-modal` shows it; `--short` ends once the resumed workers have gone on. It is `golfer run --backend modal` in
processes of their own, whose progress is shown as it comes. The exit status is 0 if every step came to pass and no
sandbox is left.
"""

import argparse
import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from loopback.modal_plane.plane import ModalPlane
from loopback.modal_plane.space import missing

PATIENCE = 120.0
"""Seconds that one step may take."""
PROMPT = "Play mini golf with five workers side by side."


class Golfer:
    """One `golfer run --interactive`, its progress, and a person's lines for it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.lines: list[str] = []
        self._grown = asyncio.Event()
        self._reading = [asyncio.create_task(self._read(each)) for each in (process.stdout, process.stderr) if each]

    @classmethod
    async def start(cls, environment: dict[str, str], folder: Path, *flags: str) -> "Golfer":
        argv = [sys.executable, "-m", "golfer_tui", "run", "--interactive", "--backend", "modal", "--demo", *flags]
        pipe = asyncio.subprocess.PIPE
        return cls(
            await asyncio.create_subprocess_exec(
                *argv, stdin=pipe, stdout=pipe, stderr=pipe, env={**os.environ, **environment}, cwd=folder
            )
        )

    async def until(self, what: str, condition: Callable[[list[str]], object]) -> None:
        """Wait until the lines so far fulfil it."""
        async with asyncio.timeout(PATIENCE):
            while not condition(self.lines):
                self._grown.clear()
                if self._process.returncode is not None:
                    raise SystemExit(f"golfer ended before {what}")
                await self._grown.wait()
        print(f"\n=== {what} ===\n", flush=True)

    def say(self, line: str) -> None:
        """What a person writes."""
        print(f"\n>>> {line}", flush=True)
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())

    async def kill(self) -> None:
        """As a crash does."""
        self._process.kill()
        await self._ended()

    async def quit(self) -> int:
        """Let it end in order."""
        self.say("/quit")
        async with asyncio.timeout(PATIENCE):
            return await self._ended()

    async def _ended(self) -> int:
        await asyncio.gather(*self._reading)
        return await self._process.wait()

    async def _read(self, stream: asyncio.StreamReader) -> None:
        async for data in stream:
            line = data.decode(errors="replace").rstrip()
            print(line, flush=True)
            self.lines.append(line)
            self._grown.set()
        self._grown.set()


def names(lines: list[str], said: str) -> list[str]:
    """Who has a line with this, each once."""
    found = (re.match(rf"(?:[\d:]+\s+)?(\S+)\s+{said}", line) for line in lines)
    return list(dict.fromkeys(match[1] for match in found if match))


async def show(plane: ModalPlane, folder: Path, *, short: bool) -> int:
    """Run it all."""
    environment = {**plane.environment, "GOLFER_HOME": str(folder / "home")}
    first = await Golfer.start(environment, folder, "--prompt", PROMPT)
    await first.until("five workers run on Modal", lambda lines: len(names(lines, "running")) >= 5)
    one = names(first.lines, "running")[0]
    session = next(found[1] for line in first.lines if (found := re.search(r"session (\S+) started", line)))
    first.say(f"/kill {one}")
    await first.until(f"{one} was killed", lambda lines: one in names(lines, "[Kk]illed"))
    first.say(f"/restart {one}")
    await first.until(f"{one} runs again", lambda lines: [n for n in map(_running, lines) if n].count(one) >= 2)
    await first.kill()
    print(f"\n=== golfer was killed; {len(plane.alive)} sandboxes live on ===\n", flush=True)
    second = await Golfer.start(environment, folder, "--resume", session)
    await second.until("a new process goes on in them", lambda lines: len(names(lines, "running")) >= 5)
    if not short:
        await second.until("all workers have a report", lambda lines: len(names(lines, "(done|val_bpb)")) >= 5)
    await second.quit()
    print(f"\n=== {len(plane.alive)} sandboxes are left ===", flush=True)
    return 1 if plane.alive else 0


def _running(line: str) -> str:
    return next(iter(names([line], "running")), "")


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="end once the resumed workers have gone on")
    asked = parser.parse_args()
    if reason := missing():
        raise SystemExit(f"The loopback plane needs bubblewrap and user namespaces, which do not work here: {reason}")
    with tempfile.TemporaryDirectory(prefix="golfer-modal-demo-") as folder:
        async with ModalPlane() as plane:
            return await show(plane, Path(folder), short=asked.short)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
