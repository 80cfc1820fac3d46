"""Kill a real cockpit again and again: its screen, its engine, or all processes at once; start again and compare.

    .venv/bin/python benchmarks/screen_kills.py [--kills 20] [--backend local|modal] [--kinds all,screen] [--json]

`golfer` runs on a terminal as a person starts it, against a loopback API that refuses what the real one refuses; a
worker prints numbered lines with the time. At a random moment comes SIGKILL. Then what is stored is held against what
was stored and shown before: no event lost, doubled or missing a number; what each worker printed is there byte by
byte, up to a quarter of a second before the kill. A session whose screen was killed goes on, and is attached to; any
other is resumed. With `modal` the sandboxes live on (on the loopback plane), and their output goes on without a gap.
Each line tells how far a recording was behind, and what held it up (`kill_delays.py`).
`kills.py` does the same to the engine alone, faster, and at more moments.
"""

import argparse
import asyncio
import collections
import contextlib
import json
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parent))

from engine.small_brain import brain
from kill_checks import ALLOWED, check_events
from kill_delays import Delays
from loopback.modal_plane.plane import ModalPlane
from loopback.openai_server import LoopbackOpenAI
from tui.outer import PATIENCE, Outer

from golfer_tui.attach.address import holder
from golfer_tui.model import events as ev
from golfer_tui.store.castfile import CastFile
from golfer_tui.store.glance import glance
from golfer_tui.store.layout import Layout
from golfer_tui.store.store import Store

GOLFER = [sys.executable, "-m", "golfer_tui"]
SIZE = (200, 60)
KINDS = ("screen", "engine", "all")
ROUNDS = 5
"""Kills of one session; then a new one begins."""
LOST = 10.0
"""Seconds after which no busy machine is an excuse: what was printed before is lost."""

TICKS = "i=0; while :; do i=$((i+1)); echo {name} tick $i $(date +%s%N); sleep 0.01; done"
"""What a worker runs. Its lines are numbered, and tell the time in nanoseconds since 1970."""
TICK = re.compile(rb"(\w+) tick (\d+) (\d+)\r\n")
BUILD = re.compile(rb"(?:=> [^\n]*\n)*")
"""What Modal says first, while it builds the image."""


class Services:
    """The API, and the plane if it is asked for, in a thread with a loop of its own."""

    def __init__(self, *, modal: bool) -> None:
        self.environment: dict[str, str] = {}
        self._modal = modal
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="services")
        self._thread.start()
        if not self._ready.wait(PATIENCE):
            raise SystemExit("The loopback services do not start.")

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with AsyncExitStack() as stack:
            self._api = await stack.enter_async_context(LoopbackOpenAI(brain))
            self.environment |= self._api.environ
            if self._modal:
                self.environment |= (await stack.enter_async_context(ModalPlane())).environment
            self._ready.set()
            await self._stop.wait()

    def refused(self) -> list[str]:
        """Requests that the API did not take; one that was cut has no status."""
        return [f"the API refused: {each.error}" for each in tuple(self._api.requests) if each.status not in {0, 200}]

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()


