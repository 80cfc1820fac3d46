"""The columns of the table of runs: how a run is told in each, what it is sorted by, and whether a text finds it."""

import dataclasses as dc
import math
from collections.abc import Callable, Sequence

from golfer_tui.experiments.options import differing
from golfer_tui.experiments.scoreboard import Score
from golfer_tui.model import figures

SETTINGS = 16
"""Settings that get a column of their own, at most."""

NONE = "—"
"""Stands where there is nothing to tell."""

Key = tuple[bool, float, str]


@dc.dataclass(frozen=True)
class Column:
    """One column."""

    name: str
    """Its head, unique in the table."""
    told: Callable[[Score], str]
    """A run as text."""
    key: Callable[[Score], Key]
    """What it is sorted by: nothing at all comes last, numbers before words."""
    raw: Callable[[Score], str | float | int | None]
    """The same for other programs: numbers in plain units, None for nothing."""
    unit: str = ""
    """Of `raw`, where it has one."""
    words: bool = False
    """It is read from the left, and not by its digits."""


def columns(ranked: Sequence[Score], metric: str) -> list[Column]:
    """What is told of these runs; last the settings that are not the same for all."""
    names = differing([score.settings for score in ranked], SETTINGS)
    return [
        _number("#", lambda score: score.place, lambda score: f"{'★ ' * score.leads}{score.place}"),
        _words("run", lambda score: score.name),
        Column(
            metric,
            lambda score: figures.value(score.run.value),
            # By its place: a result counts before readings on the way, and what diverged is last.
            lambda score: (False, float(score.place), ""),
            lambda score: score.run.value,
        ),
        _words("note", _note),
        _number("step", lambda score: score.step, lambda score: f"{score.step:,}"),
        _number("time", lambda score: score.seconds, lambda score: figures.span(score.seconds), unit="s"),
        _words("state", lambda score: str(score.worker.state)),
        _number(
            "gpu time",
            lambda score: score.bill.gpu_hours or None,
            lambda score: figures.span(score.bill.gpu_hours * 3600),
            unit="h",
        ),
        Column("dollars", lambda score: str(score.bill), lambda score: _key(_dollars(score)), _dollars),
        _number("tokens", lambda score: score.bill.tokens or None, lambda score: figures.tally(score.bill.tokens)),
        *(_setting(name, taken=name in {metric, *FIXED}) for name in names),
    ]


FIXED = ("#", "run", "note", "step", "time", "state", "gpu time", "dollars", "tokens")
"""Heads that are always there: a setting of such a name gets another one."""


def found(score: Score, shown: Sequence[Column], text: str) -> bool:
    """Whether each word of a text stands in the row, as a setting (`lr=0.1`) or in the worker's task."""
    settings = " ".join(f"{name}={value}" for name, value in score.settings.items())
    row = " ".join([*(column.told(score) for column in shown), settings, score.worker.spec.task]).lower()
    return all(word in row for word in text.lower().split())


def _note(score: Score) -> str:
    if score.run.diverged:
        return "diverged"
    return "result" if score.run.finished else f"at {score.run.step:,}"


def _dollars(score: Score) -> float | None:
    """None where no price is known."""
    return None if score.bill.unpriced and not score.bill.dollars else score.bill.dollars


def _key(value: float | None) -> Key:
    return value is None, float(value or 0), ""


def _number(name: str, raw: Callable[[Score], float | None], told: Callable[[Score], str], *, unit: str = "") -> Column:
    return Column(
        name, lambda score: NONE if raw(score) is None else told(score), lambda score: _key(raw(score)), raw, unit
    )


def _words(name: str, told: Callable[[Score], str]) -> Column:
    return Column(name, told, lambda score: (False, 0.0, told(score).lower()), told, words=True)


def _setting(name: str, *, taken: bool) -> Column:
    def key(score: Score) -> Key:
        value = score.settings.get(name)
        try:
            number = float(value or "nan")
        except ValueError:
            number = math.nan
        if value is None or math.isfinite(number):
            return _key(None if value is None else number)
        return False, math.inf, value.lower()

    return Column(
        # A column of ours may have its name.
        f"{name} (option)" if taken else name,
        lambda score: score.settings.get(name, NONE),
        key,
        lambda score: score.settings.get(name),
        words=True,
    )
