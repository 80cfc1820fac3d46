"""How often a sandbox is measured: each second while it does anything, seldom while it does nothing.

Sixty-four sandboxes that wait for their models would otherwise cost more to watch than they use.
"""

import asyncio
import contextlib
from collections.abc import Callable

from golfer_tui.model.gauges import Sample
from golfer_tui.sandboxes.contract import Sandbox

LONGEST = 30
"""Times the usual pause that is waited at most between two samples of a sandbox that is quiet."""

QUIET = 1.0
"""Percent of a core below which a sandbox is quiet, if its memory stays as it is and nothing is printed."""


async def sample_for_ever(sandbox: Sandbox, on_sample: Callable[[Sample], None], pause: float) -> None:
    """Measure until cancelled; `pause` is the time between two samples in seconds. One that prints is never quiet."""
    printed = asyncio.Event()
    deaf = sandbox.tape.listen(printed.set)
    try:
        before: Sample | None = None
        wait = pause
        while True:
            printed.clear()
            sample: Sample | None = None
            # A gauge that fails is no reason to end a run.
            with contextlib.suppress(Exception):
                if (sample := await sandbox.sample()) is not None:
                    on_sample(sample)
            wait = min(wait * 2, pause * LONGEST) if _quiet(before, sample) else pause
            before = sample
            await asyncio.sleep(pause)
            if wait > pause:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait - pause):
                        await printed.wait()
    finally:
        deaf()


def _quiet(before: Sample | None, now: Sample | None) -> bool:
    """Nothing happened between two samples. A sandbox with a GPU is never quiet: what that does is only seen there."""
    if before is None or now is None or now.gpus:
        return False
    return now.cpu < QUIET and (now.memory, now.processes) == (before.memory, before.processes)
