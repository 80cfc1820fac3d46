"""Kill the engine again and again, start again, and count what is lost.

    .venv/bin/python benchmarks/kills.py [--kills 20] [--seed N] [--json]

Each round forks a process with the real engine on a busy session (`kill_victim.py`) and ends it with SIGKILL at a
random moment, its resume included: the engine alone, all of its processes at once, or first a keeper or a worker's
command and then the engine; now and then it is left properly instead. Then the store is held against what was shown
and printed (`kill_checks.py`), and the next round resumes the session. Everything stays in a temporary folder.
"""

import argparse
import asyncio
import collections
import contextlib
import functools
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parent))

from kill_checks import Printed, check_events, check_rest
from kill_victim import victim

from golfer_tui.model import events as ev
from golfer_tui.store.store import Store

KINDS = ("engine", "all", "keeper", "command", "leave")
WEIGHTS = (4, 4, 2, 2, 1)
ROUNDS = 20
"""Kills of one session; then a new one begins, so that their histories stay short."""
EARLY = 0.25
"""Share of the kills that come while the session is opened."""
PATIENCE = 60.0
"""Seconds for anything that must happen; the machine may be busy."""


@functools.cache
def warm() -> ForkServerContext:
    """What forks the victims, with all that they import loaded: each of them is there at once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["kill_warm"])
    # The server looks for modules where any Python does, and passes over in silence what it does not find.
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(Path(__file__).parent), before]))
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
    return context


class Torture:
    """One session from its first start to its rest."""

    def __init__(self, home: Path, chance: random.Random) -> None:
        self._home = home
        self._chance = chance
        self._context = warm()
        self._session: str | None = None
        self._shown: dict[int, bytes] = {}
        self._remarks: list[str] = []
        self._ponged = False
        self._left: list[psutil.Process] = []
        """Processes that the next start has to find gone."""
        self.printed = Printed(home / "notes")
        (home / "notes").mkdir(parents=True)
        self.kinds: collections.Counter[str] = collections.Counter()
        self.failures: list[str] = []

    def kill(self, number: int) -> None:
        """One round: start, kill, check."""
        kind = self._chance.choices(KINDS, WEIGHTS)[0]
        early = kind != "leave" and self._chance.random() < EARLY
        process, pipe = self._start(number, last=False)
        if early:
            self._until(pipe, lambda: b"!opening" in self._seen)
            moment = self._chance.uniform(0, 0.4)
        else:
            if not self._until(pipe, lambda: self._ponged):
                self._fail(number, kind, ["the next turn does not work"])
            moment = self._chance.uniform(0, 2)
        self._until(pipe, lambda: False, moment)
        killed = self._strike(process.pid or 0, pipe, kind)
        if not self._until(pipe, lambda: self._ended):
            self._fail(number, kind, ["the engine does not end"])
            process.kill()
        process.join()
        self.kinds[f"{kind}, while it opened" if early else kind] += 1
        self._fail(number, kind, asyncio.run(self._check(number, killed)))

    def rest(self, number: int) -> None:
        """The last start: let everything come to its end."""
        process, pipe = self._start(number, last=True)
        if not self._until(pipe, lambda: self._ended):
            self._fail(number, "rest", ["it does not come to rest"])
            process.kill()
        process.join()
        self._fail(number, "rest", asyncio.run(self._check(number, time.monotonic_ns(), rest=True)))

    def _start(self, number: int, *, last: bool) -> tuple[multiprocessing.Process, Connection]:
        pipe, out = self._context.Pipe(duplex=False)
        seed = self._chance.randrange(1 << 30)
        process = self._context.Process(
            target=victim, args=(str(self._home), self._session, number, seed, out, last), daemon=True
        )
        process.start()
        out.close()
        self._seen: set[bytes] = set()
        self._ended = self._ponged = False
        self._pong = f'"pong {number}'
        return process, pipe  # type: ignore[return-value]

    def _until(self, pipe: Connection, enough, seconds: float = PATIENCE) -> bool:  # type: ignore[no-untyped-def]
        """Take what the victim says until it is enough or the time is over."""
        deadline = time.monotonic() + seconds
        while not enough():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            if self._ended:
                time.sleep(min(left, 0.01))
            elif pipe.poll(min(left, 0.1)):
                try:
                    self._take(pipe.recv_bytes())
                except (EOFError, OSError):
                    self._ended = True
        return True

    def _take(self, data: bytes) -> None:
        if not data.startswith(b"!"):
            event = ev.decode(data)
            self._session = event.session
            self._shown[event.seq] = data
            self._ponged = self._ponged or (b'"role":"assistant"' in data and self._pong.encode() in data)
            return
        self._seen.add(data)
        if data == b"!open":
            _, alive = psutil.wait_procs(self._left, timeout=0)
            self._remarks += [f"left: {process}" for process in alive if process.status() != psutil.STATUS_ZOMBIE]
            self._left = []
        elif data.startswith((b"!refused", b"!doubled", b"!cold")):
            self._remarks.append(data.decode()[1:])

    def _strike(self, pid: int, pipe: Connection, kind: str) -> int:
        """Kill; returns the moment of the first signal, in nanoseconds."""
        engine = psutil.Process(pid)
        if kind == "leave":
            engine.terminate()
            return time.monotonic_ns() + 10**15  # nothing may be missing
        family = engine.children(recursive=True)
        keepers = [child for child in family if _is_keeper(child)]
        commands = [child for child in family if child not in keepers]
        self._left = family
        killed = time.monotonic_ns()
        if kind == "all":
            victims = [engine, *family]
            self._chance.shuffle(victims)
        else:
            some = {"keeper": keepers, "command": commands}.get(kind, [])
            if some:
                _kill([self._chance.choice(some)])
                self._until(pipe, lambda: False, self._chance.uniform(0, 0.3))
            else:
                killed = time.monotonic_ns()
            victims = [engine]
        _kill(victims)
        if kind == "engine":
            # Keepers that live end everything by themselves.
            _, alive = psutil.wait_procs(self._left, timeout=PATIENCE)
            self._remarks += [f"left without a restart: {process}" for process in alive]
            self._left = []
        return killed

    async def _check(self, number: int, killed: int, *, rest: bool = False) -> list[str]:
        wrong, self._remarks = self._remarks, []
        if self._session is None:
            return wrong
        async with Store.open(self._home) as store:
            events = await store.events(self._session, with_output=True)
            row = await store.sessions.get(self._session)
            wrong += check_events(events, self._shown, row.events)
            wrong += self.printed.check(store, self._session, events, number, killed, opened=b"!open" in self._seen)
            if rest:
                wrong += await check_rest(store, self._session, events)
                wrong += [f"sandbox in the ledger: {left}" for left in await store.sandboxes.open(self._session)]
        return wrong

    def _fail(self, number: int, kind: str, wrong: list[str]) -> None:
        self.failures += [f"kill {number} ({kind}): {text[:600]}" for text in wrong]


def _is_keeper(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return any(word.endswith("keeper.py") for word in process.cmdline())
    return False


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()


def _marked(home: Path) -> list[str]:
    """Processes that carry a mark of a sandbox below this home."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if str(home) in process.environ().get("HOME", "") and process.status() != psutil.STATUS_ZOMBIE:
                found.append(str(process))
    return found


