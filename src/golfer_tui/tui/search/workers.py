"""Finding workers: those that do not fit are not shown, while the person writes and as long as the filter is kept."""

from collections.abc import Callable
from types import MappingProxyType

from golfer_tui.tui.fleet import Fleet


class WorkersScope:
    """The filter of the fleet."""

    name = "workers"
    placeholder = "words of name or task; F failed, RQ running or queued"
    hints = MappingProxyType({"find.elsewhere": "elsewhere", "find.keep": "keep", "find.cancel": "cancel"})
    empty = ""
    results = None
    cursor = 0

    def __init__(self, fleet: Fleet, narrow: Callable[[str], None]) -> None:
        self._fleet = fleet
        self._narrow = narrow
        self._before = ("", "")
        """Filter and selected worker when it began."""

    @property
    def told(self) -> str:
        filter_ = self._fleet.filter
        return f"{self._fleet.count - filter_.on}" if filter_.on else ""

    @property
    def complaint(self) -> str:
        return self._fleet.filter.complaint

    def begin(self) -> str:
        if not self._fleet.count:
            return "There is no worker yet."
        self._before = self._fleet.filter.text, self._fleet.selected
        self._fleet.zoomed = False
        return ""

    def want(self, text: str) -> None:
        self._narrow(text)

    def step(self, by: int) -> None:
        """To another of the workers that are left."""
        self._fleet.action_move(0, by)

    def choose(self, index: int) -> None:
        """There is no list to choose from."""

    def work(self) -> float | None:
        return None

    def keep(self) -> None:
        """They are shown already."""

    def cancel(self) -> None:
        text, selected = self._before
        self._narrow(text)
        if selected:
            self._fleet.selected = selected
