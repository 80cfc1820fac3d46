"""What was printed before this front end came, brought to the panes behind the first picture, one after the other.

The engine sends the end of each tape, so that all panes are filled at once; the rest of a pane's history is fetched
from the recording then. Where somebody reads or types at that moment, it waits until they are done.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from golfer_tui.model.errors import GolferError
from golfer_tui.tui.panes import Panes

if TYPE_CHECKING:
    from golfer_tui.attach.session import OpenSession

EARLIER = 1024 * 1024
"""Bytes of one pane that are brought at most; in lines, the terminal has a bound of its own."""

LINE = 4096
"""Bytes in which the end of the first line is looked for."""

PAUSE = 1.0
"""Seconds before the first is fetched, and until those are tried again that could not take it."""


async def bring_earlier(engine: "OpenSession", panes: Panes, request: Callable[[], None]) -> None:
    """Bring it to the panes of all workers that had printed something by now; `request` asks for a frame."""
    waiting = [worker.name for worker in engine.state.workers.values() if worker.tape_end]
    while waiting:
        await asyncio.sleep(PAUSE)
        again = []
        for worker in waiting:
            pane = panes.get(worker)
            if pane is None or pane.behind:
                again.append(worker)
            elif pane.begin:
                try:
                    if not await _bring(engine, panes, worker):
                        again.append(worker)
                except GolferError:
                    continue  # the log says what is wrong with the recording
                request()
        waiting = again


async def _bring(engine: "OpenSession", panes: Panes, worker: str) -> bool:
    async def fetch(offset: int, size: int) -> bytes:
        return b"".join(piece.data for piece in await engine.printed(worker, offset, size))

    tape = engine.tape(worker)
    if tape is None:
        return False
    offset = max(0, tape.start - EARLIER)
    if offset:
        # It begins with a whole line, and so with whole sequences.
        offset += (await fetch(offset, LINE)).find(b"\n") + 1
    return await panes.lengthen(worker, offset, fetch)
