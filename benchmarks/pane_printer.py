"""What the panes of `panes.py` run: a program that prints lines, prints as fast as it can, or is silent, as it is told.

    pane_printer.py NOTE KIND

KIND is `plain` or `metric`, the kind of its lines. It begins silent. SIGUSR1 makes it silent, SIGUSR2 lets it print
RATE lines a second, SIGURG as fast as they are taken. NOTE is a file of two numbers, 8 bytes each: its process id, and
the bytes that it has printed.
"""

import os
import signal
import struct
import sys

RATE = 50
"""Lines a second of a quiet pane."""

BLOCK = 200
"""Lines of one write of a flood."""

LINES = {
    "plain": "2025-01-01 12:00:00 INFO worker line {:7d} the quick brown fox jumps over the lazy dog and goes on\n",
    "metric": "step {:7d} loss=3.1415 \x1b[32mtokens/s\x1b[0m 16180 the quick brown fox jumps over the lazy dog\n",
}

ORDERS = {signal.SIGUSR1, signal.SIGUSR2, signal.SIGURG}
SILENT, QUIET, FLOOD = signal.SIGUSR1, signal.SIGUSR2, signal.SIGURG


def main() -> None:
    note, kind = sys.argv[1:]
    line, number, printed = LINES[kind], 0, 0
    signal.pthread_sigmask(signal.SIG_BLOCK, ORDERS)
    noted = os.open(note, os.O_CREAT | os.O_WRONLY, 0o600)
    mode = SILENT
    while True:
        os.pwrite(noted, struct.pack("QQ", os.getpid(), printed), 0)
        if mode == SILENT:
            mode = signal.Signals(signal.sigwaitinfo(ORDERS).si_signo)
            continue
        if (told := signal.sigtimedwait(ORDERS, 0 if mode == FLOOD else 1 / RATE)) is not None:
            mode = signal.Signals(told.si_signo)
            continue
        count = BLOCK if mode == FLOOD else 1
        data = "".join([line.format(each) for each in range(number, number + count)]).encode()
        number += count
        while data:
            taken = os.write(1, data)
            printed += taken
            data = data[taken:]


if __name__ == "__main__":
    main()
