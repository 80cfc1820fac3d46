"""What a person has chosen to see of the scores; it is kept while the session is open. Pure: workers in, rows out."""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Literal, Self

from golfer_tui.experiments.columns import Column, columns, found
from golfer_tui.experiments.leaderboard import headlines, lower_is_better
from golfer_tui.experiments.scoreboard import Over, Score, leaders, scores
from golfer_tui.model.worker_fold import Worker
from golfer_tui.reports.curves import MOST

BEST = 8
"""Curves that are drawn while no run is marked: the best one of each worker, at most so many."""

View = Literal["both", "curves", "table"]


@dc.dataclass(frozen=True)
class Shown:
    """The table and the plot as they are to be now."""

    metric: str
    """What the runs are ranked by; empty without any metric."""
    metrics: list[str]
    """All that there are, the most telling first."""
    ranked: list[Score]
    """All runs, the best first."""
    rows: list[Score]
    """Those that the filter leaves, in the order of the table."""
    columns: list[Column]
    drawn: list[Score]
    """Those whose curves are drawn, the best first."""


@dc.dataclass
class ScoreChoices:
    """Of one session."""

    metric: str = ""
    order: str = "#"
    """Head of the column that the table is sorted by."""
    backwards: bool = False
    wanted: str = ""
    """Words that a row must have."""
    marked: set[str] = dc.field(default_factory=set)
    """Keys of the runs that are to be drawn; empty: the best ones."""
    over: Over = "step"
    log: bool = False
    view: View = "both"
    turned: set[str] = dc.field(default_factory=set)
    """Metrics of which not their names, but the person says which way is better."""

    def lower_of(self, metric: str) -> bool:
        """Less of a metric is better."""
        return lower_is_better(metric) != (metric in self.turned)

    def turn(self, metric: str) -> None:
        """The other way is better."""
        self.turned ^= {metric}

    def toggle(self, key: str) -> None:
        """Mark a run, or no longer."""
        self.marked ^= {key}

    def toggle_all(self, keys: Iterable[str]) -> None:
        """Mark all of these, or none if all of them are marked."""
        wanted = {*keys}
        self.marked = self.marked - wanted if wanted <= self.marked else self.marked | wanted

    def copy(self) -> Self:
        """The same, to be read in a thread."""
        return dc.replace(self, marked={*self.marked}, turned={*self.turned})

    def shown(self, workers: Mapping[str, Worker], now: dt.datetime) -> Shown:
        """What there is to be seen now. Without the chosen metric it is the most telling one."""
        known = headlines(worker.curves for worker in workers.values())
        metric = self.metric if self.metric in known else known[0] if known else ""
        ranked = scores(workers, metric, now, lower=self.lower_of(metric))
        told = columns(ranked, metric)
        rows = [score for score in ranked if found(score, told, self.wanted)]
        marked = [score for score in ranked if score.key in self.marked]
        drawn = marked[:MOST] or leaders(rows)[:BEST]
        return Shown(metric, known, ranked, self._sorted(rows, told), told, drawn)

    def _sorted(self, rows: list[Score], told: list[Column]) -> list[Score]:
        by = next((column for column in told if column.name == self.order), told[0])
        known = [score for score in rows if not by.key(score)[0]]
        # Where there is nothing to sort by, a row is last either way.
        return sorted(known, key=by.key, reverse=self.backwards) + [score for score in rows if by.key(score)[0]]
