"""A small run of `benchmarks/store_writers.py`: several processes write one store, and nothing is refused or lost."""

import subprocess
import sys
from pathlib import Path


def test_processes_that_write_at_once_lose_nothing() -> None:
    script = Path(__file__).parents[2] / "benchmarks" / "store_writers.py"
    sizes = ["--seconds", "1", "--processes", "3", "--rate", "300", "--no-limits"]
    done = subprocess.run([sys.executable, str(script), *sizes], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    first, *times = done.stdout.splitlines()
    assert "0 errors" in first
    assert [line.split()[:2] for line in times] == [["write", "p50"], ["write", "p99"], ["write", "p100"]]
