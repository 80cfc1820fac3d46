"""A short run of `benchmarks/panes.py`: it measures both sides in every state. What it measures is not judged here."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "panes.py"


@pytest.mark.skipif(not (shutil.which("tmux") and Path("/proc").exists()), reason="needs tmux, and /proc to measure")
def test_both_sides_are_measured_in_every_state() -> None:
    short = ["--panes", "2", "--seconds", "0.2", "--rounds", "1", "--settle", "0.05", "--size", "120x40", "--json"]
    command = [sys.executable, str(BENCHMARK), *short]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {(row["state"], row["side"]): row for row in json.loads(done.stdout)}
    assert set(rows) == {(state, side) for state in ("silent", "quiet", "flood") for side in ("golfer", "tmux")}
    for (state, _), row in rows.items():
        assert row["memory"] > 0
        if state != "silent":
            # Each key was really seen on the outer terminal, and what was painted is more than the keys.
            assert row["keys"] > 0
            assert 0 < row["p50"] <= row["p99"]
            assert row["painted"] > 0
    for side in ("golfer", "tmux"):
        assert rows["flood", side]["flood"] > rows["quiet", side]["flood"] > rows["silent", side]["flood"] == 0
    assert rows["flood", "golfer"]["cpu"] > rows["silent", "golfer"]["cpu"]
