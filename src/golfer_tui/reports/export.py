"""The scores as a file: the table as CSV, the curves as SVG or PNG. One way for the cockpit and the command line."""

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from golfer_tui.experiments.columns import columns
from golfer_tui.experiments.leaderboard import headlines
from golfer_tui.experiments.scoreboard import Over, Score, scores
from golfer_tui.model.errors import UsageError
from golfer_tui.model.worker_fold import Worker
from golfer_tui.reports.curves import curves
from golfer_tui.reports.sheet import sheet
from golfer_tui.reports.svg import svg

Kind = Literal["csv", "svg", "png"]

NAMED = 9
"""Metrics that are named to somebody who asked for another one."""


def exported(
    kind: Kind, ranked: list[Score], metric: str, *, drawn: list[Score], over: Over = "step", log: bool = False
) -> bytes:
    """The bytes of the file.

    Args:
        kind: What it is to be.
        ranked: All runs, for the table, in its order.
        metric: What they are ranked by.
        drawn: The runs whose curves are drawn.
        over: What the curves go along.
        log: Scale the vertical axis by powers of ten.
    """
    if kind == "csv":
        return sheet(ranked, columns(ranked, metric)).encode()
    picture = curves(drawn, metric, over=over, log=log)
    if kind == "svg":
        return svg(picture).encode()
    # Pillow is imported by those only who want a PNG.
    from golfer_tui.reports.png import png

    return png(picture)


def ranked_by(workers: Mapping[str, Worker], metric: str, now: dt.datetime) -> tuple[str, list[Score]]:
    """The metric, by default the most telling one, and all runs that have it.

    Raises:
        UsageError: `export.metric`.
    """
    known = headlines(worker.curves for worker in workers.values())
    if not known:
        raise UsageError("export.metric", "No metric was read in this session.")
    if metric and metric not in known:
        raise UsageError(
            "export.metric", f"No worker printed {metric!r}.", hint=f"There is {', '.join(known[:NAMED])}."
        )
    return metric or known[0], scores(workers, metric or known[0], now)
