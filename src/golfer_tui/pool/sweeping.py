"""Sandboxes whose end is still to be confirmed when nobody waits for it any more, each with a lease of its own.

They come from lives that were told to end and could not confirm it, and from the ledger of an earlier process.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterable

from golfer_tui.pool.leases import Leases
from golfer_tui.pool.ledger import Left
from golfer_tui.pool.stopping import Stopper
from golfer_tui.pool.wiring import Wiring
from golfer_tui.sandboxes.inventory import Inventory


class Sweeper:
    """Goes on ending them in the background. Bounded by the pool's workers and the ledger's open rows."""

    def __init__(self, wiring: Wiring, leases: Leases, freed: Callable[[], None]) -> None:
        """`freed` is called whenever one has ended and its lease is free."""
        self._wiring = wiring
        self._leases = leases
        self._freed = freed
        self._stoppers: dict[asyncio.Task[None], Stopper] = {}
        self._workers: dict[asyncio.Task[None], str] = {}

    async def clear(self, worker: str) -> None:
        """Return once no sandbox of this worker is being ended here."""
        while ending := [task for task, name in self._workers.items() if name == worker]:
            await asyncio.wait(ending)
            await asyncio.sleep(0)  # The tasks' own callbacks take them off the books.

    def take_over(self, worker: str, row: str, stopper: Stopper, ended: Callable[[], Awaitable[None]]) -> None:
        """Go on where a worker's life gave up; the worker's lease becomes the sandbox's own until it has `ended`."""
        self._leases.rename(worker, _holder(row))
        self._start(worker, row, stopper, ended)

    def take_left(self, left: Iterable[Left]) -> None:
        """End what an earlier process left; it counts against the limits until that is confirmed."""
        backend = self._wiring.backend
        if not isinstance(backend, Inventory):
            return
        for each in left:
            self.hold(each)
            stopper = ending_of(each.worker, each.sandbox, each.request, self._wiring)
            self._start(each.worker, each.row, stopper, functools.partial(self._close_row, each.row, stopper))

    def hold(self, left: Left) -> None:
        """Count it against the limits."""
        self._leases.hold(_holder(left.row), left.gpu)

    def release(self, left: Left) -> None:
        """Count it no longer."""
        self._leases.release(_holder(left.row))

    async def _close_row(self, row: str, stopper: Stopper) -> None:
        try:
            await self._wiring.ledger.ended(row)
        except Exception as error:  # noqa: BLE001 - the sandbox is gone: the next sweep clears the row
            stopper.tell("warning", "ledger.failed", f"The end of a sandbox could not be written down: {error}")

    async def close(self) -> None:
        """A few more tries for each, then give up; the rows of those that are left stay open."""
        for stopper in self._stoppers.values():
            stopper.hurry()
        while self._stoppers:
            await asyncio.wait(self._stoppers)

    def hurry(self) -> None:
        """The pool closes: give up sooner."""
        for stopper in self._stoppers.values():
            stopper.hurry()

    def _start(self, worker: str, row: str, stopper: Stopper, ended: Callable[[], Awaitable[None]]) -> None:
        async def end() -> None:
            if not await stopper.insist():
                self._leases.release(_holder(row))
                await ended()

        def over(task: asyncio.Task[None]) -> None:
            del self._stoppers[task], self._workers[task]
            self._freed()

        task = asyncio.create_task(end(), name=f"end the sandbox of {worker}")
        self._stoppers[task], self._workers[task] = stopper, worker
        task.add_done_callback(over)


def ending_of(worker: str, sandbox: str, request: str, wiring: Wiring) -> Stopper:
    """What ends a sandbox that is known by its id, or only by what it was asked for with."""
    backend = wiring.backend
    assert isinstance(backend, Inventory)
    what = f"The sandbox {sandbox} of {worker}" if sandbox else f"A sandbox that was asked for {worker}"
    return Stopper(worker, wiring, what, lambda: backend.end(sandbox, request))


def _holder(row: str) -> str:
    return f"sandbox {row}"
