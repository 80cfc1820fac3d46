"""A bound on how many readings become events, for programs that print metrics without end. No I/O."""

import itertools
import math
from collections.abc import Sequence

from golfer_tui.experiments.metrics import Metric

RATE = 500.0
"""Readings per second that are kept in the long run."""

BURST = 2000
"""Readings that are kept although they come at once."""

NAMES = 500
"""Different names that one worker may use; readings under further names are left out."""

CROWD = 16
"""Names whose extremes are kept although nothing more may come now."""


class Thinner:
    """Lets everything through up to the rate. Beyond it, of each name the newest, the lowest and the highest reading
    stay, the first that is no number, and as many of the others, evenly, as the rate allows."""

    def __init__(self) -> None:
        self._room = float(BURST)
        self._time = -math.inf
        self._names: set[str] = set()

    def pick(self, found: Sequence[Metric], now: float) -> list[Metric]:
        """Those of `found` that are kept, in order; `now` is a time in seconds that never goes back."""
        if self._time < now:
            self._room = min(BURST, self._room + RATE * (now - self._time))
            self._time = now
        known = [metric for metric in found if self._known(metric.name)]
        if len(known) > self._room:
            known = self._thinned(known)
        self._room = max(0.0, self._room - len(known))
        return known

    def _known(self, name: str) -> bool:
        if len(self._names) < NAMES:
            self._names.add(name)
        return name in self._names

    def _thinned(self, found: list[Metric]) -> list[Metric]:
        places: dict[str, list[int]] = {}
        for place, metric in enumerate(found):
            places.setdefault(metric.name, []).append(place)
        kept: set[int] = set()
        # The newest names are those that a person looks at.
        for own in itertools.islice(reversed(places.values()), CROWD):
            numbers = [place for place in own if math.isfinite(found[place].value)]
            odd = next((place for place in own if not math.isfinite(found[place].value)), own[-1])
            kept |= {odd, own[-1]}
            if numbers:
                kept.add(min(numbers, key=lambda place: found[place].value))
                kept.add(max(numbers, key=lambda place: found[place].value))
        room = int(self._room) - len(kept)
        if room > 0:
            step = len(found) / room
            kept.update(int(number * step) for number in range(room))
        return [found[place] for place in sorted(kept)]