class Torture:
    """One session from its start through some kills."""

    def __init__(self, folder: Path, environment: dict[str, str], backend: str, chance: random.Random) -> None:
        self._folder = folder
        self._environment = {**environment, "GOLFER_HOME": str(folder / "home")}
        self._layout = Layout(folder / "home")
        self._modal = backend == "modal"
        self._flags = ["--backend", backend, "--model", "gpt-5-mini", "--set", "local.isolation=none"]
        self._chance = chance
        self._session = ""
        self._worker = ""
        """The newest one; it prints."""
        self._kept: dict[str, bytes] = {}
        """What was recorded of each worker when it was looked at last."""
        self.behind = 0.0
        self.late = 0
        self.lag: float | None = None
        """Seconds by which the recording was behind at the last kill, if that ended the engine."""
        self.held_up = ""
        """What held the engine up before that."""
        self.failures: list[str] = []

    def kill(self, number: int, kind: str, before: str) -> None:
        """One round; `before` is the kind of the last one, empty in the first round."""
        if not before:
            prompt = self._spawn(number)
            arguments = [*self._flags, "--prompt", prompt]
        else:
            arguments = ["attach", self._session] if before == "screen" else ["--resume", self._session]
        with Outer([*GOLFER, *arguments], self._environment, SIZE) as outer:
            goes_on = before == "screen" or self._modal
            if before and not goes_on:
                # What the worker had printed is on the new screen, with its process gone.
                outer.until(lambda: self._shown(outer, self._worker))
                outer.write(self._spawn(number).encode())
                outer.until(lambda: f"spawn {self._worker}" in outer.shown())
                outer.write(b"\r")
            seen = self._last(self._kept.get(self._worker, b""))
            outer.until(lambda: self._shown(outer, self._worker) > seen)
            if not self._session:
                rows = glance(self._layout)
                self._session = rows[0].id if rows else ""
            engine = self._engine()
            with Delays(engine.pid if engine else 0, self._layout.recording(self._session, self._worker)) as delays:
                end = time.monotonic() + self._chance.uniform(0, 1.5)
                outer.until(lambda: time.monotonic() >= end)
                shown = self._shown(outer, self._worker)
                stored = asyncio.run(self._events())
            killed = self._strike(outer, kind, engine)
        after = asyncio.run(self._events())
        # An engine that lives writes on while it is looked at.
        told = len(after) if kind == "screen" else self._told()
        wrong = check_events(after, {event.seq: ev.encode(event) for event in stored}, told)
        self.lag = None
        wrong += self._printed(shown, killed, cut=kind != "screen")
        self.held_up = delays.told
        self.failures += [f"kill {number} ({kind}): {text[:500]}" for text in wrong]

    def _spawn(self, number: int) -> str:
        self._worker = f"w{number}"
        return f"spawn {self._worker}: {TICKS.format(name=self._worker)}"

    def _shown(self, outer: Outer, worker: str) -> int:
        """The highest number of a line of this worker on the screen; 0 without one."""
        return max((int(found) for found in re.findall(rf"\b{worker} tick (\d+) \d{{19}}", outer.shown())), default=0)

    def _engine(self) -> psutil.Process | None:
        socket = holder(self._layout, self._session)
        return psutil.Process(int(socket.stem.removeprefix("engine-"))) if socket is not None else None

    def _strike(self, outer: Outer, kind: str, engine: psutil.Process | None) -> int:
        """Kill; returns the moment in nanoseconds since 1970."""
        screen = psutil.Process(outer.process.pid)
        family = [] if engine is None else [engine, *engine.children(recursive=True)]
        victims = {"screen": [screen], "engine": family[:1], "all": [screen, *family]}[kind]
        self._chance.shuffle(victims)
        killed = time.time_ns()
        for process in victims:
            with contextlib.suppress(psutil.Error):
                process.kill()
        if kind == "screen":
            if engine is None or not engine.is_running():
                self.failures.append("the engine ended with its screen")
        else:
            # Whatever a killed engine leaves ends by itself.
            _, alive = psutil.wait_procs(family, timeout=PATIENCE)
            self.failures += [f"left: {process}" for process in alive]
        return killed

    def _printed(self, shown: int, killed: int, *, cut: bool) -> list[str]:
        """What is recorded is what was printed, up to shortly before the kill, and all that was shown."""
        wrong = []
        for path in sorted(self._layout.recording(self._session, "x").parent.glob("*.cast")):
            worker, data = path.stem, CastFile(path).read(0, 1 << 40)
            if not data.startswith(self._kept.get(worker, b"")):
                wrong.append(f"{worker}: what was recorded before has changed")
            at, last, moment = BUILD.match(data).end(), 0, 0  # type: ignore[union-attr] - it fits anything
            while found := TICK.match(data, at):
                if found[1] != worker.encode() or int(found[2]) != last + 1:
                    break
                at, last, moment = found.end(), last + 1, int(found[3])
            if b"\n" in data[at:]:
                wrong.append(f"{worker}: line {last + 1} is not what was printed: {data[at : at + 60]!r}")
            if worker == self._worker:
                if last < shown:
                    wrong.append(f"{worker}: line {shown} was shown, {last} are recorded")
                if cut:
                    late = self.lag = (killed - moment) / 1e9
                    self.behind = max(self.behind, late)
                    self.late += late > ALLOWED
                    if late > LOST:
                        wrong.append(f"{worker}: its last line is of {late:.1f} s before the kill")
            self._kept[worker] = data
        return wrong

    @staticmethod
    def _last(data: bytes) -> int:
        return max((int(found[2]) for found in TICK.finditer(data)), default=0)

    async def _events(self) -> list[ev.Event]:
        async with Store.open(self._layout.home) as store:
            return await store.events(self._session)

    def _told(self) -> int:
        return next((row.events for row in glance(self._layout) or () if row.id == self._session), -1)

    def close(self) -> None:
        """End what the last kill left on purpose, or a round that failed."""
        for row in glance(self._layout) or ():
            with contextlib.suppress(psutil.Error):
                if (socket := holder(self._layout, row.id)) is not None:
                    engine = psutil.Process(int(socket.stem.removeprefix("engine-")))
                    family = [engine, *engine.children(recursive=True)]
                    engine.kill()
                    psutil.wait_procs(family, timeout=PATIENCE)


