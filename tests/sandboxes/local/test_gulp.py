"""A terminal that is flooded is read in a thread: every byte, in order, and no more than there is room for."""

import asyncio
import os
import pty
import subprocess
import threading
import tty

import pytest

from golfer_tui.sandboxes.capture import Capture
from golfer_tui.sandboxes.local import gulp
from golfer_tui.sandboxes.local.terminal import Terminal
from golfer_tui.terminal.tape import Tape

LINES = 900_000


@pytest.fixture
def flooding() -> "Flooding":
    return Flooding()


class Flooding:
    """A program that prints numbers as fast as it can, on a terminal that changes nothing in them."""

    wanted = b"".join(b"%d\n" % number for number in range(1, LINES + 1))

    def open(self) -> int:
        """Start it; returns the outer end of its terminal."""
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        self.process = subprocess.Popen(["seq", str(LINES)], stdout=theirs)
        os.close(theirs)
        return ours

    async def ended(self) -> None:
        await asyncio.to_thread(self.process.wait)


@pytest.mark.parametrize("threads", [0, 2])
async def test_every_byte_comes_in_order_whoever_reads(
    flooding: Flooding, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gulp, "THREADS", threading.BoundedSemaphore(threads))
    tape = Tape()
    cursor = tape.cursor()
    got, closed, full, ours = bytearray(), asyncio.Event(), 0, flooding.open()
    terminal = Terminal(ours, tape, capture := Capture(), closed.set)
    while not closed.is_set():
        # A reader that is so slow that the terminal waits for it now and then.
        full += tape.full
        got += cursor.read(1 << 20 if tape.full or flooding.process.poll() is not None else 0)
        await asyncio.sleep(0.002)
    got += cursor.read()
    assert full
    assert bytes(got) == flooding.wanted
    assert capture.take().size == len(flooding.wanted)
    assert terminal.closed
    await flooding.ended()


async def test_a_terminal_can_be_closed_while_it_is_read(flooding: Flooding) -> None:
    tape = Tape()
    terminal = Terminal(flooding.open(), tape, Capture(), lambda: None)
    async with asyncio.timeout(30):
        while tape.end < 100_000:
            await asyncio.sleep(0.001)
    terminal.drain()
    end = tape.end
    terminal.close()
    await flooding.ended()
    assert bytes(tape.peek(0)) == flooding.wanted[:end]
    # Both threads are free again.
    async with asyncio.timeout(30):
        while not gulp.THREADS.acquire(blocking=False):
            await asyncio.sleep(0.001)
    gulp.THREADS.release()
