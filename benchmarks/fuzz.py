"""Random sequences into the terminal: no crash, no hang, and nothing but cells on the way to the person.

    .venv/bin/python benchmarks/fuzz.py [--sequences 1000000] [--seed 1] [--json]

Sequences of every kind (CSI, OSC, DCS, APC, PM, SOS, C0 and C1, charsets, UTF-8 whole and broken, half sequences, bare
bytes) with plausible and with absurd parameters go, cut anywhere, into screens of all sizes, which are resized now and
then, and into what answers a program. What changed on them is made into rows as the panes do, in both ways: as a strip
for the compositor, and as text for the canvas. A row must cover its columns exactly and may hold colours and text;
anything else that a terminal would act on, in a row or in a title, is counted and ends the run with status 1.
"""

import argparse
import json
import random
import re
import sys
import time
import unicodedata
from collections.abc import Callable

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style as RichStyle

from golfer_tui.terminal.answers import Answers
from golfer_tui.terminal.screen import Screen
from golfer_tui.tui.paint import shown, strip_of

SIZES = [(80, 24), (132, 43), (1, 1), (2, 50), (200, 3), (7, 7)]

TURN = 16
"""Sequences between two looks at what is shown."""

STRINGS = [b"\x1b]", b"\x1bP", b"\x1b_", b"\x1b^", b"\x1bX", b"\x1bk", b"\x9d", b"\x90", b"\xc2\x9d"]
ENDS = [b"\x07", b"\x1b\\", b"\x9c", b"\xc2\x9c", b"\x18", b"\x1a", b""]
COMMANDS = [
    b"0",
    b"1",
    b"2",
    b"4",
    b"7",
    b"8",
    b"9",
    b"10",
    b"11",
    b"50",
    b"52",
    b"104",
    b"133",
    b"777",
    b"1337",
    b"5522",
]
CHARACTERS = (
    "aZ0 ~é中✅\u0301\u200d\ufe0f\u202e\u2066\u2028\u200f\u00ad\ufeff\U0001f1e9\U0001f9d1\U000e0061\ud7ff\u3164"
)
MODES = [
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    12,
    20,
    25,
    47,
    66,
    69,
    1000,
    1002,
    1003,
    1004,
    1006,
    1015,
    1016,
    1047,
    1048,
    1049,
    2004,
    2026,
    2027,
    2048,
]
NUMBERS = [0, 1, 2, 3, 5, 7, 8, 24, 38, 48, 58, 80, 255, 256, 999, 65535, 65536, 2**31, 2**32, 10**30]

_SGR = re.compile(r"\x1b\[[0-9;:]*m")
_STEERING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def parameter(dice: random.Random) -> bytes:
    return b"" if dice.random() < 0.2 else b"%d" % dice.choice(NUMBERS)


def csi(dice: random.Random) -> bytes:
    begin = dice.choice([b"\x1b[", b"\x1b[", b"\x1b[", b"\x9b", b"\xc2\x9b"])
    private = dice.choice([b"", b"", b"", b"?", b">", b"=", b"<"])
    if private == b"?" and dice.random() < 0.6:
        return begin + b"?%d" % dice.choice(MODES) + dice.choice([b"h", b"l", b"$p", b"s", b"r"])
    numbers = dice.choice([b";", b";", b":"]).join(parameter(dice) for _ in range(dice.choice([0, 1, 1, 2, 3, 6, 40])))
    return (
        begin
        + private
        + numbers
        + dice.choice([b"", b"", b"", b" ", b"!", b"$", b"'", b'"', b"*"])
        + bytes([dice.randrange(0x40, 0x7F)])
    )


def string(dice: random.Random) -> bytes:
    body = (
        dice.choice(COMMANDS)
        + b";"
        + dice.choice(
            [b"?", b"rgb:ff/00/ff", b"ZXZpbA==", b"http://a.example/", dice.randbytes(dice.choice([3, 30, 3000]))]
        )
    )
    return dice.choice(STRINGS) + body + dice.choice(ENDS)


def escape(dice: random.Random) -> bytes:
    return b"\x1b" + dice.choice([b"", b"", b"(", b")", b"#", b" ", b"%"]) + bytes([dice.randrange(0x30, 0x7F)])


