"""Ending a sandbox for certain: tried again with growing pauses until the end is confirmed."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from golfer_tui.model.agent_events import Level, Notice
from golfer_tui.model.events import Draft
from golfer_tui.pool.tasks import Caught, first, outcome, start
from golfer_tui.pool.wiring import Wiring


class Stopper:
    """Ends one sandbox of a worker."""

    def __init__(self, worker: str, wiring: Wiring, what: str, end: Callable[[], Awaitable[None]]) -> None:
        """`what` names the sandbox for people; `end` is one try, which returns once the end is confirmed."""
        self._worker = worker
        self._wiring = wiring
        self._timing = wiring.timing
        self._what = what
        self._end = end
        self._task: asyncio.Task[Caught | None] | None = None
        self._tries = 0
        self.failed: Callable[[str], None] = lambda reason: None
        """Told why the first try has failed."""
        self._closing: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def hurry(self) -> None:
        """The pool closes: a few more tries, then give up."""
        if not self._closing.done():
            self._closing.set_result(None)

    async def stop(self) -> str:
        """End it. Returns "" once that is confirmed, or the reason once patience, or the last try, is over."""
        return await self._until_ended(self._timing.patience)

    async def insist(self) -> str:
        """Go on until it has ended, or the pool closes; returns as `stop` does."""
        if reason := await self._until_ended(None):
            return reason
        if self._tries:
            self.tell("info", "sandbox.ended", f"{self._what} has ended at last.")
        return ""

    def tell(self, level: Level, code: str, text: str, hint: str = "") -> None:
        """Emit a notice. A journal that refuses must not keep a sandbox alive."""
        with contextlib.suppress(Exception):
            self._wiring.emit(Draft(Notice(level=level, code=code, text=text, hint=hint), worker=self._worker))

    async def _until_ended(self, patience: float | None) -> str:
        last_tries, deadline = 0, None
        while error := await self._try():
            now = asyncio.get_running_loop().time()
            if self._tries == 0:
                hint = "It is tried again until it has ended; its place and its GPUs stay taken till then."
                self.tell("warning", "sandbox.not_ended", f"{self._what} could not be ended: {error}", hint)
                self.failed(error)
            if deadline is None and patience is not None:
                deadline = now + patience
            pause = self._timing.backoff[min(self._tries, len(self._timing.backoff) - 1)]
            self._tries += 1
            if self._closing.done():
                last_tries += 1
                if last_tries >= self._timing.last_tries:
                    return error
                await self._wait(asyncio.get_running_loop().create_future(), self._timing.backoff[0])
            elif deadline is not None and now + pause > deadline:
                return error
            else:
                await self._wait(self._closing, pause)
        return ""

    async def _try(self) -> str:
        # A try that neither ends nor can be cancelled is still the one that counts next time.
        if self._task is None:
            self._task = start(self._end, f"stop {self._worker}")
        await self._wait(self._task, self._timing.stop)
        if not self._task.done():
            self._task.cancel()
            await self._wait(self._task, self._timing.grace)
            return f"it did not answer within {self._timing.stop:g} seconds"
        result, self._task = outcome(self._task), None
        return str(result.error) or type(result.error).__name__ if isinstance(result, Caught) else ""

    async def _wait(self, future: asyncio.Future[None] | asyncio.Task[Caught | None], seconds: float) -> None:
        if not await first(future, timeout=seconds):
            self.hurry()
