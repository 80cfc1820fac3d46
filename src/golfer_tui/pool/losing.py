"""Tells of a sandbox that has ended without us, such as at the end of its lifetime: once, as soon as it is known."""

import contextlib

from golfer_tui.model.agent_events import Notice
from golfer_tui.model.events import Draft
from golfer_tui.pool.wiring import Wiring
from golfer_tui.sandboxes.contract import Sandbox
from golfer_tui.sandboxes.offers import Outlives


class Losing:
    """For the sandbox of one attempt."""

    def __init__(self, worker: str, wiring: Wiring) -> None:
        self._worker = worker
        self._wiring = wiring
        self._told = False

    def look(self, sandbox: Sandbox) -> None:
        """Tell, if it is lost. A journal that refuses keeps nobody from ending what is left."""
        if self._told or not isinstance(sandbox, Outlives) or (lost := sandbox.lost) is None:
            return
        self._told = True
        text = f"The sandbox of {self._worker} is lost. {lost.message}"
        with contextlib.suppress(Exception):
            notice = Notice(level="error", code=lost.code, text=text, hint=lost.hint)
            self._wiring.emit(Draft(notice, worker=self._worker))
