"""Panes beside tmux: how soon an echo is seen, how fast a flood is taken in, what quiet and silent panes cost.

    .venv/bin/python benchmarks/panes.py [--panes 1 16 64] [--seconds 5] [--rounds 2] [--size 456x64] [--json]

The cockpit as a user starts it, with real local sandboxes, and a real tmux with the same panes in one window, both
on terminals of the same size that this program owns. They take turns: while one is measured, the other's panes are
silent. N panes print 50 lines a second each (quiet), or one of them as fast as it can (flood), or nothing (silent); one
more pane is typed into. An echo is the time from the key to the painted character. CPU is that of all processes but the
panes' own, in percent of one core. In 456x64 cells the cockpit shows 65 terminals at once; in less it shows a list, and
the terminal alone that is typed into.
"""

import argparse
import ctypes
import dataclasses as dc
import itertools
import json
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from pane_model import serving
from pane_printer import FLOOD, QUIET, SILENT
from pane_sides import ECHO, Cockpit, Side, Tmux, printer

PR_SET_CHILD_SUBREAPER = 36
"""Whatever a side leaves running in the background becomes a child of ours, and is measured and ended as well."""

GAP = (0.02, 0.08)
"""Seconds between an echo and the next key."""

CALM = 12
"""Times the settling time until silent panes are measured: what slows down by itself has slowed down by then."""

KEYS = tuple(map(chr, range(0x1401, 0x1641)))
"""Keys whose characters nothing else paints, one column each."""

MANY = 64
"""Panes from which tmux's echo is the measure; with fewer it is faster than any frame."""

STATES = ("quiet", "flood")


