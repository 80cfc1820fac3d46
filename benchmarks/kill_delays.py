"""What held the engine of `screen_kills.py` up in the second before it was killed, as Linux tells it.

A recording that is behind has one of four causes: the worker had printed nothing, the engine had no processor, it
waited for the disk, or it was busy with something else. Each is told in milliseconds, so that they can be told apart.
"""

import collections
import contextlib
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import psutil

STEP = 0.05
"""Seconds between two looks."""

WINDOW = 1.0
"""Seconds before the kill that are told of."""


class _Thread(NamedTuple):
    ran: int
    """Nanoseconds on a processor, since it began."""
    queued: int
    """Nanoseconds that it waited for one."""
    disk: bool
    """It waits for the disk now."""


class _Look(NamedTuple):
    time: float
    threads: dict[str, _Thread]
    workers: dict[str, _Thread]
    """Those of the processes below it."""
    recorded: int
    """Bytes of the recording."""


class Delays:
    """Looks from the beginning to the end of `with`; `told` is then what was seen."""

    def __init__(self, engine: int, recording: Path) -> None:
        self._engine = engine
        self._recording = recording
        self._looks: collections.deque[_Look] = collections.deque(maxlen=round(WINDOW / STEP))
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="delays")
        self.told = ""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()
        self.told = self._tell()

    def _run(self) -> None:
        while not self._end.is_set():
            # Whatever ended meanwhile is left out.
            with contextlib.suppress(OSError, psutil.Error, IndexError, ValueError):
                self._looks.append(self._look())
            self._end.wait(STEP)

    def _look(self) -> _Look:
        family = psutil.Process(self._engine).children(recursive=True)
        workers: dict[str, _Thread] = {}
        for process in family:
            workers |= _threads(process.pid)
        return _Look(time.monotonic(), _threads(self._engine), workers, self._recording.stat().st_size)

    def _tell(self) -> str:
        if len(self._looks) < 2:
            return "nothing was seen"
        first, last = self._looks[0], self._looks[-1]
        seconds = last.time - first.time
        ran, queued = _since(first.threads, last.threads)
        _, starved = _since(first.workers, last.workers)
        disk = sum(any(each.disk for each in look.threads.values()) for look in self._looks) * STEP
        grown = next((look.time for look in reversed(self._looks) if look.recorded < last.recorded), first.time)
        loop = str(self._engine)
        return (
            f"in its last {seconds * 1000:.0f} ms the engine's loop ran {ran.get(loop, 0) / 1e6:.0f} ms and waited "
            f"{queued.get(loop, 0) / 1e6:.0f} ms for a processor, any thread {max(queued.values()) / 1e6:.0f} ms, "
            f"for the disk {disk * 1000:.0f} ms; the worker waited {max(starved.values(), default=0) / 1e6:.0f} ms; "
            f"the recording grew {(last.time - grown) * 1000:.0f} ms before the last look"
        )


def _since(first: dict[str, _Thread], last: dict[str, _Thread]) -> tuple[dict[str, int], dict[str, int]]:
    """By thread, how many nanoseconds it ran, and waited for a processor."""
    none = _Thread(0, 0, disk=False)
    begun = {name: (each, first.get(name, none)) for name, each in last.items()}
    ran = {name: after.ran - before.ran for name, (after, before) in begun.items()}
    return ran, {name: after.queued - before.queued for name, (after, before) in begun.items()}


def _threads(process: int) -> dict[str, _Thread]:
    """The threads of a process by their numbers; that of the main one is its own."""
    found = {}
    for folder in Path(f"/proc/{process}/task").iterdir():
        with contextlib.suppress(OSError):
            ran, queued, _ = (folder / "schedstat").read_text().split()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            found[folder.name] = _Thread(int(ran), int(queued), disk=state == "D")
    return found
