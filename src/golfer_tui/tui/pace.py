"""The pace of the screen: when the next frame is due, and which echo is not to wait for it."""

import asyncio

FRAME = 1 / 30
"""Seconds between two frames, at least."""

REST = 3.0
"""Times as long as a frame took until the next one: however much is printed, drawing takes a quarter of the time."""

LONGEST = 0.2
"""Seconds between two frames, at most."""

HURRY = 0.5
"""Seconds after a key in which what its terminal prints is shown at once."""

SLACK = 0.001
"""Seconds by which a frame may come before it is due."""

SOON = 0.008
"""Seconds between two such pictures: what prints without end while somebody types shall not draw without end."""


def _now() -> float:
    return asyncio.get_running_loop().time()


class Pace:
    """Belongs to one screen. `begin` and `end` stand around each frame."""

    def __init__(self) -> None:
        self._begun = 0.0
        self._next = 0.0
        self._typed = ""
        self._calm = 0.0
        self._echoed = 0.0

    @property
    def delay(self) -> float:
        """Seconds until the next frame is due."""
        return max(0.0, self._next - _now())

    @property
    def early(self) -> bool:
        """True if the last frame took longer than was known when this one was asked for."""
        return self.delay > SLACK

    def begin(self) -> None:
        """A frame is made now."""
        self._begun = _now()
        self._next = self._begun + FRAME

    def end(self) -> None:
        """It is on the screen, as far as is known; what is laid out anew is there later: then say so again."""
        now = _now()
        self._next = min(max(self._begun + FRAME, now + REST * (now - self._begun)), self._begun + LONGEST)

    def hurry(self, worker: str) -> None:
        """A key is on its way to this worker."""
        self._typed, self._calm = worker, _now() + HURRY

    def echoes(self, worker: str) -> bool:
        """True if what this worker printed now is to be shown at once."""
        now = _now()
        if worker != self._typed or now > self._calm or now < self._echoed + SOON:
            return False
        self._echoed = now
        return True
