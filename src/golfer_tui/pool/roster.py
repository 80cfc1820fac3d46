"""The workers of a session as they are now: who there is, what they hold and wait for; and waiting for them."""

import asyncio
from collections.abc import Iterable
from typing import Literal

from golfer_tui.model.workers import WorkerState
from golfer_tui.pool.checks import find
from golfer_tui.pool.crew import Crew
from golfer_tui.pool.leases import Lease, Limits, Used
from golfer_tui.pool.worker import Worker
from golfer_tui.sandboxes.contract import Sandbox


class Roster:
    """Looks at a crew, and changes nothing in it."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew

    @property
    def states(self) -> dict[str, WorkerState]:
        """All workers, in the order in which they were asked for."""
        return {name: worker.state for name, worker in self._crew.workers.items()}

    @property
    def waiting(self) -> tuple[tuple[str, str], ...]:
        """The queue, front first: names with what each waits for."""
        return self._crew.queue.waiting

    @property
    def leases(self) -> tuple[Lease, ...]:
        """What is held, from before a sandbox is asked for until its end is confirmed."""
        return self._crew.leases.held

    @property
    def limits(self) -> Limits:
        return self._crew.leases.limits

    @property
    def used(self) -> Used:
        """Sums over the leases."""
        return self._crew.leases.used()

    @property
    def mailboxes(self) -> dict[str, int]:
        """Messages that wait, by worker."""
        return {name: len(worker.mail) for name, worker in self._crew.workers.items()}

    def sandbox(self, name: str) -> Sandbox | None:
        """The sandbox of a worker, while it has one."""
        life = find(name, self._crew.workers).life
        return life.sandbox if life else None

    def place(self, name: str) -> tuple[Sandbox | None, bytes]:
        """A worker's sandbox, while it has one, and what finds its newest one again.

        Raises:
            CommandError: `worker.unknown`.
        """
        return self.sandbox(name), find(name, self._crew.workers).sandbox_state

    @property
    def holding(self) -> frozenset[str]:
        """Workers that have a sandbox or are getting one."""
        return frozenset(name for name, worker in self._crew.workers.items() if worker.life is not None)

    @property
    def quiet(self) -> bool:
        """True if no worker does anything more without a word."""
        return self._waited_for(list(self._crew.workers.values()), "all")

    def held(self, name: str) -> bool:
        """True for a worker that goes on by a word only: it is paused, or waits and the gate is closed to it.

        Raises:
            CommandError: `worker.unknown`.
        """
        worker = find(name, self._crew.workers)
        if worker.state is not WorkerState.QUEUED:
            return worker.state is WorkerState.PAUSED
        alternatives = worker.spec.gpu.alternatives if worker.spec.gpu else (None,)
        return all(self._crew.queue.gate(one) for one in alternatives)

    async def wait(
        self,
        names: Iterable[str] | None = None,
        *,
        mode: Literal["all", "any"] = "all",
        timeout: float | None = None,  # noqa: ASYNC109 - a time that is over is an answer here, not an error
    ) -> dict[str, WorkerState]:
        """Wait until all (or any) of these workers neither wait for their place nor run, or only a word can help.

        Args:
            names: Whom to wait for; without it, all that wait or run now.
            mode: Wait for every one, or for the first.
            timeout: Seconds.

        Returns:
            Their states, also when the time was over.

        Raises:
            CommandError: `worker.unknown`.
        """
        if names is None:
            names = [name for name, worker in self._crew.workers.items() if not worker.settled]
        workers = [find(name, self._crew.workers) for name in dict.fromkeys(names)]
        try:
            async with asyncio.timeout(timeout):
                while not self._waited_for(workers, mode):
                    await self._crew.moved.wait()
        except TimeoutError:
            pass
        return {worker.name: worker.state for worker in workers}

    def _waited_for(self, workers: list[Worker], mode: Literal["all", "any"]) -> bool:
        if mode == "any" and any(worker.settled and not self.held(worker.name) for worker in workers):
            return True
        return all(worker.settled or self.held(worker.name) for worker in workers)
