"""What a report tells of a session: values, read from its state, before they become a page of one kind or another."""

import dataclasses as dc
import datetime as dt

from golfer_tui.experiments.columns import columns
from golfer_tui.experiments.leaderboard import headlines
from golfer_tui.experiments.scoreboard import scores
from golfer_tui.model import figures
from golfer_tui.model.conversation import Entry
from golfer_tui.model.session import SessionState
from golfer_tui.model.spending import bill_of_all
from golfer_tui.model.worker_fold import Worker
from golfer_tui.reports.curves import curves
from golfer_tui.reports.svg import svg

PICTURES = 4
"""Metrics that get a picture, the most telling first."""

ROWS = 50
"""Runs of one metric that are listed."""


@dc.dataclass(frozen=True)
class Table:
    """Cells as text; the first row are the heads."""

    rows: tuple[tuple[str, ...], ...]


@dc.dataclass(frozen=True)
class Picture:
    """One picture, with the words for those who cannot see it."""

    name: str
    svg: str


@dc.dataclass(frozen=True)
class Report:
    """A session as it is told to others. All texts are as agents and people wrote them: to be made harmless."""

    title: str
    facts: tuple[tuple[str, str], ...]
    metric: str
    """What the leaderboard ranks by; empty if nothing was measured."""
    leaderboard: Table
    pictures: tuple[Picture, ...]
    workers: tuple[Worker, ...]
    chat: tuple[Entry, ...]
    """What was said, without the tool calls."""


def report(state: SessionState, now: dt.datetime) -> Report:
    """Everything that is worth telling.

    Args:
        state: The fold of the whole session.
        now: For what is still going on.
    """
    workers = tuple(state.workers.values())
    names = headlines(worker.curves for worker in workers)
    return Report(
        title=state.title or f"Session {state.session}",
        facts=_facts(state, now),
        metric=names[0] if names else "",
        leaderboard=_leaderboard(state, names[0], now) if names else Table(()),
        pictures=tuple(_picture(state, name, now) for name in names[:PICTURES]),
        workers=workers,
        chat=tuple(entry for entry in state.chat.entries if entry.kind in {"user", "assistant"}),
    )


def _picture(state: SessionState, metric: str, now: dt.datetime) -> Picture:
    return Picture(metric, svg(curves(scores(state.workers, metric, now), metric)))


def _facts(state: SessionState, now: dt.datetime) -> tuple[tuple[str, str], ...]:
    bill = bill_of_all(state.workers.values(), state.tokens, now)
    tokens = state.tokens
    facts = {
        "session": state.session,
        "started": state.started.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC") if state.started else "",
        "model": "scripted demo" if state.scripted else state.model or "default",
        "backend": state.backend,
        "workers": _states(state),
        "tokens": f"{figures.tally(tokens.input)} in, {figures.tally(tokens.output)} out" if tokens.requests else "",
        "GPU time": f"{bill.gpu_hours:.2f} h" if bill.gpu_hours else "",
        "cost (estimate)": f"{bill}: sandboxes ${bill.sandboxes:,.2f}, models ${bill.models:,.2f}",
    }
    return tuple((name, fact) for name, fact in facts.items() if fact)


def _states(state: SessionState) -> str:
    counted: dict[str, int] = {}
    for worker in state.workers.values():
        counted[str(worker.state)] = counted.get(str(worker.state), 0) + 1
    return ", ".join(f"{count} {name}" for name, count in counted.items()) or "none"


def _leaderboard(state: SessionState, metric: str, now: dt.datetime) -> Table:
    ranked = scores(state.workers, metric, now)
    told = columns(ranked, metric)
    rows = (tuple(column.told(score) for column in told) for score in ranked[:ROWS])
    return Table((tuple(column.name for column in told), *rows))
