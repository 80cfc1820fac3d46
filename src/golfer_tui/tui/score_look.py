"""What the scores show, out of what the person has chosen and what the session holds: curves and words. Pure."""

import datetime as dt
from collections.abc import Mapping

from textual.content import Content

from golfer_tui.model import figures
from golfer_tui.model.worker_fold import Worker
from golfer_tui.reports.curves import unit_of
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.plot.picture import Curve
from golfer_tui.tui.plot.plan import Told
from golfer_tui.tui.score_choices import ScoreChoices, Shown

TITLE = 40
"""Characters of a metric's name."""

NOTHING = "No metric yet. They are found in what workers print, such as val_loss: 2.31"
NO_CURVE = "There is no run to draw."


def found(choices: ScoreChoices, workers: Mapping[str, Worker], now: dt.datetime) -> tuple[Shown, list[Curve], Told]:
    """All that is to be drawn."""
    shown = choices.shown(workers, now)
    points = [score.points(choices.over) for score in shown.drawn]
    unit, size = "step", 1.0
    if over_time := choices.over == "time":
        unit, size = unit_of(max((x for each in points for x, _ in each), default=0.0))
        points = [[(x / size, y) for x, y in each] for each in points]
    curves = [
        Curve(score.key, one_line(score.name), figures.value(score.run.value), each)
        for score, each in zip(shown.drawn, points, strict=True)
    ]
    told = Told(
        title=one_line(shown.metric, TITLE),
        x=(lambda x: figures.span(x * size)) if over_time else (lambda x: f"step {int(x):,}"),
        y=figures.value,
        axis=unit,
        nothing=NO_CURVE if shown.metrics else NOTHING,
    )
    return shown, curves, told


def head(choices: ScoreChoices, shown: Shown) -> Content:
    """The line above everything."""
    parts: list[str | tuple[str, str]] = [(" SCORES ", "bold reverse $accent"), " "]
    if shown.metrics:
        better = "less" if choices.lower_of(shown.metric) else "more"
        parts += [(one_line(shown.metric, TITLE), "bold"), f", {better} is better"]
    if len(shown.metrics) > 1:
        parts.append(f" · metric {shown.metrics.index(shown.metric) + 1} of {len(shown.metrics)}")
    runs = len(shown.ranked)
    if choices.wanted:
        parts.append(f" · {len(shown.rows)} of {runs} runs")
    elif runs > 1:
        parts.append(f" · {runs} runs")
    if choices.marked:
        parts.append(f" · {len(choices.marked)} marked")
    return Content.assemble(*parts)
