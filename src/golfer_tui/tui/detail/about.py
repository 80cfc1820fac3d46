"""A worker in words and numbers: its task, report, metrics, commands, settings, and what it used."""

import datetime as dt
import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from golfer_tui.experiments.curves import curve
from golfer_tui.model import figures
from golfer_tui.model.snapshots import Snapshot
from golfer_tui.model.spending import money
from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.worker_limits import written
from golfer_tui.model.workers import WorkerState
from golfer_tui.terminal.clean import clean, one_line
from golfer_tui.tui.detail.page import Page
from golfer_tui.tui.live import Live, Meter
from golfer_tui.tui.look import LETTERS, STATE_COLOURS
from golfer_tui.tui.meters import gpu_lines
from golfer_tui.tui.tile import stands_still

if TYPE_CHECKING:
    from golfer_tui.tui.watch import Watch

COMMANDS = 40
"""Newest commands that are listed."""

CURVE = 24
"""Columns of a metric's curve."""

GPU_CURVE = 12
"""Columns of the curve of a GPU's use."""

Part = tuple[str, str]


class About(Page, VerticalScroll, can_focus=False):
    """Shows one worker in words and numbers."""

    def __init__(self, *, now: Callable[[], dt.datetime]) -> None:
        super().__init__()
        self._now = now
        self._told = Content()

    def compose(self) -> ComposeResult:
        yield Static(id="told")

    def show(self, watch: "Watch", worker: Worker) -> None:
        """Draw this worker and its snapshots, if anything about it is new."""
        snapshots = tuple(each for each in watch.state.snapshots.values() if each.worker == worker.name)
        model = worker.spec.model or ("" if watch.state.scripted else watch.engine.settings.model.worker)
        told = Content.assemble(*self._tell(worker, model or watch.state.model, watch.live, snapshots))
        if told != self._told:
            self._told = told
            self.query_one("#told", Static).update(told)

    def copied(self) -> str:
        return self._told.plain

    def _tell(self, worker: Worker, model: str, live: Live, snapshots: tuple[Snapshot, ...]) -> Iterator[Part]:
        colour = STATE_COLOURS[worker.state]
        yield f" {LETTERS[worker.state]} ", f"bold reverse {colour}"
        yield f" {one_line(worker.name)} ", "bold"
        yield f"{worker.state}", colour
        yield f", attempt {worker.attempt}\n" if worker.attempt > 1 else "\n", "$foreground 65%"
        if worker.state is WorkerState.PAUSED:
            yield f"{stands_still(worker, self._now())}\n", "$warning"
        if worker.stopping:
            yield f"stopping: {one_line(worker.stopping)}\n", "$warning"
        yield from _section("task")
        yield clean(worker.spec.task) + "\n", ""
        if worker.summary:
            yield from _section("report")
            yield clean(worker.summary) + "\n", ""
        if worker.curves:
            yield from _section("metrics")
        for name, points in worker.curves.items():
            values = points.values
            numbers = [value for value in values if math.isfinite(value)] or values
            newest = points[-1]
            at = f" at {newest.step}" if newest.step is not None else ""
            yield f"{one_line(name)} ", "$foreground 65%"
            yield figures.value(newest.value), "bold $accent"
            yield f"{at}  {figures.value(min(numbers))} … {figures.value(max(numbers))}\n", "$foreground 65%"
            yield curve(values, CURVE) + "\n", "$primary"
        yield from _gauges(worker, live)
        if worker.tunnels and worker.holds:
            yield from _section("ports")
            for each in worker.tunnels:
                yield f"{each.port:<8} ", "$foreground 65%"
                yield one_line(each.address or "no address was told") + "\n", ""
        if snapshots:
            yield from _section("snapshots")
            for kept in snapshots:
                yield f"{one_line(kept.id)} ", "bold"
                size = "" if kept.kept.size is None else f", {figures.size(kept.kept.size)}"
                yield f"{kept.time.astimezone():%H:%M:%S}{size}\n", "$foreground 65%"
        if worker.commands:
            yield from _section("commands")
        for command in worker.commands[-COMMANDS:]:
            if not command.ended:
                yield "◌ ", "bold $accent"
            elif command.exit_code:
                yield f"✗ {command.exit_code} ", "bold $error"
            else:
                yield "✓ ", "bold $success"
            yield one_line(command.text), ""
            yield (f" {figures.brief(command.seconds)}" if command.ended else "") + "\n", "$foreground 65%"
        yield from _section("about")
        tokens, bill = worker.tokens, worker.bill(self._now())
        facts = {
            "profile": worker.spec.profile,
            "copy of": worker.spec.parent,
            "from": worker.spec.snapshot,
            "skills": ", ".join(worker.spec.skills),
            "gpu": str(worker.spec.gpu or "") + (f" ({', '.join(worker.devices)})" if worker.devices else ""),
            "model": model,
            "limits": written(worker.max_turns, worker.timeout) if worker.max_turns or worker.timeout else "",
            "tokens": f"{figures.tally(tokens.input)} in, {figures.tally(tokens.output)} out"
            if tokens.requests
            else "",
            "spent": f"{bill}"
            + (f": {money(bill.sandboxes)} sandbox, {money(bill.models)} model" if bill.dollars else ""),
            "by hour": money(bill.per_hour) if bill.per_hour else "",
            "gpu time": f"{bill.gpu_hours:.2f} h" if bill.gpu_hours else "",
            "no price": ", ".join(bill.unpriced),
            "printed": figures.size(worker.tape_end),
            "sandbox": worker.sandbox,
            "folder": worker.workspace,
            "started": worker.started.astimezone().strftime("%H:%M:%S") if worker.started else "",
        }
        for name, fact in facts.items():
            if fact:
                yield f"{name:<8} ", "$foreground 65%"
                yield one_line(fact) + "\n", ""


def _gauges(worker: Worker, live: Live) -> Iterator[Part]:
    sample = live.samples.get(worker.name)
    if sample is None or not worker.holds:
        return
    yield from _section("uses now")
    yield "cpu     ", "$foreground 65%"
    yield f"{sample.cpu:.0f}% of a core, {figures.size(sample.memory)}, {sample.processes} processes\n", ""
    for name, use, graph, rest in gpu_lines(sample, live.meters.get(worker.name, Meter()), GPU_CURVE):
        yield f"gpu {name}  ", "$foreground 65%"
        yield f"{use:>4} ", "bold $accent"
        yield graph + " ", "$primary"
        yield rest + "\n", ""
    if worker.spec.gpu is not None and not sample.gpus:
        yield f"no gpu: {one_line(sample.gpu_note) or 'none was seen yet'}\n", "$warning"
    if worker.idle_gpus:
        yield f"idle for minutes: gpu {' '.join(map(str, worker.idle_gpus))}\n", "bold $warning"


def _section(title: str) -> Iterator[Part]:
    yield f"\n{title}\n", "bold $secondary"
