"""How fast the terminal room is: bytes fed into a screen or searched for questions, rows read, bytes through a tape.

    .venv/bin/python benchmarks/terminal.py [--megabytes 16]

Prints CPU time, so that a busy machine disturbs less. If pyte is installed, its feeding stands beside ours.
"""

import argparse
import time
from collections.abc import Callable

from golfer_tui.terminal import rows as reading
from golfer_tui.terminal.answers import Answers
from golfer_tui.terminal.screen import Screen
from golfer_tui.terminal.tape import Tape

COLUMNS, ROWS = 80, 24
CHUNK = 64 * 1024

LOG = b"2025-01-01 12:00:00 INFO worker-7 step 12345 loss 3.1415 accuracy 0.2718 tokens/s 16180\r\n"
TQDM = b"\r 42%|########            | 420/1000 [00:42<00:58, 10.00it/s, loss=3.1415]"
COLOUR = b"".join(b"\x1b[38;5;%dm\x1b[48;5;%dmword\x1b[0m " % (n, 255 - n) for n in range(0, 256, 7)) + b"\r\n"
UNICODE = "Größe 中文字符 한국어 ✅ 🚀 █▓▒░ naïve café e\u0301a\u0308\r\n".encode()
TOP = b"\x1b[H" + b"".join(b"%5d root  \x1b[1m%5.1f\x1b[m worker\x1b[K\r\n" % (n, n / 7) for n in range(20)) + b"\x1b[J"
KINDS = {"log": LOG, "tqdm": TQDM, "colour": COLOUR, "unicode": UNICODE, "top": TOP}


def cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU time that `work` takes."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def chunks(kind: bytes, size: int) -> list[bytes]:
    data = kind * (size // len(kind) + 1)
    return [data[at : at + CHUNK] for at in range(0, size, CHUNK)]


def fed(kind: bytes, size: int) -> float:
    """MB per second into our screen."""
    screen, parts = Screen(COLUMNS, ROWS), chunks(kind, size)
    seconds = cpu(lambda: [screen.feed(part) for part in parts])
    screen.close()
    return size / 1e6 / seconds


def searched(kind: bytes, size: int) -> float:
    """MB per second searched for questions of the program; nothing in it asks any."""
    answers, parts = Answers(COLUMNS, ROWS), chunks(kind, size)
    seconds = cpu(lambda: [answers.take(part) for part in parts])
    answers.close()
    return size / 1e6 / seconds


def fed_pyte(kind: bytes, size: int) -> float | None:
    """The same into pyte, a twentieth of it; None without pyte."""
    try:
        import pyte
    except ImportError:
        return None
    stream = pyte.ByteStream(pyte.Screen(COLUMNS, ROWS))
    parts = chunks(kind, size // 20)
    return size / 20e6 / cpu(lambda: [stream.feed(part) for part in parts])


def read(kind: bytes, *, fresh: bool) -> float:
    """Microseconds per row read; `fresh` forgets what was read before, as for a row never seen."""
    screen, times = Screen(COLUMNS, ROWS), 200
    screen.feed(kind * ROWS)

    def work() -> None:
        for _ in range(times):
            if fresh:
                reading._lines.clear()  # noqa: SLF001 - the very thing to be measured
            for y in range(ROWS):
                screen.line(y)

    work()
    return cpu(work) / (times * ROWS) * 1e6


def taped(size: int, readers: int) -> float:
    """MB per second through a tape with so many readers."""
    tape, data = Tape(), b"x" * 4096
    cursors = [tape.cursor() for _ in range(readers)]

    def work() -> None:
        for _ in range(size // len(data)):
            tape.append(data)
            for cursor in cursors:
                cursor.read(CHUNK)

    return size / 1e6 / cpu(work)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=16, help="bytes fed per kind, in MB (default: 16)")
    size = parser.parse_args().megabytes * 1_000_000
    print(f"{COLUMNS}x{ROWS}       feed MB/s   pyte MB/s   search MB/s   new row us   known row us")
    for name, kind in KINDS.items():
        other = fed_pyte(kind, size)
        pyte = "-" if other is None else f"{other:.2f}"
        print(
            f"{name:10} {fed(kind, size):11.1f} {pyte:>11} {searched(kind, size):13.0f}"
            f" {read(kind, fresh=True):12.1f} {read(kind, fresh=False):14.1f}"
        )
    print("tape MB/s  " + "   ".join(f"{n} readers {taped(size * 4, n):.0f}" for n in (1, 4)))


if __name__ == "__main__":
    main()
