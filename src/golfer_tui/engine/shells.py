"""Shells that the person opened in workers' sandboxes, and word of what a person typed for the agents.

What such a shell prints goes on a tape of its own and nowhere else: it is not recorded, no metric is read from it and
no agent sees it, for it is the person's.
"""

import asyncio
import dataclasses as dc
from collections.abc import Callable

from golfer_tui.model.commands import Terminal
from golfer_tui.model.errors import CommandError
from golfer_tui.model.signals import ShellChanged, Signal
from golfer_tui.sandboxes.contract import Sandbox
from golfer_tui.sandboxes.offers import OffersShell, OwnShell
from golfer_tui.terminal.tape import Tape

SILENCE = 60.0
"""Seconds without a key after which the next one is told again."""


@dc.dataclass(frozen=True, slots=True)
class _Opened:
    shell: OwnShell
    tape: Tape


class Shells:
    """At most one open shell for each worker. They end with their sandboxes, so there is nothing to close here."""

    def __init__(self, signal: Callable[[Signal], None]) -> None:
        self._signal = signal
        self._opened: dict[str, _Opened] = {}
        self._opening = asyncio.Lock()

    def tape(self, worker: str) -> Tape | None:
        """What the worker's newest shell printed, also after its end; None if none was opened."""
        opened = self._opened.get(worker)
        return None if opened is None else opened.tape

    @property
    def names(self) -> tuple[str, ...]:
        """Workers in whose sandboxes a shell is open."""
        return tuple(name for name, opened in self._opened.items() if opened.shell.open)

    def running(self, worker: str) -> OwnShell:
        """The worker's open shell.

        Raises:
            CommandError: `shell.none`.
        """
        opened = self._opened.get(worker)
        if opened is None or not opened.shell.open:
            raise CommandError("shell.none", f"No shell of yours is open in {worker}'s sandbox.", hint="Open one.")
        return opened.shell

    async def open(self, worker: str, sandbox: Sandbox, columns: int, rows: int) -> bool:
        """Open a shell, unless one is open; returns whether it is a new one.

        Raises:
            CommandError: `shell.not_here` if this kind of sandbox has none.
            SandboxError: it could not be started.
        """
        async with self._opening:
            opened = self._opened.get(worker)
            if opened is not None and opened.shell.open:
                return False
            if not isinstance(sandbox, OffersShell):
                raise CommandError("shell.not_here", "In this kind of sandbox no shell can be opened.")
            tape = Tape()
            shell = await sandbox.open_shell(
                tape, columns, rows, lambda: self._signal(ShellChanged(worker, open=False))
            )
            self._opened[worker] = _Opened(shell, tape)
            tape.listen(lambda: self._signal(ShellChanged(worker, open=shell.open)))
            self._signal(ShellChanged(worker, open=shell.open))
            return True


class Typing:
    """Tells of the first key of a person in a terminal, and of the first after a silence."""

    def __init__(self, tell: Callable[[str, Terminal], None]) -> None:
        self._tell = tell
        self._last: dict[tuple[str, Terminal], float] = {}

    def typed(self, worker: str, terminal: Terminal) -> None:
        """A person has typed."""
        now = asyncio.get_running_loop().time()
        last = self._last.get((worker, terminal))
        self._last[worker, terminal] = now
        if last is None or now - last > SILENCE:
            self._tell(worker, terminal)
