"""A piece of what a worker's terminal printed, with what a reader needs to show it later: when, and how wide it was."""

from typing import NamedTuple

SIZE = (80, 24)
"""Columns and rows of a terminal of which nobody has said how large it is."""


class Printed(NamedTuple):
    """Neighbouring bytes of a worker's tape."""

    offset: int
    """Of the first byte."""
    data: bytes
    time: float | None
    """Seconds since 1970; None where a recording does not tell."""
    columns: int
    rows: int
    """Size of the terminal at that moment, in cells."""

    @property
    def end(self) -> int:
        """Offset after the last byte."""
        return self.offset + len(self.data)