@dc.dataclass
class Measured:
    """What one side did in one state, over all rounds."""

    echoes: list[float] = dc.field(default_factory=list)
    """Seconds."""
    cpu: float = 0.0
    flood: int = 0
    painted: int = 0
    seconds: float = 0.0
    memory: float = 0.0

    def figures(self) -> dict[str, float]:
        """Milliseconds, percent of a core, megabytes, MB/s taken from the flooded pane, kB/s painted."""
        ordered = sorted(self.echoes) or [0.0]
        return {
            "p50": statistics.median(ordered) * 1e3,
            "p99": ordered[len(ordered) * 99 // 100] * 1e3,
            "keys": len(self.echoes),
            "cpu": self.cpu / self.seconds * 100,
            "memory": self.memory,
            "flood": self.flood / self.seconds / 1e6,
            "painted": self.painted / self.seconds / 1e3,
        }


Figures = dict[tuple[int, str, str], dict[str, float]]
"""By number of panes, state and side."""


def measure(side: Side, measured: Measured, seconds: float, keys: Iterator[str]) -> None:
    """Type for so long."""
    last = side.labels[-1]
    cpu, printed, painted, begin = side.cpu(), side.printed(last), side.painted, time.perf_counter()
    while time.perf_counter() < begin + seconds:
        measured.echoes.append(side.echo(next(keys)))
        side.watch(random.uniform(*GAP))  # noqa: S311
    measured.seconds += time.perf_counter() - begin
    measured.cpu += side.cpu() - cpu
    measured.flood += side.printed(last) - printed
    measured.painted += side.painted - painted
    measured.memory = side.memory()


def watch(sides: list[Side], seconds: float) -> dict[str, Measured]:
    """Nobody types and nothing prints: both sides at once."""
    before, begin = [(side.cpu(), side.painted) for side in sides], time.perf_counter()
    while time.perf_counter() < begin + seconds:
        for side in sides:
            side.watch(0.05)
    taken = time.perf_counter() - begin
    return {
        side.name: Measured(cpu=side.cpu() - cpu, painted=side.painted - painted, seconds=taken, memory=side.memory())
        for side, (cpu, painted) in zip(sides, before, strict=True)
    }


def compare(count: int, options: argparse.Namespace) -> Figures:
    """All states with so many printing panes, both sides in turns."""
    columns, rows = map(int, options.size.split("x"))
    table: dict[tuple[int, str, str], Measured] = {}
    with tempfile.TemporaryDirectory(prefix="golfer-panes-", ignore_cleanup_errors=True) as folder:
        places = {name: Path(folder) / name for name in ("golfer", "tmux")}
        for place in places.values():
            place.mkdir()
        labels = [f"p{number:02}" for number in range(count)]
        commands = {"echo": ECHO} | {label: printer(places["golfer"] / label, options.lines) for label in labels}
        with (
            serving(commands) as model,
            Tmux(places["tmux"], count, (columns, rows)) as tmux,
            Cockpit(places["golfer"], count, (columns, rows)) as cockpit,
        ):
            tmux.open(options.lines)
            cockpit.open(model)
            watch([cockpit, tmux], options.settle * CALM)
            for name, measured in watch([cockpit, tmux], options.seconds * 2).items():
                table[count, "silent", name] = measured
            keys = {side: itertools.cycle(KEYS) for side in (cockpit, tmux)}
            for _, state, side in itertools.product(range(options.rounds), STATES, (cockpit, tmux)):
                *others, last = side.labels
                side.order(others, QUIET)
                side.order([last], QUIET if state == "quiet" else FLOOD)
                side.watch(options.settle)
                measure(side, table.setdefault((count, state, side.name), Measured()), options.seconds, keys[side])
                side.order(side.labels, SILENT)
                side.watch(options.settle)
    return {key: measured.figures() for key, measured in table.items()}


def tell(figures: Figures) -> None:
    """One line for each number of panes, state and side."""
    print("panes state  side    echo p50     p99   CPU %  RSS MB  flood MB/s  painted kB/s")
    for (count, state, name), each in figures.items():
        echo = f"{each['p50']:8.1f}{each['p99']:8.1f}" if each["keys"] else " " * 16
        flood = f"{each['flood']:12.1f}" if state == "flood" else " " * 12
        cost = f"{each['cpu']:8.2f}{each['memory']:8.0f}"
        print(f"{count:>5} {state:<7}{name:<8}{echo}{cost}{flood}{each['painted']:14.0f}")


def ratios(figures: Figures) -> list[tuple[str, float, float]]:
    """What the figures come to: a sentence, the ratio or figure, and its limit; at most, or at least if negative."""

    def get(count: int, state: str, what: str, side: str = "golfer") -> float:
        return figures[count, state, side][what]

    counts = sorted({count for count, _, _ in figures})
    found: list[tuple[str, float, float]] = []
    for count in counts:
        panes = f"{count} panes, one flooded"
        found.append((f"{count} silent panes: CPU, % of a core", get(count, "silent", "cpu"), 1.0))
        floods = get(count, "flood", "flood"), get(count, "flood", "flood", "tmux")
        found.append((f"{panes}: bytes taken in beside tmux", floods[0] / max(floods[1], 1e-9), -1.5))
        if count >= MANY:
            for what, limit in (("p50", 0.25), ("p99", 0.5)):
                ours, theirs = get(count, "flood", what), get(count, "flood", what, "tmux")
                found.append((f"{panes}: echo {what} beside tmux", ours / theirs, limit))
        else:
            # Either is enough: sixty milliseconds, or little more than without the flood.
            late = get(count, "flood", "p99")
            bound = max(60.0, 1.3 * get(count, "quiet", "p99"))
            found.append((f"{panes}: echo p99, ms", late, bound))
    growth = get(counts[-1], "quiet", "cpu") / get(counts[0], "quiet", "cpu")
    found.append((f"CPU from {counts[0]} to {counts[-1]} quiet panes", growth, 5.0))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--panes", type=int, nargs="+", default=[1, 16, 64], help="numbers of printing panes")
    parser.add_argument("--seconds", type=float, default=5, help="for each state, side and round")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--settle", type=float, default=1.5, help="seconds after each order")
    parser.add_argument("--size", default="456x64", help="columns and rows of both terminals")
    parser.add_argument("--lines", choices=("plain", "metric"), default="plain", help="what is printed")
    parser.add_argument("--json", action="store_true", help="one object with all figures")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    figures: Figures = {}
    for count in options.panes:
        figures |= compare(count, options)
    if options.json:
        print(
            json.dumps(
                [
                    {"panes": count, "state": state, "side": side} | each
                    for (count, state, side), each in figures.items()
                ]
            )
        )
        return
    tell(figures)
    print()
    for told, ratio, limit in ratios(figures):
        bound = f"at most {limit:g}" if limit > 0 else f"at least {-limit:g}"
        held = ratio <= limit if limit > 0 else ratio >= -limit
        print(f"{told:<58}{ratio:8.2f}  {bound:<14}{'' if held else ' missed'}")


if __name__ == "__main__":
    main()