@contextlib.contextmanager
def torture(services: Services, backend: str, chance: random.Random) -> Iterator[Torture]:
    """A new session in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="golfer-screen-", ignore_cleanup_errors=True) as folder:
        one = Torture(Path(folder).resolve(), services.environment, backend, chance)
        before = os.getcwd()
        os.chdir(folder)
        try:
            yield one
        finally:
            os.chdir(before)
            one.close()


def run(kills: int, order: list[str], seed: int, backend: str, tell: Callable[[str], None]) -> dict[str, object]:
    """Kill so many times, in this order again and again or else at random; returns the numbers and every failure."""
    chance = random.Random(seed)  # noqa: S311
    services = Services(modal=backend == "modal")
    kinds: collections.Counter[str] = collections.Counter()
    failures: list[str] = []
    behind, late, done, began = 0.0, 0, 0, time.monotonic()
    try:
        while done < kills:
            with torture(services, backend, chance) as one:
                before = ""
                for number in range(1, min(ROUNDS, kills - done) + 1):
                    kind = order[done % len(order)] if order else chance.choice(KINDS)
                    try:
                        one.kill(number, kind, before)
                    except AssertionError as error:
                        one.failures.append(f"kill {number} ({kind}, after {before or 'nothing'}): {error}")
                        break
                    finally:
                        done += 1
                    before = kind
                    kinds[kind] += 1
                    lag = "" if one.lag is None else f"; behind by {one.lag * 1000:.0f} ms; {one.held_up}"
                    tell(f"{done}/{kills} {kind}: {len(failures) + len(one.failures)} failures{lag}")
                failures += one.failures
                behind, late = max(behind, one.behind), late + one.late
        failures += services.refused()
    finally:
        services.close()
    seconds = round(time.monotonic() - began)
    found = {"kills": done, "kinds": dict(kinds), "failures": failures, "behind_ms": round(behind * 1000), "late": late}
    return {**found, "seconds": seconds, "seed": seed, "backend": backend}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--backend", choices=["local", "modal"], default="local")
    parser.add_argument("--kinds", default="", help="what is killed, in this order; by default at random")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    tell = (lambda text: None) if options.json else (lambda text: print(text, file=sys.stderr))
    order = [kind for kind in options.kinds.split(",") if kind]
    if unknown := set(order) - set(KINDS):
        parser.error(f"--kinds knows {', '.join(KINDS)}, and not {', '.join(sorted(unknown))}")
    result = run(options.kills, order, options.seed, options.backend, tell)
    print(json.dumps(result, indent=None if options.json else 2))
    sys.exit(bool(result["failures"]))


if __name__ == "__main__":
    main()
