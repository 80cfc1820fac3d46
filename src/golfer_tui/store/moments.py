"""Moments in the store: microseconds since 1970 in UTC. Whole numbers sort, compare and come back exactly."""

import datetime as dt

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def now() -> dt.datetime:
    """The present, UTC."""
    return dt.datetime.now(dt.UTC)


def to_micros(moment: dt.datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> dt.datetime:
    """The inverse of `to_micros`, in UTC."""
    return _EPOCH + micros * _MICROSECOND
