"""SIGINT, SIGTERM and SIGHUP: the first asks for an orderly end, the second ends the process at once."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from types import TracebackType
from typing import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Takes over the signals while it is entered; to be used on a running loop in the main thread."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        """Set by the first signal."""
        self.code = 128 + signal.SIGINT
        """Exit code that tells which signal it was: 130, 143 or 129."""
        self._waiting: asyncio.Task[object] | None = None

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self._signalled, number)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.remove_signal_handler(number)

    @contextlib.contextmanager
    def cancelling(self) -> Iterator[None]:
        """Inside, the first signal cancels the task that entered: for waits that cannot be asked to end."""
        self._waiting = asyncio.current_task()
        try:
            yield
        finally:
            self._waiting = None

    def forgive(self) -> None:
        """What was asked for is done: the next signal counts as the first again."""
        self.asked.clear()

    def _signalled(self, number: signal.Signals) -> None:
        if self.asked.is_set():
            # The sandboxes die with this process; what was journaled is on disk.
            os._exit(128 + number)
        self.code = 128 + number
        self.asked.set()
        if self._waiting is not None:
            self._waiting.cancel()
