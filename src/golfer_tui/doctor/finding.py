"""What a check found."""

from typing import Literal

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """One line of the doctor's report."""

    name: str
    state: Literal["ok", "warn", "missing"]
    """`warn`: works, but not as well as it could; `missing`: what needs it will not work."""
    text: str
    """What was found."""
    hint: str = ""
    """What to do about it."""
    needed: bool = False
    """True if the demo needs it."""
