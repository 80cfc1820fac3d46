"""The second hand of the cockpit: ages move on while anything is at work, and an idle cockpit has no timer."""

from collections.abc import Callable

from textual.widget import Widget

TICK = 1.0
"""Seconds between two beats."""


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
