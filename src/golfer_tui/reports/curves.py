"""The curves of runs as a picture: over steps, or over the time since each run began."""

from collections.abc import Sequence

from golfer_tui.experiments.scoreboard import Over, Score
from golfer_tui.reports.drawing import Drawing
from golfer_tui.reports.frame import Series
from golfer_tui.reports.plot import plot

MOST = 64
"""Curves in one picture, the first ones: more could not be told apart."""

UNITS = (("s", 1.0, 300.0), ("min", 60.0, 18_000.0), ("h", 3600.0, float("inf")))
"""Units of time with their seconds, and up to how many seconds they are used."""


def unit_of(seconds: float) -> tuple[str, float]:
    """What an axis of so many seconds is told in, and how many seconds one of it has."""
    return next((name, size) for name, size, most in UNITS if seconds <= most)


def curves(shown: Sequence[Score], metric: str, *, over: Over = "step", log: bool = False) -> Drawing:
    """The picture of these runs."""
    chosen = [(score.name, score.points(over)) for score in shown[:MOST]]
    x = "step"
    if over == "time":
        name, size = unit_of(max((point[0] for _, points in chosen for point in points), default=0.0))
        x = f"time since the run began ({name})"
        chosen = [(run, [(seconds / size, value) for seconds, value in points]) for run, points in chosen]
    title = metric if len(shown) <= MOST else f"{metric}, {MOST} of {len(shown)} runs"
    return plot([Series(name, points) for name, points in chosen], title=title, x=x, log=log)
