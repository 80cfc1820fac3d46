"""What must hold of a session after a kill: each check returns sentences about what does not."""

import itertools
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from kill_printer import line
from loopback.refusals import Refusal
from loopback.responses_items import Archive, check_items

from golfer_tui.experiments.metrics import MetricReader
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.store.castfile import CastFile
from golfer_tui.store.store import Store

ALLOWED = 0.25
"""Seconds by which a recording may be behind; more is told as late."""

LOST = 10.0
"""Seconds after which no busy machine is an excuse: what was printed before is lost."""


def check_events(events: list[ev.Event], shown: dict[int, bytes], stored: int) -> list[str]:
    """Everything that was shown is there as it was shown; numbers have no gap; nothing happened twice."""
    wrong = []
    numbers = [event.seq for event in events]
    if numbers != list(range(1, len(events) + 1)) or stored != len(events):
        wrong.append(f"gap: {len(events)} events, numbered up to {numbers[-1]}, the session says {stored}")
    kept = {event.seq: ev.encode(event) for event in events}
    wrong += [f"lost: event {seq} was shown and is {kept.get(seq)!r}" for seq in shown if kept.get(seq) != shown[seq]]
    once: Counter[tuple[object, ...]] = Counter()
    ends: Counter[str | None] = Counter()
    for event in events:
        match event.body:
            case ae.Message(id=str(id_)) if id_:
                once["message", id_] += 1
            case ae.ToolCalled(call=id_) | ae.ToolFinished(call=id_) as body:
                once[type(body), id_] += 1
            case ae.TurnStarted(turn=id_) | ae.TurnFinished(turn=id_) as body:
                once[type(body), id_] += 1
            case (
                we.WorkerQueued(attempt=attempt)
                | we.WorkerStarted(attempt=attempt)
                | we.WorkerFinished(attempt=attempt)
            ) as body:
                once[type(body), event.worker, attempt] += 1
            case we.WorkerOutput() as body:
                if body.offset != ends[event.worker]:
                    wrong.append(f"output of {event.worker} at {body.offset}, after {ends[event.worker]}")
                ends[event.worker] = body.offset + body.size
            case _:
                pass
    return wrong + [f"doubled: {key}" for key, times in once.items() if times > 1]


class Printed:
    """What the printers of a home printed, and how the recordings compare to it."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes
        self._killed: dict[int, int] = {}
        self._settled: dict[str, list[int]] = {}
        """By worker, the ends of its recording after each kill."""
        self._kept: dict[str, int] = {}
        """By printer, how many of its lines were recorded when that was first looked at."""
        self._judged: set[str] = set()
        self.behind = 0.0
        """Seconds by which a recording was behind at most."""
        self.late = 0
        """How many were behind by more than is allowed."""

    def check(
        self, store: Store, session: str, events: list[ev.Event], number: int, killed: int, *, opened: bool
    ) -> list[str]:
        """After the kill of victim `number` at the time `killed` in nanoseconds; `opened`: it had come that far."""
        self._killed[number] = killed
        wrong = []
        for worker in sorted({event.worker for event in events if event.worker}):
            path = store.layout.recording(session, worker)
            data = CastFile(path).read(0, 1 << 40)
            wrong += [f"{worker}: {text}" for text in self._compare(worker, data)]
            if opened:
                wrong += [f"{worker}: {text}" for text in self._metrics(worker, data, events)]
            self._settled.setdefault(worker, [0]).append(len(data))
        return wrong

    def _compare(self, worker: str, data: bytes) -> list[str]:
        """The recording is what the printers wrote, one after the other, each up to some byte."""
        wrong: list[str] = []
        at = 0
        runs = sorted(self._runs(worker), key=lambda run: run[1][-1])
        begins = [_printed(notes.name, 0) for notes, _ in runs]
        for notes, begun in runs:
            killed = self._killed[int(notes.name.split("-")[1])]
            number, whole = 0, _printed(notes.name, 0)
            while data.startswith(whole, at):
                at += len(whole)
                number += 1
                whole = _printed(notes.name, number)
            if not any(data.startswith(begin, at) for begin in begins):
                at += next(size for size in range(len(whole), -1, -1) if data.startswith(whole[:size], at))
            before = self._kept.setdefault(notes.name, number)
            if number < before:
                wrong.append(f"{notes.name}: {before} lines were recorded, {number} are left")
            if number > max(begun) + 2:
                wrong.append(f"{notes.name}: {number} lines recorded, {max(begun) + 1} printed")
            if (late := begun.get(number)) is not None and late < killed and notes.name not in self._judged:
                self.behind = max(self.behind, (killed - late) / 1e9)
                self.late += killed - late > ALLOWED * 1e9
                if killed - late > LOST * 1e9:
                    wrong.append(f"{notes.name}: line {number} was printed {(killed - late) / 1e9:.1f} s before it")
            self._judged.add(notes.name)
        if at != len(data):
            wrong.append(f"recorded at byte {at} of {len(data)} what nobody printed: {data[at : at + 80]!r}")
        return wrong

    def _runs(self, worker: str) -> list[tuple[Path, dict[int, int]]]:
        runs = []
        for notes in self._notes.glob(f"{worker}-*"):
            lines = [text.split() for text in notes.read_text().splitlines(keepends=True) if text.endswith("\n")]
            if lines:
                runs.append((notes, {int(number): int(time) for number, time in lines}))
        return runs

    def _metrics(self, worker: str, data: bytes, events: list[ev.Event]) -> list[str]:
        """What was told of the metrics up to the last resume stands in the recording, and nothing twice."""
        bounds = self._settled.get(worker, [0])
        expected = []
        for begin, end in itertools.pairwise(bounds):
            expected += [(each.name, each.step, each.offset) for each in MetricReader(begin).feed(data[begin:end])]
        told = [
            (event.body.name, event.body.step, event.body.offset)
            for event in events
            if isinstance(event.body, we.WorkerMetric) and event.worker == worker and event.body.offset < bounds[-1]
        ]
        # Of many values a second, not every one is told; none is told twice, or out of order.
        left = iter(expected)
        return [] if all(each in left for each in told) else [f"metrics doubled or out of place among {len(told)}"]


def _printed(label: str, number: int) -> bytes:
    """A line as it comes out of the terminal."""
    return line(label, number).replace("\n", "\r\n").encode()


async def check_rest(store: Store, session: str, events: list[ev.Event]) -> list[str]:
    """After the session came to rest: every memory is whole, what was said is in it once, every report was read."""
    wrong = []
    agents: list[str] = ["orchestrator", *{event.worker for event in events if event.worker}]
    for agent in agents:
        try:
            if items := await store.memory(session, agent).get_items():
                check_items(items, Archive())
        except Refusal as refusal:
            wrong.append(f"refused the memory of {agent}: {refusal.message}")
    texts = Counter(str(item.get("content")) for item in await store.memory(session).get_items())
    for event in events:
        body = event.body
        if isinstance(body, ae.Message) and event.worker is None and body.text.startswith(("ping ", "Worker ")):
            wrong += [f"{texts[body.text]} times in the memory: {body.text!r}"] * (texts[body.text] != 1)
    newest = {event.worker: event.body for event in events if isinstance(event.body, we.WorkerFinished)}
    read = {(event.worker, event.body.attempt) for event in events if isinstance(event.body, we.ReportDelivered)}
    return wrong + [f"nobody read {name}'s report" for name, body in newest.items() if (name, body.attempt) not in read]