def control(dice: random.Random) -> bytes:
    return bytes([dice.choice([*range(0x20), 0x7F, *range(0x80, 0xA0)])])


def text(dice: random.Random) -> bytes:
    return "".join(dice.choices(CHARACTERS, k=dice.choice([1, 5, 90]))).encode()


def broken(dice: random.Random) -> bytes:
    return dice.choice(
        [
            b"\xff\xfe",
            b"\xc0\xaf",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xe4\xb8",
            b"\x1b[12",
            b"\x1b]8;;",
            dice.randbytes(8),
        ]
    )


KINDS: list[Callable[[random.Random], bytes]] = [csi, csi, csi, string, escape, control, text, text, broken]


def harm(row: str) -> str:
    """What a terminal would act on in a row, colours aside; empty if there is nothing."""
    return "".join(
        each
        for each in _SGR.sub("", row)
        if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(each) in _STEERING
    )


class Patient:
    """A screen that takes everything, with what answers its program."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._console = Console(force_terminal=True, color_system="truecolor", legacy_windows=False)
        self._ground = RichStyle.parse("#d5ddd8 on #0d1110")
        self._screen = Screen(*size, scrollback_lines=50)
        self._answers = Answers(*size)
        self.slowest = 0.0
        """Seconds of processor time of the longest turn."""
        self.harmful: list[str] = []

    def take(self, data: bytes, cuts: list[int]) -> None:
        """Take these bytes, cut there, and look at what is shown."""
        begun = time.thread_time()
        for begin, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
            self._screen.feed(data[begin:end])
            self._answers.take(data[begin:end])
        for y in self._screen.dirty():
            if 0 <= y < self._screen.rows:
                self._look(y)
        if found := harm(self._screen.title):
            self.harmful.append(found)
        self.slowest = max(self.slowest, time.thread_time() - begun)

    def _look(self, y: int) -> None:
        width, line = self._screen.columns, self._screen.line(y)
        texts = [(run.text, run.cells) for run in shown(line)]
        strip = strip_of(line, width, self._ground)
        exact = sum(cells for _, cells in texts) == width == strip.cell_length
        exact = exact and all(cell_len(piece) == cells for piece, cells in texts)
        row = strip.render(self._console)
        if not exact or (found := harm(row) + harm("".join(piece for piece, _ in texts))):
            self.harmful.append(f"row {y}: {row!r}" if not exact else found)

    def resize(self, size: tuple[int, int]) -> None:
        self._screen.resize(*size)
        self._answers.resize(*size)

    def close(self) -> None:
        self._screen.close()
        self._answers.close()


def fuzz(count: int, seed: int) -> dict[str, float]:
    """Run; returns the figures."""
    dice = random.Random(seed)  # noqa: S311
    patients = [Patient(size) for size in SIZES]
    size, begun = 0, time.perf_counter()
    for _ in range(0, count, TURN):
        data = b"".join(dice.choice(KINDS)(dice) for _ in range(TURN))
        size += len(data)
        patient = dice.choice(patients)
        patient.take(data, sorted(dice.choices(range(len(data) + 1), k=dice.choice([0, 1, 1, 3, 30]))))
        if dice.random() < 0.02:
            patient.resize(dice.choice(SIZES))
    seconds = time.perf_counter() - begun
    for patient in patients:
        patient.close()
    harmful = [each for patient in patients for each in patient.harmful]
    for each in harmful[:10]:
        print(each, file=sys.stderr)
    return {
        "sequences": count,
        "megabytes": round(size / 1e6, 1),
        "seconds": round(seconds, 1),
        "slowest_ms": round(1e3 * max(patient.slowest for patient in patients), 1),
        "harmful": len(harmful),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sequences", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one object with all figures")
    options = parser.parse_args()
    figures = fuzz(options.sequences, options.seed)
    print(
        json.dumps(figures) if options.json else "\n".join(f"{name:<12}{value:>12}" for name, value in figures.items())
    )
    sys.exit(figures["harmful"] > 0)


if __name__ == "__main__":
    main()
