"""What a test may not leave behind: asyncio tasks, child processes, threads that would keep the process alive.

The product promises that nothing runs after it is closed, so the suite holds every test to it: a leak is reported by
the test that made it, and not by a hang at the end of the run. Each check costs microseconds when nothing is left;
only when something is there does it look closer and give it a moment to end, since ends are often confirmed
asynchronously.
"""

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any, TypeVar

import psutil
import pytest
from pytest_asyncio import is_async_test

GRACE = 2.0
"""Seconds that something may take to end after its test."""

POLL = 0.01

HELPERS = ("multiprocessing.resource_tracker", "multiprocessing.forkserver", "from multiprocessing.spawn")
"""Processes that Python itself starts once and ends with the interpreter; they stand in the command line."""

T = TypeVar("T")


def _settled(left: Callable[[], T]) -> T:
    """Ask until nothing is left or the grace is over."""
    deadline = time.monotonic() + GRACE
    while (found := left()) and time.monotonic() < deadline:
        time.sleep(POLL)
    return found


@pytest.fixture
async def no_tasks_left() -> AsyncIterator[None]:
    """Fail if tasks that the test or its fixtures started are still pending on the test's loop."""
    before = asyncio.all_tasks()
    yield
    deadline = asyncio.get_running_loop().time() + GRACE
    while left := asyncio.all_tasks() - before - {asyncio.current_task()}:
        if asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.wait(left, timeout=POLL)
    if left:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=GRACE)
        pytest.fail(
            _report("asyncio tasks still pending", map(_task, left), "await or cancel them in the owner's close")
        )


@pytest.fixture(autouse=True)
def no_tasks_left_where_a_loop_runs(nothing_is_left: None, request: pytest.FixtureRequest) -> None:
    """Look for tasks in async tests only, so that plain tests get no event loop."""
    if is_async_test(request.node):
        request.getfixturevalue("no_tasks_left")


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Fail if the test leaves child processes or non-daemon threads.

    It comes first and so looks last: after all other fixtures, and after the event loop and its executor are closed.
    """
    threads = set(threading.enumerate())
    children = set(_children())
    yield
    if processes := _settled(lambda: [child for child in _children() if child not in children]):
        names = [_process(process) for process in processes]
        for process in processes:
            _end(process)
        pytest.fail(_report("child processes left", names, "end them and wait for them (`await process.wait()`)"))
    if left := _settled(lambda: [thread for thread in threading.enumerate() if _holds(thread, threads)]):
        names = [f"{thread.name} ({type(thread).__name__})" for thread in left]
        pytest.fail(_report("threads left", names, "join them, or close the executor or connection that owns them"))


def _holds(thread: threading.Thread, before: set[threading.Thread]) -> bool:
    return thread not in before and thread.is_alive() and not thread.daemon


def _children() -> list[psutil.Process]:
    """Children of this process, their children included, without Python's own helpers."""
    if hasattr(os, "waitid"):
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return []  # the usual case, and a thousand times cheaper than reading the process table
    return [child for child in psutil.Process().children(recursive=True) if not _is_helper(child)]


def _is_helper(process: psutil.Process) -> bool:
    try:
        command = " ".join(process.cmdline())
    except psutil.Error:
        return False
    return any(helper in command for helper in HELPERS)


def _end(process: psutil.Process) -> None:
    """Kill what was left, so that the next test starts clean. It is a child of this process and reaped here."""
    try:
        process.kill()
        process.wait(GRACE)
    except (psutil.Error, ChildProcessError):
        return


def _process(process: psutil.Process) -> str:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return f"{process.pid} (ended, but nobody waited for it)"
        return f"{process.pid} {' '.join(process.cmdline())[:200]}"
    except psutil.Error:
        return str(process.pid)


def _task(task: asyncio.Task[Any]) -> str:
    frames = task.get_stack(limit=1)
    where = f" at {frames[0].f_code.co_filename}:{frames[0].f_lineno}" if frames else ""
    return f"{task.get_name()}: {getattr(task.get_coro(), '__qualname__', task.get_coro())}{where}"


def _report(what: str, names: Iterable[str], advice: str) -> str:
    return f"{what} after the test; {advice}:\n" + "\n".join(f"  - {name}" for name in sorted(names))
