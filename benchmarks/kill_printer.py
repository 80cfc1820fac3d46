"""What the workers of `kills.py` run: numbered lines, and a note beside them of when each was written.

    kill_printer.py NOTES LABEL COUNT

A note is written after its line: what is noted was printed, and at most one line more.
"""

import os
import sys
import time

PAUSE = 0.004
"""Seconds between two lines."""


def line(label: str, number: int) -> str:
    """A line as it is written to the terminal, which makes CR LF of its end."""
    return f"{label} step:{number} train_loss:{1 + number / 8:.3f} mé漢😀\n"


def main() -> None:
    notes, label, count = sys.argv[1:]
    with open(os.path.join(notes, label), "ab", buffering=0) as noted:
        noted.write(b"-1 %d\n" % time.monotonic_ns())
        for number in range(int(count)):
            data = line(label, number).encode()
            while data:
                data = data[os.write(1, data) :]
            noted.write(b"%d %d\n" % (number, time.monotonic_ns()))
            time.sleep(PAUSE)


if __name__ == "__main__":
    main()
