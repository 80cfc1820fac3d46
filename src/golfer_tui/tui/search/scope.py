"""One of the places in which a text can be looked for, as the bar at the bottom uses it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from golfer_tui.tui.results import Results

SOON, LATER = 0.005, 0.1
"""Seconds until a search goes on: while not all was searched, and when it was."""

LISTED = MappingProxyType({"find.elsewhere": "elsewhere", "find.keep": "go there", "find.cancel": "cancel"})
"""Keys that are told beside the text, by action: those of a place with a list."""


class Scope(Protocol):
    """Begun, it is asked for texts until it is kept or cancelled; kept, it can be stepped through until it is ended."""

    @property
    def name(self) -> str:
        """As it stands before the text."""
        ...

    @property
    def placeholder(self) -> str:
        """What may be written."""
        ...

    @property
    def hints(self) -> Mapping[str, str]:
        """Actions whose keys are told, with what they do here."""
        ...

    @property
    def empty(self) -> str:
        """What stands in the list while nothing is found."""
        ...

    @property
    def results(self) -> Results | None:
        """What was found, as a list; None if it is shown where it stands."""
        ...

    @property
    def cursor(self) -> int:
        """Index of the result that is meant."""
        ...

    @property
    def told(self) -> str:
        """How many there are, and at which the person is; empty while nothing is looked for."""
        ...

    @property
    def complaint(self) -> str:
        """Why the text is taken as it stands; empty if it is a regular expression."""
        ...

    def begin(self) -> str:
        """Something is to be looked for. Returns why that cannot be; empty if it can."""
        ...

    def want(self, text: str) -> None:
        """Look for another text; for nothing if it is empty."""
        ...

    def step(self, by: int) -> None:
        """To the next result, or with a negative number to one before."""
        ...

    def choose(self, index: int) -> None:
        """To this result."""
        ...

    def work(self) -> float | None:
        """Search a little further, and draw what changed. Returns the seconds until it is worth another call; None if
        nothing will change by itself."""
        ...

    def keep(self) -> None:
        """The person has found it: go there."""
        ...

    def cancel(self) -> None:
        """Look for nothing any more; what was shown before is shown again."""
        ...
