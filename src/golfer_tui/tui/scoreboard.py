"""What the scores show: all runs by one metric, ranked, and each worker's curve. Pure: the state of a session in."""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable, Mapping

from golfer_tui.experiments.leaderboard import Run, best, rank
from golfer_tui.model import figures
from golfer_tui.model.session import Worker
from golfer_tui.model.spending import Bill

Key = Callable[["Score"], tuple[bool, float | str]]


@dc.dataclass(frozen=True)
class Score:
    """One run in the table."""

    place: int
    """1 is the best."""
    run: Run
    worker: Worker
    seconds: float
    """How long its worker ran, up to now."""
    bill: Bill
    """What its worker has spent, up to now."""

    @property
    def cells(self) -> tuple[str, ...]:
        """The texts of `COLUMNS`."""
        spent = self.worker.tokens
        run = self.worker.name if self.run.number == 1 else f"{self.worker.name} · {self.run.number}"
        return (
            str(self.place),
            run,
            figures.value(self.run.value),
            "result" if self.run.finished else f"step {self.run.step}",
            figures.span(self.seconds) if self.worker.started else "—",
            str(self.worker.state),
            figures.tally(spent.input + spent.output) if spent.requests else "—",
            f"{self.bill.gpu_hours:.2f} h" if self.bill.gpu_hours else "—",
            str(self.bill),
        )


COLUMNS: dict[str, Key] = {
    "#": lambda score: (False, float(score.place)),
    "worker": lambda score: (False, score.worker.name),
    "best": lambda score: (False, float(score.place)),
    "read at": lambda score: (score.run.step is not None, float(score.run.step or 0)),
    "ran": lambda score: (False, score.seconds),
    "state": lambda score: (False, str(score.worker.state)),
    "tokens": lambda score: (False, float(score.worker.tokens.input + score.worker.tokens.output)),
    "gpu time": lambda score: (False, score.bill.gpu_hours),
    "spent": lambda score: (False, score.bill.dollars),
}
"""The columns, and what each is sorted by. The best value stands in the order of the ranking."""


def scores(workers: Mapping[str, Worker], metric: str, now: dt.datetime) -> list[Score]:
    """All runs that have the metric, the best first."""
    ranked = rank({name: worker.curves for name, worker in workers.items()}, metric)
    return [
        Score(place, run, worker, figures.since(worker.started, worker.finished or now), worker.bill(now))
        for place, run in enumerate(ranked, 1)
        for worker in [workers[run.worker]]
    ]


def leaders(ranked: list[Score]) -> list[Score]:
    """Each worker's best run, in the same order."""
    chosen = {id(run) for run in best(score.run for score in ranked)}
    return [score for score in ranked if id(score.run) in chosen]
