"""Running the cockpit on a terminal, with what happens when that terminal goes away."""

import asyncio
import contextlib
import functools
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator

from golfer_tui.tui.app import CockpitApp

HUNG_UP_SECONDS = 60
"""How long a cockpit whose terminal went away may take to leave its session, before the kernel ends it."""


def run_cockpit(app: CockpitApp) -> int:
    """Run the app on this terminal; returns the exit code.

    When the terminal goes away, or SIGTERM comes, the session goes on in the background.

    Raises:
        GolferError: why the engine could not be opened, after the screen has told it.
    """
    asyncio.run(_run(app))
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0


async def _run(app: CockpitApp) -> None:
    loop = asyncio.get_running_loop()
    leave = functools.partial(app.leave, "leave")

    def hung_up(*_: object) -> None:
        # Textual's writer dies on a terminal that is gone, and then blocks the loop: let it write to nowhere instead.
        # A handler of the loop's would come too late, after the SIGCONT that the kernel sends along.
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nowhere, descriptor)
        os.close(nowhere)
        signal.alarm(HUNG_UP_SECONDS)
        loop.call_soon_threadsafe(leave)

    loop.add_signal_handler(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, hung_up)
    try:
        with _watched(sys.stdin.fileno(), hung_up):
            await app.run_async()
    finally:
        await app.let_go()


@contextlib.contextmanager
def _watched(terminal: int, gone: Callable[[], None]) -> Iterator[None]:
    """Call `gone` in another thread when the terminal goes away: a signal tells that to its own processes only."""
    reader, writer = os.pipe()
    poll = select.poll()
    poll.register(terminal, 0)  # asks for nothing, and hears of the end alone
    poll.register(reader, 0)

    def watch() -> None:
        if any(descriptor == terminal for descriptor, _ in poll.poll()):
            gone()

    watching = threading.Thread(target=watch, name="hang-up")
    watching.start()
    try:
        yield
    finally:
        os.close(writer)
        watching.join()
        os.close(reader)
