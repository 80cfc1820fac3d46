"""Some random schedules of `benchmarks/modal_schedules.py`: crashes, restarts and faults, and nothing is lost."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from loopback.modal_plane.space import missing

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_random_schedules_lose_nothing() -> None:
    if reason := missing():
        pytest.skip(f"the loopback plane needs bubblewrap and user namespaces: {reason}")
    command = [sys.executable, str(BENCHMARKS / "modal_schedules.py"), "--schedules", "2", "--seed", "11", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = json.loads(done.stdout)
    assert counts["kills"] > 0
    assert counts["limit_exceeded"] == counts["alive_and_unknown"] == counts["leases_leaked"] == 0
    assert counts["left_at_the_end"] == 0


def test_short_jobs_keep_the_slots_in_use() -> None:
    """The figure itself is the benchmark's; here it runs, all jobs succeed, and the limit holds."""
    command = [sys.executable, str(BENCHMARKS / "modal_slots.py"), "--jobs", "12", "--slots", "4", "--seconds", "0.1"]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert (figures["failed"], figures["most_at_once"]) == (0, 4)
