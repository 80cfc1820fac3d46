"""All runs of a session by one metric, ranked, with what each took and how it was set. Pure: workers in, rows out."""

import bisect
import dataclasses as dc
import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Literal

from golfer_tui.experiments.leaderboard import Run, best, rank
from golfer_tui.experiments.options import options_of
from golfer_tui.model import figures
from golfer_tui.model.points import Point
from golfer_tui.model.spending import Bill
from golfer_tui.model.worker_commands import Command
from golfer_tui.model.worker_fold import Worker

Over = Literal["step", "time"]
"""What a curve goes along: the steps that were printed, or the seconds since its run began."""


@dc.dataclass(frozen=True)
class Score:
    """One run in the table."""

    place: int
    """1 is the best."""
    run: Run[Point]
    worker: Worker
    only: bool
    """The worker has no other run with this metric."""
    began: dt.datetime
    """When the command that printed its first value was started; without one, when that was read."""
    seconds: float
    """From there to its newest value, or up to now while it runs."""
    bill: Bill
    """What its worker has spent up to now, over all its runs."""
    settings: Mapping[str, str]
    """What the line of that command says, and what its worker was asked for with."""

    @property
    def key(self) -> str:
        """Names it as long as its worker is not started afresh."""
        return f"{self.worker.name} {self.run.number}"

    @property
    def name(self) -> str:
        """As it is shown: the worker, and which of its runs if there are several."""
        return self.worker.name if self.only else f"{self.worker.name} · {self.run.number}"

    @property
    def step(self) -> int | None:
        """The newest step; None if none was printed."""
        return next((point.step for point in reversed(self.run.curve) if point.step is not None), None)

    @property
    def leads(self) -> bool:
        """It is the best of all, by a number."""
        return self.place == 1 and math.isfinite(self.run.value)

    def points(self, over: Over) -> list[tuple[float, float]]:
        """Its curve; x is a step, or seconds since it began. A result without a step belongs to the last one."""
        if over == "time":
            return [((point.time - self.began).total_seconds(), point.value) for point in self.run.curve]
        last, found = 0, []
        for point in self.run.curve:
            last = last if point.step is None else point.step
            found.append((float(last), point.value))
        return found


def scores(workers: Mapping[str, Worker], metric: str, now: dt.datetime, *, lower: bool | None = None) -> list[Score]:
    """All runs that have the metric, the best first.

    Args:
        workers: Of a session, by name.
        metric: Name of the metric.
        now: For what is still going on.
        lower: Whether less is better; by default the metric's name decides.
    """
    ranked = rank({name: worker.curves for name, worker in workers.items()}, metric, lower=lower)
    own: dict[str, dict[int, Run[Point]]] = {}
    for run in ranked:
        own.setdefault(run.worker, {})[run.number] = run
    return [_score(place, run, own[run.worker], workers[run.worker], now) for place, run in enumerate(ranked, 1)]


def snapshot(workers: Mapping[str, Worker]) -> dict[str, Worker]:
    """The workers with curves of their own, to be read in a thread while the session goes on."""
    return {
        name: dc.replace(worker, curves={metric: curve.copy() for metric, curve in worker.curves.items()})
        for name, worker in workers.items()
    }


def leaders(ranked: Sequence[Score]) -> list[Score]:
    """Each worker's best run, in the same order."""
    chosen = {id(run) for run in best(score.run for score in ranked)}
    return [score for score in ranked if id(score.run) in chosen]


def command_of(worker: Worker, offset: int) -> Command | None:
    """The command that printed what stands at an offset of the tape: of several at once the one that began last."""
    for command in reversed(worker.commands[: bisect.bisect_right(worker.commands, offset, key=_begin)]):
        if not command.ended or offset < command.end:
            return command
    return None


def settings_of(worker: Worker, command: Command | None) -> dict[str, str]:
    """What a run was set to: by its worker's request, under names with a blank in them, and by its command line."""
    spec = worker.spec
    asked = {
        "agent model": spec.model,
        "worker profile": spec.profile,
        "gpu type": str(spec.gpu) if spec.gpu is not None else "",
        "from snapshot": spec.snapshot,
    }
    given = options_of(command.text) if command is not None else {}
    return {**{name: value for name, value in asked.items() if value}, **given}


def _begin(command: Command) -> int:
    return command.offset


def _score(place: int, run: Run[Point], own: Mapping[int, Run[Point]], worker: Worker, now: dt.datetime) -> Score:
    # The last word of a run may come from another command, such as an evaluation.
    command = command_of(worker, run.curve[0].offset)
    began = command.started if command is not None else run.curve[0].time
    if (before := own.get(run.number - 1)) is not None:
        # One command may do several runs.
        began = max(began, before.curve[-1].time)
    going = command is not None and not command.ended and worker.state.active and not run.finished
    return Score(
        place=place,
        run=run,
        worker=worker,
        only=len(own) == 1,
        began=began,
        seconds=figures.since(began, now if going and run.number == len(own) else run.curve[-1].time),
        bill=worker.bill(now),
        settings=settings_of(worker, command),
    )
