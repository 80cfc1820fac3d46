"""Beside the zoomed worker: its task, report, metrics, commands and what it used."""

import datetime as dt
import math
from collections.abc import Callable, Iterator

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from golfer_tui.experiments.curves import curve
from golfer_tui.model.session import Worker
from golfer_tui.terminal.clean import clean, one_line
from golfer_tui.tui import figures
from golfer_tui.tui.look import LETTERS, STATE_COLOURS

COMMANDS = 40
"""Newest commands that are listed."""

CURVE = 24
"""Columns of a metric's curve."""

Part = tuple[str, str]


class Detail(VerticalScroll, can_focus=True):
    """Shows one worker in words and numbers."""

    def __init__(self, *, now: Callable[[], dt.datetime], id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = now
        self._told = Content()

    def compose(self) -> ComposeResult:
        yield Static(id="told")

    def show(self, worker: Worker) -> None:
        """Draw this worker, if anything about it is new."""
        told = Content.assemble(*self._tell(worker))
        if told != self._told:
            self._told = told
            self.query_one("#told", Static).update(told)

    def _tell(self, worker: Worker) -> Iterator[Part]:
        colour = STATE_COLOURS[worker.state]
        yield f" {LETTERS[worker.state]} ", f"bold $background on {colour}"
        yield f" {one_line(worker.name)} ", "bold"
        yield f"{worker.state}", colour
        yield f", attempt {worker.attempt}\n" if worker.attempt > 1 else "\n", "$foreground 65%"
        yield from _section("task")
        yield clean(worker.spec.task) + "\n", ""
        if worker.summary:
            yield from _section("report")
            yield clean(worker.summary) + "\n", ""
        if worker.curves:
            yield from _section("metrics")
        for name, points in worker.curves.items():
            values = [point.value for point in points]
            numbers = [value for value in values if math.isfinite(value)] or values
            newest = points[-1]
            at = f" at {newest.step}" if newest.step is not None else ""
            yield f"{one_line(name)} ", "$foreground 65%"
            yield figures.value(newest.value), "bold $accent"
            yield f"{at}  {figures.value(min(numbers))} … {figures.value(max(numbers))}\n", "$foreground 65%"
            yield curve(values, CURVE) + "\n", "$primary"
        if worker.commands:
            yield from _section("commands")
        for command in worker.commands[-COMMANDS:]:
            if not command.ended:
                yield "◌ ", "bold $accent"
            elif command.exit_code:
                yield f"✗ {command.exit_code} ", "bold $error"
            else:
                yield "✓ ", "bold $success"
            yield one_line(command.text), ""
            yield (f" {figures.brief(command.seconds)}" if command.ended else "") + "\n", "$foreground 65%"
        yield from _section("about")
        tokens = worker.tokens
        facts = {
            "skills": ", ".join(worker.spec.skills),
            "gpu": str(worker.spec.gpu or "") + (f" ({', '.join(worker.devices)})" if worker.devices else ""),
            "model": worker.spec.model,
            "tokens": f"{figures.tally(tokens.input)} in, {figures.tally(tokens.output)} out"
            if tokens.requests
            else "",
            "printed": figures.size(worker.tape_end),
            "sandbox": worker.sandbox,
            "folder": worker.workspace,
            "started": worker.started.astimezone().strftime("%H:%M:%S") if worker.started else "",
        }
        for name, fact in facts.items():
            if fact:
                yield f"{name:<8} ", "$foreground 65%"
                yield one_line(fact) + "\n", ""


def _section(title: str) -> Iterator[Part]:
    yield f"\n{title}\n", "bold $secondary"
