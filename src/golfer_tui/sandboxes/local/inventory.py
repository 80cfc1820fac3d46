"""Processes that a keeper left on this machine because it was killed: found by their mark, and ended. All block."""

import contextlib

import psutil

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.inventory import Found
from golfer_tui.sandboxes.local.launch import MARK, sweep


def find() -> list[Found]:
    """The marks that processes carry, each once; those of sandboxes that are in use, too."""
    marks = set()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.status() != psutil.STATUS_ZOMBIE:
                marks.add(process.environ().get(MARK, ""))
    found = []
    for mark in sorted(marks):
        session, _, rest = mark.partition("/")
        if rest:
            found.append(Found(sandbox=mark, session=session, worker=rest.partition("/")[0]))
    return found


def end(mark: str) -> None:
    """Kill all that carries the mark.

    Raises:
        SandboxError: `sandbox.not_ended` if some of it does not go.
    """
    if left := sweep(mark):
        raise SandboxError("sandbox.not_ended", f"{left} processes of {mark} cannot be ended.", retry=True)
