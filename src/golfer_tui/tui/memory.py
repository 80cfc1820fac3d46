"""Giving memory back to the system that was needed for a moment only, such as while a large session was taken in."""

import ctypes


def give_back() -> None:
    """Let the C library return what it keeps for later; where it has no call for that, it does so by itself."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
