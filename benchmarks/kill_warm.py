"""Imported once by the process from which the victims are forked, so that each of them starts in milliseconds."""

import kill_checks  # noqa: F401
import kill_victim  # noqa: F401

from golfer_tui.agents.prewarm import prewarm

prewarm()
