"""How long a search of a full history takes, and for how long it holds the event loop up at most.

    .venv/bin/python benchmarks/search.py [--lines 12000] [--columns 80]

Beside it, in the same run: the same text put out of the emulator at once and searched with Python's `re`, line by
line, which knows neither wrapped lines nor cells. Each search is run three times; the fastest counts, and its longest
step.
"""

import argparse
import re
import time
from collections.abc import Iterator

from golfer_tui.terminal.screen import Screen
from golfer_tui.terminal.search import Search, query
from golfer_tui.terminal.transcript import Transcript
from golfer_tui.tui.finding import STEP

PATTERNS = ("val_bpb:2[.]9", "no such thing", "step:[0-9]*7/40", "日本.*done", "e")
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=12_000)
    parser.add_argument("--columns", type=int, default=80)
    asked = parser.parse_args()
    screen = Screen(asked.columns, 24)
    for number in range(asked.lines):
        screen.feed(line(number).encode())
    lines = screen.transcript()
    lines.settle()
    print(f"{lines.end - lines.first:,} lines of {asked.columns} columns; a step is to take {1000 * STEP:.0f} ms")
    for pattern in PATTERNS:
        measure(lines, pattern)
    lines.close()
    screen.close()


def line(number: int) -> str:
    wide = "日本語 done" if number % 10 == 0 else "done"
    return f"step:{number}/40 val_bpb:{3 - number / 1e5:.4f} \x1b[2mtime:1.2s\x1b[0m {wide} {'x' * (number % 50)}\r\n"


def measure(lines: Transcript, pattern: str) -> None:
    runs = []
    for _ in range(ROUNDS):
        search = Search(query(pattern))
        runs.append((list(steps(lines, search)), search))
    times, search = min(runs, key=lambda run: sum(run[0]))
    begin = time.perf_counter()
    plain = re.compile(pattern)
    text = lines.texts(lines.first, lines.end - lines.first)
    found = sum(1 for row in text for _ in plain.finditer(row))
    bare = time.perf_counter() - begin
    more = "+" if search.cut else ""
    print(
        f"{pattern:>18}: {search.count:,}{more} matches in {1000 * sum(times):.0f} ms, {len(times)} steps,"
        f" the longest {1000 * max(times):.1f} ms; {sum(times) / bare:.1f} times bare `re` ({found:,} matches)"
    )


def steps(lines: Transcript, search: Search) -> Iterator[float]:
    """Seconds of each step until all is searched."""
    done = False
    while not done:
        begin = time.perf_counter()
        done = search.step(lines, STEP, changed=False)
        yield time.perf_counter() - begin


if __name__ == "__main__":
    main()