def run(kills: int, seed: int, *, said: bool = False) -> dict[str, object]:
    """Kill so many times; returns the numbers, with every failure as a sentence."""
    chance = random.Random(seed)  # noqa: S311
    kinds: collections.Counter[str] = collections.Counter()
    failures: list[str] = []
    behind, late, done, began = 0.0, 0, 0, time.monotonic()
    while done < kills:
        with tempfile.TemporaryDirectory(prefix="golfer-kills-", ignore_cleanup_errors=True) as folder:
            home = Path(folder).resolve()
            torture = Torture(home, chance)
            for number in range(1, min(ROUNDS, kills - done) + 1):
                torture.kill(number)
                done += 1
                if said:
                    print(f"{done}/{kills} {len(failures) + len(torture.failures)} failures", file=sys.stderr)
            torture.rest(number + 1)
            torture.failures += [f"left at the end: {process}" for process in _marked(home)]
            kinds += torture.kinds
            failures += torture.failures
            behind = max(behind, torture.printed.behind)
            late += torture.printed.late
            if said:
                print(*torture.failures, sep="\n", file=sys.stderr)
    return {
        "kills": kills,
        "kinds": dict(kinds),
        "failures": failures,
        "behind_ms": round(behind * 1000),
        "late": late,
        "seconds": round(time.monotonic() - began),
        "seed": seed,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = run(arguments.kills, arguments.seed, said=not arguments.json)
    print(json.dumps(result, indent=None if arguments.json else 2))
    sys.exit(bool(result["failures"]))


if __name__ == "__main__":
    main()
