"""How long the shortest commands take as whole processes, as a ratio to an empty one, all measured in one run.

    .venv/bin/python benchmarks/start.py [--json]

The kinds take turns, so that a machine that slows down slows all of them; the median of each counts.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 40
PYTHON = sys.executable
GOLFER = str(Path(PYTHON).with_name("golfer"))

COMMANDS = {
    "python -c pass": [PYTHON, "-c", "pass"],
    "golfer --version": [GOLFER, "--version"],
    "python -m golfer_tui --version": [PYTHON, "-m", "golfer_tui", "--version"],
    "golfer --help": [GOLFER, "--help"],
    "golfer run --help": [GOLFER, "run", "--help"],
}


def seconds(command: list[str]) -> float:
    """Time of one whole process."""
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def measure(rounds: int = ROUNDS) -> dict[str, tuple[float, float]]:
    """Median in milliseconds and its ratio to the empty process, by command."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    middle = {name: statistics.median(values) for name, values in times.items()}
    empty = middle["python -c pass"]
    return {name: (value * 1000, value / empty) for name, value in middle.items()}


def main() -> None:
    measured = measure()
    if "--json" in sys.argv:
        print(json.dumps({name: {"ms": ms, "ratio": ratio} for name, (ms, ratio) in measured.items()}))
        return
    for name, (ms, ratio) in measured.items():
        print(f"{name:<32}{ms:8.1f} ms{ratio:8.2f} x")


if __name__ == "__main__":
    main()
