"""The head of a worker's tile, and its line in the list. Pure: values in, strips out."""

import dataclasses as dc
import datetime as dt

from rich.style import Style
from textual.strip import Strip

from golfer_tui.experiments.curves import curve
from golfer_tui.experiments.leaderboard import VALIDATION
from golfer_tui.model import figures
from golfer_tui.model.commands import Terminal
from golfer_tui.model.spending import money
from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.workers import WorkerState
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.inks import Inks
from golfer_tui.tui.live import Live, Meter
from golfer_tui.tui.look import LETTERS, Piece, row, width_of
from golfer_tui.tui.meters import meter_row, share

HEAD = 3
"""Rows above the terminal: title, task, meter."""

NAME = 12
"""Columns that a name gets before anything is shown beside it."""

PROGRAM = 60
"""Characters of a program's title that are shown at most."""

CURVE = 14
"""Columns of the small curve in a title."""


INDENT = 21
"""Column of the list at which the metric stands."""

METRIC = 29
"""Columns of the list for a metric with its curve."""

TOLD = 16
"""Columns that a sentence in the list needs, or it is left out."""


NEEDS = Style.from_meta({"needs": True})
"""Where a click answers what waits for the person."""

TYPING: dict[Terminal, str] = {
    "agent": " You type here, the agent cannot; ctrl+] gives it back",
    "shell": " You type here, in your own shell; ctrl+] leaves it",
}
SHELL = " Your own shell: s types into it, t shows the agent's terminal"
SHELL_ENDED = " Your shell has ended; s opens another, t shows the agent's terminal"
"""What stands where the task does, as long as the agent's terminal is not what is shown."""


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
    marked: bool = False
    """True if the person has marked it, to act on it together with others."""
    typing: bool = False
    """True if what the person types goes to this terminal."""
    terminal: Terminal = "agent"
    """Which of the worker's terminals is shown."""
    program: str = ""
    """What the program in it calls itself."""

    def edge(self) -> Piece:
        """The left edge of every row: broad if the tile is selected."""
        style = self.inks.states[self.worker.state]
        return ("█" if self.focused else "▌" if self.selected else "▎", style)

    def title(self, width: int) -> Strip:
        """State, name, newest metric with its curve, age."""
        inks = self.inks
        fill = inks.title_selected if self.focused else inks.title
        state = self.worker.state
        left = [self.edge(), (f" {LETTERS[state]} ", inks.badge(state)), *self._mark(), (" ", fill)]
        name = one_line(self.worker.name)
        left.append((name, inks.name))
        if self.worker.attempt > 1:
            left.append((f" #{self.worker.attempt}", inks.dim))
        left += [*self._needs_mark(), *self._shell_mark()]
        if self.program:
            left.append((f" {one_line(self.program, PROGRAM)}", inks.dim))
        marks = width_of([*self._needs_mark(), *self._shell_mark()])
        room = width - width_of(left[:3]) - width_of(self._mark()) - min(len(name), NAME) - 2 - marks
        clock: list[Piece] = [(f" {self.clock()} ", inks.dim)]
        cost: list[Piece] = [(self._cost(), inks.dim), *clock]
        for right in (
            [*self._metric(graph=True), *cost],
            [*self._metric(graph=False), *cost],
            [*self._metric(graph=False), *clock],
            clock,
        ):
            if width_of(right) <= room:
                return row(left, right, width, fill)
        return row(left, [], width, fill)

    def task(self, width: int) -> Strip:
        """What it is to do; or who types here, and what the agent does meanwhile."""
        if self.typing:
            typing: list[Piece] = [self.edge(), (TYPING[self.terminal], self.inks.sign)]
            doing: list[Piece] = [(f"{self._doing()} ", self.inks.sign)]
            return row(typing, doing if width_of(typing) + width_of(doing) < width else [], width, self.inks.sign)
        if self.worker.needs:
            return row([self.edge(), (" ", self.inks.dim), *self._needs()], [], width, self.inks.body)
        if self.terminal == "shell":
            told = SHELL if self.worker.name in self.live.shells else SHELL_ENDED
            return row([self.edge(), (told, self.inks.dim)], [], width, self.inks.body)
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
        left = [self.edge(), (f" {LETTERS[state]} ", inks.badge(state)), *self._mark(), (" ", fill), (name, inks.name)]
        left += [*self._needs_mark(), *self._shell_mark()]
        taken = width_of(left)
        if taken < INDENT:
            left.append((" " * (INDENT - taken), fill))
        clock = f"{self.clock()} "
        right: list[Piece] = [(clock.rjust(9), inks.dim)]
        sample = self.live.samples.get(self.worker.name)
        if width >= 56 and not self.worker.needs:
            meter = f" {share(sample)} " if sample and state.active else ""
            right.insert(0, (meter.rjust(15), inks.memory))
        metric = [] if self.worker.needs else self._metric(graph=width >= 74)
        if metric:
            left += [(" ", fill), *metric]
            if width >= 74:
                left.append((" " * max(0, INDENT + METRIC - width_of(left)), fill))
        told = self._needs() or self._told() or [(one_line(self.worker.spec.task), inks.dim)]
        if width - width_of(left) - width_of(right) >= TOLD:
            left += [("  ", fill), *told]
        return row(left, right, width, fill)

    def _needs_mark(self) -> list[Piece]:
        """That it waits for the person; a click shows for what."""
        if not self.worker.needs:
            return []
        return [(" ", self.inks.dim), (" ! ", self.inks.needs + NEEDS)]

    def _needs(self) -> list[Piece]:
        """What it waits for."""
        needs = self.worker.needs
        return [(f"needs you: {one_line(needs)}", self.inks.alarm + NEEDS)] if needs else []

    def _mark(self) -> list[Piece]:
        """That the person has marked it."""
        return [("◆ ", self.inks.sign)] if self.marked else []

    def _shell_mark(self) -> list[Piece]:
        """That the person has a shell open here."""
        if self.worker.name not in self.live.shells:
            return []
        return [(" ", self.inks.dim), (" $ ", self.inks.sign)]

    def _doing(self) -> str:
        """What the agent does, for a person who types here."""
        if self.worker.state is WorkerState.PAUSED:
            return "the agent is paused"
        if not self.worker.state.active:
            return "the agent has ended"
        return "the agent runs a command" if self.worker.commands.running else "the agent thinks"

    def clock(self) -> str:
        """Place in the queue while it waits, else how long it runs or ran."""
        worker = self.worker
        match worker.state:
            case WorkerState.QUEUED:
                place, _ = self.live.waiting.get(worker.name, (worker.position, ""))
                return f"queue {place}" if place else "queued"
            case WorkerState.STARTING | WorkerState.RUNNING:
                return figures.span(figures.since(worker.started or worker.asked, self.now))
            case WorkerState.PAUSED:
                return "paused"
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
            found += [(" ", self.inks.dim), (curve(points.values, CURVE), self.inks.curve)]
        return found

    def _told(self) -> list[Piece]:
        """The sentence that stands where there is no meter; empty if there is one."""
        worker, inks = self.worker, self.inks
        style = inks.states[worker.state]
        if worker.stopping:
            return [("◌ ", style), (f"stopping: {one_line(worker.stopping)}", inks.alarm)]
        match worker.state:
            case WorkerState.QUEUED:
                _, reason = self.live.waiting.get(worker.name, (0, worker.reason))
                return [("◷ ", style), (one_line(reason) or "waits for its place", inks.dim)]
            case WorkerState.STARTING:
                return [("◌ ", style), ("the sandbox is starting", inks.dim)]
            case WorkerState.PAUSED:
                return [("‖ ", style), (stands_still(worker, self.now), inks.dim)]
            case WorkerState.SUSPENDED:
                return [("◌ ", style), ("kept; goes on when the session does", inks.dim)]
            case WorkerState.RUNNING:
                return []
            case _:
                glyph = "✓ " if worker.state is WorkerState.DONE else "✗ "
                return [(glyph, style), (one_line(worker.summary) or str(worker.state), inks.body)]

    def _gauges(self, width: int) -> list[Piece]:
        worker = self.worker
        sample = self.live.samples.get(worker.name)
        if sample is None:
            return [(" measuring", self.inks.dim)]
        meter = self.live.meters.get(worker.name, Meter())
        asked = worker.spec.gpu is not None
        return meter_row(sample, meter, self.inks, width, asked=asked, idle=worker.idle_gpus)

    def _cost(self) -> str:
        """What it has spent, if that is worth a word."""
        bill = self.worker.bill(self.now)
        return f" {bill}" if bill.dollars else " cost unknown" if bill.unpriced else ""


def stands_still(worker: Worker, now: dt.datetime) -> str:
    """Who paused a worker, and what goes on all the same."""
    if worker.paused_by == "engine":
        return "paused: the budget is spent; goes on when it is raised"
    told = "paused by you" if worker.paused_by == "person" else "paused by the orchestrator"
    if not worker.holds:
        return f"{told}; goes on from its workspace"
    told += "; its processes stand still" if worker.stopped else "; its processes go on"
    hour = worker.bill(now).per_hour
    return f"{told}, and it costs {money(hour)}/h" if hour else told


def headline(worker: Worker) -> str:
    """The metric that stands in a title: one of a validation if there is any, else the one that was read last."""
    measured = [name for name in worker.curves if name.startswith(VALIDATION)]
    return measured[-1] if measured else worker.newest
