"""Ending a sandbox for certain: tried again with growing pauses until the end is confirmed."""

import asyncio
import contextlib

from golfer_tui.model.events import Draft, Notice
from golfer_tui.pool.tasks import Caught, first, outcome, start
from golfer_tui.pool.wiring import Wiring
from golfer_tui.sandboxes.contract import Sandbox


class Stopper:
    """Ends the sandbox of one worker."""

    def __init__(self, worker: str, wiring: Wiring) -> None:
        self._worker = worker
        self._wiring = wiring
        self._timing = wiring.timing
        self._task: asyncio.Task[Caught | None] | None = None
        self._closing: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def hurry(self) -> None:
        """The pool closes: a few more tries, then give up."""
        if not self._closing.done():
            self._closing.set_result(None)

    async def stop(self, sandbox: Sandbox) -> str:
        """End the sandbox. Returns once that is confirmed, with "", or has been given up, with the reason."""
        tries = last_tries = 0
        while error := await self._try(sandbox):
            if tries == 0:
                self._tell(sandbox, error)
            pause = self._timing.backoff[min(tries, len(self._timing.backoff) - 1)]
            tries += 1
            if not self._closing.done():
                await self._wait(self._closing, pause)
                continue
            last_tries += 1
            if last_tries >= self._timing.last_tries:
                return error
            await self._wait(asyncio.get_running_loop().create_future(), self._timing.backoff[0])
        return ""

    async def _try(self, sandbox: Sandbox) -> str:
        # A try that neither ends nor can be cancelled is still the one that counts next time.
        if self._task is None:
            self._task = start(sandbox.stop, f"stop {self._worker}")
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

    def _tell(self, sandbox: Sandbox, error: str) -> None:
        text = f"The sandbox {sandbox.id} of {self._worker} could not be ended: {error}"
        hint = "It is tried again until it has ended; its place and its GPUs stay taken till then."
        notice = Notice(level="warning", code="sandbox.not_ended", text=text, hint=hint)
        # A journal that refuses must not keep a sandbox alive.
        with contextlib.suppress(Exception):
            self._wiring.emit(Draft(notice, worker=self._worker))
