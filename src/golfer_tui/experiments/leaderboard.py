"""The leaderboard: one worker's readings cut into training runs, and the runs of all workers ranked by a metric."""

import dataclasses as dc
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

LESS_IS_BETTER = (
    "loss", "nll", "bpb", "bpc", "bpd", "ppl", "perplexity", "mse", "rmse", "mae", "mape", "cer", "wer", "fid", "regret"
)  # fmt: skip
"""Words of metrics of which less is better; of all others more is."""

VALIDATION = ("val", "eval", "test")
"""How the names of metrics begin that tell more than those of a training step."""


class Reading(Protocol):
    """What a metric's reading and a point of a session's curve have in common."""

    @property
    def value(self) -> float: ...
    @property
    def step(self) -> int | None: ...
    @property
    def offset(self) -> int: ...


R = TypeVar("R", bound=Reading)


@dc.dataclass(frozen=True, slots=True)
class Run(Generic[R]):
    """One training run, by one metric."""

    worker: str
    number: int
    """1 for the worker's first run with this metric."""
    value: float
    """Its score: the last result, or without any the best reading on the way."""
    step: int | None
    """Where the score was read on the way; None for a result."""
    offset: int
    """Byte offset of the score's line in the worker's tape."""
    curve: Sequence[R]
    """All its readings of the metric, in order."""

    @property
    def readings(self) -> int:
        """How many readings of the metric it has."""
        return len(self.curve)

    @property
    def finished(self) -> bool:
        """True if the score is a result, and not a reading on the way."""
        return self.step is None

    @property
    def diverged(self) -> bool:
        """True if its newest reading is no number, or its score."""
        return not (math.isfinite(self.value) and math.isfinite(self.curve[-1].value))


def lower_is_better(metric: str) -> bool:
    """Whether less of a metric is better, by its name."""
    words = metric.lower().replace("-", "_").replace("/", "_").replace(".", "_").split("_")
    return any(word in LESS_IS_BETTER for word in words)


def split(readings: Iterable[R]) -> list[list[R]]:
    """Cut one metric's readings into runs: a step that is not beyond the last one, or follows a result, begins one."""
    runs: list[list[R]] = []
    for reading in readings:
        last = runs[-1][-1] if runs else None
        new = reading.step is not None and (last is None or last.step is None or reading.step <= last.step)
        if new or last is None:
            runs.append([])
        runs[-1].append(reading)
    return runs


def runs_of(worker: str, readings: Iterable[R], *, lower: bool) -> list[Run[R]]:
    """A worker's runs by one metric, in order. Runs of which no reading is a number have the value NaN."""
    return [
        Run(worker, number, score.value, score.step, score.offset, run)
        for number, run in enumerate(split(readings), 1)
        for score in [_score(run, lower=lower)]
    ]


def rank(curves: Mapping[str, Mapping[str, Sequence[R]]], metric: str, *, lower: bool | None = None) -> list[Run[R]]:
    """All runs that have the metric, the best first; finished before unfinished, and those that diverged last.

    Args:
        curves: By worker, by metric, the readings in order, such as `{name: worker.curves}` of a session.
        metric: Name of the metric.
        lower: Whether less is better; by default its name decides.
    """
    less = lower_is_better(metric) if lower is None else lower
    runs = [run for worker, own in curves.items() for run in runs_of(worker, own.get(metric, ()), lower=less)]
    return sorted(runs, key=lambda run: _place(run, lower=less))


def headlines(curves: Iterable[Mapping[str, object]]) -> list[str]:
    """Names of all metrics, given the curves of each worker: those that most workers have first, among these those of
    a validation, and then the newest."""
    counted: dict[str, int] = {}
    for own in curves:
        for name in own:
            counted[name] = counted.get(name, 0) + 1
    order = list(counted)
    return sorted(order, key=lambda name: (-counted[name], not name.startswith(VALIDATION), -order.index(name)))


def best(ranked: Iterable[Run[R]]) -> list[Run[R]]:
    """Of a ranking, each worker's best run, in the same order."""
    found: dict[str, Run[R]] = {}
    for run in ranked:
        found.setdefault(run.worker, run)
    return list(found.values())


def _score(run: list[R], *, lower: bool) -> R:
    results = [reading for reading in run if reading.step is None]
    if results:
        return results[-1]
    numbers = [reading for reading in run if math.isfinite(reading.value)]
    pick = min if lower else max
    return pick(numbers, key=lambda reading: reading.value) if numbers else run[-1]


def _place(run: Run[R], *, lower: bool) -> tuple[bool, bool, float]:
    diverged = not math.isfinite(run.value)
    value = 0.0 if diverged else run.value
    return diverged, not run.finished, value if lower else -value
