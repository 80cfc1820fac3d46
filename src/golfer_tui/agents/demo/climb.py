"""How a scripted worker changes a knob by what it measured: a walk along one knob, downhill in `val_bpb`."""

import json
from collections.abc import Iterable
from typing import Any

import msgspec

RUNS = 3
"""Training runs of one worker, the baseline included."""


class Knob(msgspec.Struct, frozen=True):
    """A flag of the trainer with values in order; `start` is the baseline's."""

    flag: str
    values: tuple[str, ...]
    start: str


class Run(msgspec.Struct, frozen=True):
    """A finished training run, as its RESULT line tells it."""

    settings: dict[str, Any]
    val_bpb: float | None
    """None if the run did not count, because it was over the size cap."""
    bytes: int

    def value(self, knob: Knob) -> str:
        """What this knob was set to."""
        raw = self.settings.get(knob.flag.lstrip("-").replace("-", "_"))
        return next((value for value in knob.values if str(raw) in {value, str(_number(value))}), knob.start)


FAMILIES: dict[str, tuple[Knob, ...]] = {
    "context": (Knob("--order", ("1", "2", "3", "4", "5"), "3"), Knob("--bits", ("2", "3", "4", "5", "6"), "4")),
    "smoothing": (
        Knob("--discount", ("0", "0.2", "0.4", "0.6", "0.8"), "0.2"),
        Knob("--lower", ("all", "novel"), "all"),
    ),
    "mixing": (
        Knob("--gates", ("order", "count", "spread"), "order"),
        Knob("--lr", ("0.002", "0.02", "0.2", "2"), "0.02"),
    ),
    "storage": (Knob("--bits", ("2", "3", "4", "5", "6"), "4"), Knob("--prune", ("1", "2", "3"), "1")),
    "memory": (
        Knob("--match", ("0", "5", "8", "12"), "0"),
        Knob("--recent", ("2048", "16384", "131072"), "2048"),
    ),
}
"""The five approaches: which knobs each may turn."""


def results(text: str) -> list[Run]:
    """All RESULT lines of a text, in order."""
    found = []
    for line in text.splitlines():
        _, mark, rest = line.partition("RESULT {")
        if not mark:
            continue
        try:
            raw = json.loads("{" + rest)
            found.append(msgspec.convert(raw, Run))
        except (ValueError, msgspec.ValidationError):
            continue
    return found


def best(runs: Iterable[Run]) -> Run | None:
    """The run with the lowest score among those that count."""
    counted = [run for run in runs if run.val_bpb is not None]
    return min(counted, key=_score, default=None)


def _score(run: Run) -> float:
    return float("inf") if run.val_bpb is None else run.val_bpb


def flags(run: Run, knobs: Iterable[Knob]) -> str:
    """The flags that tell this run from the baseline."""
    return " ".join(f"{knob.flag} {run.value(knob)}" for knob in knobs if run.value(knob) != knob.start)


def following(runs: list[Run], family: str) -> tuple[str, str] | None:
    """The next run's flags and the reason for them; None when there is nothing more to try.

    From the best run on, each knob of the family is moved by one step: on in the direction that helped last, the other
    way where that got worse, and then the next knob.
    """
    if not runs:
        return "", "the baseline first, with no flag at all"
    if len(runs) >= RUNS:
        return None
    knobs = FAMILIES[family]
    top = best(runs) or runs[0]
    tried = {flags(run, knobs) for run in runs}
    for knob in knobs:
        here = knob.values.index(top.value(knob))
        for step in (1, -1):
            if not 0 <= here + step < len(knob.values):
                continue
            changed = Run({**top.settings, knob.flag.lstrip("-").replace("-", "_"): knob.values[here + step]}, None, 0)
            line = flags(changed, knobs)
            if line not in tried:
                return line, _reason(runs, knob, knob.values[here], knob.values[here + step])
    return None


def _reason(runs: list[Run], knob: Knob, old: str, new: str) -> str:
    change = f"so {knob.flag} goes from {old} to {new}"
    if len(runs) == 1:
        return f"the baseline is measured, {change}"
    last = runs[-1]
    if last.val_bpb is None:
        return f"that run was over the size cap, {change}"
    earlier = best(runs[:-1])
    if earlier is None or _score(last) < _score(earlier):
        return f"that helped, {change}"
    return f"that did not help, {change}"


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
