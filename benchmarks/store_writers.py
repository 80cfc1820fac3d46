"""Several golfers on one store: how long a write takes, and whether anything is lost or refused.

    python benchmarks/store_writers.py [--seconds 60] [--processes 4] [--rate 500] [--no-limits]

First one process alone, then all of them at once on one new store, each with a session of its own, that it claims and
writes at that many events a second. A write takes from `emit` until the event is on disk and would be shown. Then each
journal is read back and held against what was emitted. Exits with 1 if an event was lost, doubled or refused, or if the
99th percentile of the writes takes more than 50 ms.
"""

import argparse
import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model.errors import StoreError
from golfer_tui.store.moments import now
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store

LIMIT = 0.05
"""Seconds that the 99th percentile of the writes may take."""

TICK = 0.01
"""Seconds between two handfuls of events, as agents and terminals bring them."""


def writer(home: str, session: str, seconds: float, rate: int, out: Connection) -> None:
    """The process of one golfer; says that it is ready, waits for the word, and sends its figures."""
    asyncio.run(_write(Path(home), session, seconds, rate, out))


async def _write(home: Path, session: str, seconds: float, rate: int, out: Connection) -> None:
    emitted: list[float] = []
    taken: list[float] = []
    refused: list[str] = []

    def on_disk(events: list[ev.Event]) -> None:
        moment = time.perf_counter()
        taken.extend(moment - emitted[event.seq - 1] for event in events)

    async with Store.open(home) as store:
        lease = await store.sessions.claim(session)
        try:
            async with store.journal(session, on_disk, lambda error: refused.append(error.code)) as journal:
                out.send("ready")
                await asyncio.to_thread(out.recv)
                begun = time.perf_counter()
                while (passed := time.perf_counter() - begun) < seconds:
                    for _ in range(int(passed * rate) - len(emitted)):
                        text = str(len(emitted))
                        emitted.append(time.perf_counter())
                        journal.emit(ev.Draft(ae.Message(role="assistant", text=text), "w"))
                    await asyncio.sleep(TICK)
        except StoreError as error:
            refused.append(error.code)
        finally:
            lease.release()
    out.send((len(emitted), taken, refused))


def together(home: Path, sessions: Sequence[str], seconds: float, rate: int) -> tuple[list[float], list[str]]:
    """Let one process write each of these sessions at the same time; the times of all writes, and what went wrong."""
    asyncio.run(_make(home, sessions))
    context = multiprocessing.get_context("spawn")
    started = []
    for session in sessions:
        here, there = context.Pipe()
        process = context.Process(target=writer, args=(str(home), session, seconds, rate, there), daemon=True)
        process.start()
        there.close()
        started.append((session, process, here))
    for _, _, pipe in started:
        pipe.recv()
    for _, _, pipe in started:
        pipe.send("go")
    times: list[float] = []
    wrong: list[str] = []
    for session, process, pipe in started:
        count, taken, refused = pipe.recv()
        process.join()
        times += taken
        wrong += [f"{session}: refused: {code}" for code in refused]
        wrong += asyncio.run(_check(home, session, count))
    return times, wrong


async def _make(home: Path, sessions: Sequence[str]) -> None:
    async with Store.open(home) as store:
        for session in sessions:
            await store.sessions.create(SessionRow(id=session, backend="local", created=now(), updated=now()))


async def _check(home: Path, session: str, count: int) -> list[str]:
    """Each event is there, once and in order."""
    async with Store.open(home) as store:
        found = [(event.seq, getattr(event.body, "text", "")) async for event in store.each_event(session)]
        told = (await store.sessions.get(session)).events
    right = found == [(number + 1, str(number)) for number in range(count)] and told == count
    return [] if right else [f"{session}: {count} events were emitted, {len(found)} are there, {told} are told"]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share of them do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--rate", type=int, default=500, help="events a second of each process")
    parser.add_argument("--no-limits", action="store_true", help="let any time of a write pass")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="golfer-writers-") as folder:
        home = Path(folder).resolve()
        alone, wrong = together(home, ["alone"], options.seconds, options.rate)
        names = [f"writer-{number}" for number in range(options.processes)]
        times, more = together(home, names, options.seconds, options.rate)
        wrong += more
    for text in wrong:
        print(text, file=sys.stderr)
    worst = percentile(times, 0.99)
    reached = len(times) / options.processes / options.seconds
    print(
        f"{options.processes} processes, {reached:.0f} events a second each, {len(times)} in all, {len(wrong)} errors"
    )
    for share in (0.5, 0.99, 1.0):
        one, all_ = percentile(alone, share), percentile(times, share)
        print(
            f"write p{share * 100:.0f}  {all_ * 1000:6.1f} ms, {all_ / one:.1f}x one process alone ({one * 1e3:.1f} ms)"
        )
    return int(bool(wrong) or (worst > LIMIT and not options.no_limits))


if __name__ == "__main__":
    sys.exit(main())
