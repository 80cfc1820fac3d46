"""Blocking calls on the event loop fail the test that makes them.

One slow disk under the event loop freezes every pane at once, so files are read and written in threads. The check
tells who is to blame: our code, if the nearest async frame is ours; a library, if our code only awaits it, which is
not ours to mend. It is on for the whole run, since a patched function costs next to nothing where no loop runs.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from blockbuster import BlockBuster

import golfer_tui

OURS = str(Path(golfer_tui.__file__).parent)
ASYNC = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR

HARMLESS = (
    "os.getcwd",  # asks the kernel, never a disk
    "os.path.abspath",  # the same
    "os.path.samestat",  # compares two results
    "threading.Lock.acquire",  # flagged only when contended: by chance, and for microseconds
    "threading.Lock.acquire_lock",
)

ALLOWED = (
    # Modules are imported when they are first used, by design; Python caches them.
    ("<frozen importlib._bootstrap>", {"_find_and_load"}),
    # Source lines for a traceback that is being shown.
    ("linecache.py", {"checkcache", "updatecache"}),
)


@pytest.fixture(scope="session", autouse=True)
def no_blocking_calls() -> Iterator[None]:
    """Raise `blockbuster.BlockingError` where `golfer_tui` blocks a running event loop."""
    guard = BlockBuster(["golfer_tui"])
    for name in HARMLESS:
        guard.functions.pop(name, None)
    for function in guard.functions.values():
        function.can_block_predicate = _or_in_a_library(function.can_block_predicate)
        for file, names in ALLOWED:
            function.can_block_in(file, names)
    guard.activate()
    yield
    guard.deactivate()


def _or_in_a_library(predicate: Callable[..., bool]) -> Callable[..., bool]:
    """Also allow the call if async code of a library makes it."""

    def allowed(*args: Any, **kwargs: Any) -> bool:
        if predicate(*args, **kwargs):
            return True
        frame = sys._getframe(2)
        while frame is not None and not frame.f_code.co_filename.startswith(OURS):
            if frame.f_code.co_flags & ASYNC:
                return True
            frame = frame.f_back  # type: ignore[assignment]
        return frame is None

    return allowed
