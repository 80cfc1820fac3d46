"""What the agents are given by the engine; they reach nothing else of the house."""

import dataclasses as dc
from collections.abc import Awaitable, Callable
from pathlib import Path

from agents.memory import Session

from golfer_tui.agents.approvals import Approvals
from golfer_tui.agents.providers import Provider
from golfer_tui.costs.quotes import Quotes
from golfer_tui.model.events import Draft
from golfer_tui.model.session import SessionState
from golfer_tui.model.settings import Settings
from golfer_tui.model.signals import Signal
from golfer_tui.pool.pool import Pool
from golfer_tui.skills.library import Library
from golfer_tui.terminal.tape import Tape


@dc.dataclass(frozen=True)
class Services:
    """The engine's side, as the agents see it."""

    settings: Settings
    provider: Provider
    library: Library
    pool: Pool
    approvals: Approvals
    """What waits for a person."""
    state: SessionState
    """The live fold; current after `flush`."""
    emit: Callable[[Draft], None]
    """Write an event to the journal."""
    flush: Callable[[], Awaitable[None]]
    """Wait until all emitted so far is on disk and in `state`."""
    signal: Callable[[Signal], None]
    """Publish what is not stored."""
    memory: Callable[[str | None], Session]
    """The stored memory of a worker, or of the orchestrator (None)."""
    tape: Callable[[str], Tape | None]
    """What a worker printed."""
    snapshot_folder: Callable[[str], Path]
    """Folder on this machine for a snapshot, by its id."""
    quotes: Quotes
    """What things cost."""
    max_dollars: Callable[[], float | None]
    """What may be spent; None without a limit."""
