"""The lease on the input of a worker's terminal: the person types there, or the agent does, and never both at once.

The agent has it, unless a person took it. While the person has it, what the agent would type is refused with a
sentence that says so; its commands run on, and it may look at what they print.
"""

import time

HELD = 30.0
"""Seconds that the person has it after taking it or typing, unless they give it back or take it again."""

REFUSAL = (
    "[nothing was typed: the person has the keyboard of this terminal now. "
    "Look at what happens with empty chars, and type once they are done.]\n"
)
"""What the agent reads instead."""


class Lease:
    """Who may type into one worker's terminal."""

    def __init__(self) -> None:
        self.place: object = None
        """What the person types into while they have it, so that their keys do not go elsewhere all of a sudden."""
        self._until = float("-inf")

    @property
    def taken(self) -> bool:
        """True while the person has it."""
        return time.monotonic() < self._until

    def take(self) -> None:
        """The person has it now."""
        if not self.taken:
            self.place = None
        self._until = time.monotonic() + HELD

    def give(self) -> None:
        """The agent has it again."""
        self._until = float("-inf")
