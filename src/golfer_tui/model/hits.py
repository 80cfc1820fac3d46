"""A place in a stored session in which a text stands that somebody looks for."""

import dataclasses as dc
import datetime as dt
from typing import Literal


@dc.dataclass(frozen=True, slots=True)
class Hit:
    """One line of a stored session."""

    session: str
    """Id."""
    title: str
    """Of the session."""
    time: dt.datetime
    """When it was said; for a title or output, the session's newest event. UTC."""
    kind: Literal["title", "message", "output"]
    """`title`: also if it stands in the id."""
    who: str
    """Who said or printed it: a worker's name, `you`, `orchestrator` or `golfer`; empty for a title."""
    text: str
    """The line, as it was written: to be cleaned where it is shown."""
