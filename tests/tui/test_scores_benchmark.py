"""A small run of `benchmarks/scores.py`: it measures both sides and every key. What it measures is not judged here."""

import re
import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "scores.py"


def test_it_measures_all_keys_and_those_of_the_plot() -> None:
    small = ["--workers", "2", "--points", "30", "--rounds", "1"]
    done = subprocess.run([sys.executable, BENCHMARK, *small], capture_output=True, text=True, check=True)
    told = [re.fullmatch(r"(.+): the longest step .+: [\d.]+ times that", line) for line in done.stdout.splitlines()]
    assert [line and line[1] for line in told] == ["all keys", "keys of the plot"]
