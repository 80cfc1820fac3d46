"""The second hand of the cockpit: ages move on while anything is at work, and an idle cockpit has no timer."""

import datetime as dt
from collections.abc import Callable, Iterable

from textual.widget import Widget

from golfer_tui.model import figures
from golfer_tui.model.worker_fold import Worker

TICK = 1.0
"""Seconds between two beats."""

STEP = 30
"""Seconds by which the clocks of all workers but the selected one go on: sixty-four each second would cost more than
they tell."""


class Pulse:
    """Calls `beat` each second for as long as `working` holds."""

    def __init__(self, widget: Widget, working: Callable[[], bool], beat: Callable[[], None]) -> None:
        self._widget = widget
        self._working = working
        self._beat = beat
        self._waiting = False

    def start(self) -> None:
        """Go on, if anything is at work now."""
        if not self._waiting and self._working():
            self._waiting = True
            self._widget.set_timer(TICK, self._strike)

    def _strike(self) -> None:
        self._waiting = False
        if self._working():
            self._beat()
            self.start()


class Clocks:
    """Which of the workers' clocks are to be drawn anew."""

    def __init__(self) -> None:
        self._shown: dict[str, int] = {}

    def due(self, workers: Iterable[Worker], now: dt.datetime, selected: str) -> list[str]:
        """Names of those at work whose clock goes on now; that of the selected one does each second."""
        due = []
        for worker in workers:
            if worker.state.active:
                age = int(figures.since(worker.started or worker.asked, now))
                shown = age if worker.name == selected else age - age % STEP
                if self._shown.get(worker.name) != shown:
                    self._shown[worker.name] = shown
                    due.append(worker.name)
        return due
