"""Numbers of records that come by the thousand, kept as arrays: a tenth of what objects of their own would take.

A column holds 64 bits a number. What is beyond that is clipped; a moment is in microseconds since 1970.
"""

import datetime as dt
from array import array
from collections.abc import Iterable
from typing import TypeAlias

Integers: TypeAlias = "array[int]"
Floats: TypeAlias = "array[float]"

LARGEST = 2**63 - 1

NOTHING = -LARGEST - 1
"""Stands where there is no number."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def integers(values: Iterable[int] | bytes = ()) -> Integers:
    """A column of integers, from its bytes, too."""
    return array("q", values)


def floats(values: Iterable[float] | bytes = ()) -> Floats:
    """A column of numbers, from its bytes, too."""
    return array("d", values)


def integer(value: int | None) -> int:
    """As it stands in a column."""
    return NOTHING if value is None else min(max(value, -LARGEST), LARGEST)


def told(value: int) -> int | None:
    """What stands in a column."""
    return None if value == NOTHING else value


def micros(moment: dt.datetime) -> int:
    """A moment as it stands in a column."""
    return (moment.astimezone(dt.UTC) - EPOCH) // dt.timedelta(microseconds=1)


def moment(micros: int) -> dt.datetime:
    """The moment that stands in a column."""
    return EPOCH + dt.timedelta(microseconds=micros)
