"""Standard error of an engine's process: a file of bounded size, for its owner alone.

It lies in the session's folder, and in the home folder as long as the session is not open.
"""

import asyncio
import faulthandler
import logging
import os
from pathlib import Path

NAME = "engine.log"

BOUND = 1024 * 1024
"""Bytes above which the older half of the log goes."""

LOOK = 10.0
"""Seconds between two looks at its size."""

STDERR = 2


def log_to(folder: Path) -> None:
    """Let all that is written to standard error go there from now on. Blocks on the disk."""
    faulthandler.enable()
    handler = logging.StreamHandler()
    logging.basicConfig(
        handlers=[handler], level=logging.WARNING, format="%(asctime)s %(process)d %(name)s: %(message)s"
    )
    logging.captureWarnings(True)
    try:
        file = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError:
        return  # a full disk: that is told by the store
    os.dup2(file, STDERR)
    os.close(file)
    cut()


async def keep_bounded() -> None:
    """Cut the log whenever it has become too long, for ever."""
    while True:
        await asyncio.sleep(LOOK)
        await asyncio.to_thread(cut)


def cut(file: int = STDERR, bound: int = BOUND) -> None:
    """Drop the older half of a log that is too long. Blocks on the disk."""
    size = os.fstat(file).st_size
    if size > bound:
        tail = os.pread(file, bound // 2, size - bound // 2)
        os.ftruncate(file, 0)
        os.write(file, tail)
