"""The head of a worker's tile, and its line in the list. Pure: values in, strips out."""

import dataclasses as dc
import datetime as dt

from textual.strip import Strip

from golfer_tui.experiments.curves import curve, sparkline
from golfer_tui.model.gauges import Sample
from golfer_tui.model.session import Worker
from golfer_tui.model.workers import WorkerState
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui import figures
from golfer_tui.tui.inks import Inks
from golfer_tui.tui.live import Live, Meter
from golfer_tui.tui.look import LETTERS, Piece, row, width_of

HEAD = 3
"""Rows above the terminal: title, task, meter."""

NAME = 12
"""Columns that a name gets before anything is shown beside it."""

CURVE = 14
"""Columns of the small curve in a title."""


INDENT = 21
"""Column of the list at which the metric stands."""

METRIC = 29
"""Columns of the list for a metric with its curve."""

TOLD = 16
"""Columns that a sentence in the list needs, or it is left out."""


TYPING = " You type here; ctrl+] takes the keyboard back"

VALIDATION = ("val", "eval", "test")
"""How the names of metrics begin that tell more than those of a training step."""


@dc.dataclass(frozen=True)
class Tile:
    """One worker as it is to be shown now."""

    worker: Worker
    live: Live
    inks: Inks
    now: dt.datetime
    selected: bool = False
    focused: bool = False
    """True if the place of the keys is this tile."""
    typing: bool = False
    """True if what the person types goes to this terminal."""

    def edge(self) -> Piece:
        """The left edge of every row: broad if the tile is selected."""
        style = self.inks.states[self.worker.state]
        return ("█" if self.focused else "▌" if self.selected else "▎", style)

    def title(self, width: int) -> Strip:
        """State, name, newest metric with its curve, age."""
        inks = self.inks
        fill = inks.title_selected if self.focused else inks.title
        state = self.worker.state
        left = [self.edge(), (f" {LETTERS[state]} ", inks.badge(state)), (" ", fill)]
        name = one_line(self.worker.name)
        left.append((name, inks.name))
        if self.worker.attempt > 1:
            left.append((f" #{self.worker.attempt}", inks.dim))
        room = width - width_of(left[:3]) - min(len(name), NAME) - 2
        clock: list[Piece] = [(f" {self.clock()} ", inks.dim)]
        for right in ([*self._metric(graph=True), *clock], [*self._metric(graph=False), *clock], clock):
            if width_of(right) <= room:
                return row(left, right, width, fill)
        return row(left, [], width, fill)

    def task(self, width: int) -> Strip:
        """What it is to do; or that the person types here."""
        if self.typing:
            return row([self.edge(), (TYPING, self.inks.sign)], [], width, self.inks.sign)
        return row([self.edge(), (" ", self.inks.dim), (one_line(self.worker.spec.task), self.inks.dim)], [],
                   width, self.inks.body)  # fmt: skip

    def meter(self, width: int) -> Strip:
        """What it uses, with the last minutes; or why there is nothing to measure."""
        told = self._told()
        if told:
            return row([self.edge(), (" ", self.inks.dim), *told], [], width, self.inks.body)
        return row([self.edge(), *self._gauges(width - 2)], [], width, self.inks.body)

    def line(self, width: int) -> Strip:
        """All of the worker in one row, for the list."""
        inks = self.inks
        fill = inks.title_selected if self.focused else inks.body
        state = self.worker.state
        name = one_line(self.worker.name)
        left = [self.edge(), (f" {LETTERS[state]} ", inks.badge(state)), (" ", fill), (name, inks.name)]
        taken = width_of(left)
        if taken < INDENT:
            left.append((" " * (INDENT - taken), fill))
        clock = f"{self.clock()} "
        right: list[Piece] = [(clock.rjust(9), inks.dim)]
        sample = self.live.samples.get(self.worker.name)
        if width >= 56:
            meter = f" {_share(sample)} " if sample and state.active else ""
            right.insert(0, (meter.rjust(15), inks.memory))
        metric = self._metric(graph=width >= 74)
        if metric:
            left += [(" ", fill), *metric]
            if width >= 74:
                left.append((" " * max(0, INDENT + METRIC - width_of(left)), fill))
        told = self._told() or [(one_line(self.worker.spec.task), inks.dim)]
        if width - width_of(left) - width_of(right) >= TOLD:
            left += [("  ", fill), *told]
        return row(left, right, width, fill)

    def clock(self) -> str:
        """Place in the queue while it waits, else how long it runs or ran."""
        worker = self.worker
        match worker.state:
            case WorkerState.QUEUED:
                place, _ = self.live.waiting.get(worker.name, (worker.position, ""))
                return f"queue {place}" if place else "queued"
            case WorkerState.STARTING | WorkerState.RUNNING:
                return figures.span(figures.since(worker.started or worker.asked, self.now))
            case _ if worker.started is None:
                return "—"
            case _:
                return figures.span(figures.since(worker.started, worker.finished or worker.started))

    def _metric(self, *, graph: bool) -> list[Piece]:
        worker = self.worker
        name = headline(worker)
        points = worker.curves.get(name)
        if not points:
            return []
        found: list[Piece] = [
            (one_line(name) + " ", self.inks.dim),
            (figures.value(points[-1].value), self.inks.metric),
        ]
        if graph:
            values = [point.value for point in points]
            found += [(" ", self.inks.dim), (curve(values, CURVE), self.inks.curve)]
        return found

    def _told(self) -> list[Piece]:
        """The sentence that stands where there is no meter; empty if there is one."""
        worker, inks = self.worker, self.inks
        style = inks.states[worker.state]
        match worker.state:
            case WorkerState.QUEUED:
                _, reason = self.live.waiting.get(worker.name, (0, worker.reason))
                return [("◷ ", style), (one_line(reason) or "waits for its place", inks.dim)]
            case WorkerState.STARTING:
                return [("◌ ", style), ("the sandbox is starting", inks.dim)]
            case WorkerState.SUSPENDED:
                return [("‖ ", style), ("kept; goes on when the session does", inks.dim)]
            case WorkerState.RUNNING:
                return []
            case _:
                glyph = "✓ " if worker.state is WorkerState.DONE else "✗ "
                return [(glyph, style), (one_line(worker.summary) or str(worker.state), inks.body)]

    def _gauges(self, width: int) -> list[Piece]:
        sample, inks = self.live.samples.get(self.worker.name), self.inks
        if sample is None:
            return [(" measuring", inks.dim)]
        meter = self.live.meters.get(self.worker.name, Meter())
        gpus = [gpu for gpu in sample.gpus if gpu.utilization is not None or gpu.memory_used is not None]
        if gpus:
            use = sum(gpu.utilization or 0.0 for gpu in gpus) / len(gpus)
            held = sum(gpu.memory_used or 0 for gpu in gpus)
            total = sum(gpu.memory_total or 0 for gpu in gpus)
            label = "gpu" if len(gpus) == 1 else f"{len(gpus)} gpus"
            memory = f"{figures.size(held)}/{figures.size(total)}" if total else figures.size(held)
            series, kept, top, high = meter.gpu, meter.gpu_memory, 100.0, float(total) or None
        else:
            use, label, memory = sample.cpu, "cpu", figures.size(sample.memory)
            # 100 percent are one core; a worker that takes more stretches the scale to whole cores.
            top = 100.0 * max(1, -(-int(max([*meter.cpu, sample.cpu])) // 100))
            series, kept, high = meter.cpu, meter.memory, None
        first, second = f" {label} {use:>3.0f}% ", f"  mem {memory} "
        room = width - len(first) - len(second)
        long = min(10, max(0, room // 4)) if room >= 16 else 0
        graph = min(30, max(0, (room - long - 1) // 2))
        full, rest = figures.bar(use / top, long)
        high = high or max(kept, default=0.0) * 1.25
        return [
            (first, inks.body), (full, inks.fill), (rest, inks.track), (" " if long else "", inks.track),
            (sparkline(list(series), graph, low=0.0, high=top), inks.fill),
            (second, inks.body), (sparkline(list(kept), graph, low=0.0, high=high), inks.memory),
        ]  # fmt: skip


def headline(worker: Worker) -> str:
    """The metric that stands in a title: one of a validation if there is any, else the one that was read last."""
    measured = [name for name in worker.curves if name.startswith(VALIDATION)]
    return measured[-1] if measured else worker.newest


def _share(sample: Sample) -> str:
    if sample.gpus:
        use = sum(gpu.utilization or 0.0 for gpu in sample.gpus) / len(sample.gpus)
        return f"gpu {use:.0f}% {figures.size(sum(gpu.memory_used or 0 for gpu in sample.gpus))}"
    return f"cpu {sample.cpu:.0f}% {figures.size(sample.memory)}"
