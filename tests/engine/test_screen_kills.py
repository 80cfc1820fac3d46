"""Two rounds of `benchmarks/screen_kills.py`: SIGKILL for a real cockpit, and for all of it, and nothing is lost."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

HARNESS = Path(__file__).parents[2] / "benchmarks" / "screen_kills.py"


@pytest.mark.skipif(not Path("/proc").exists(), reason="finds what is left in /proc")
def test_a_cockpit_that_is_killed_costs_nothing() -> None:
    command = [sys.executable, str(HARNESS), "--kills", "2", "--kinds", "all,screen", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.stdout, done.stderr
    result = msgspec.json.decode(done.stdout)
    assert result["failures"] == [], result
    assert (result["kinds"], done.returncode) == ({"all": 1, "screen": 1}, 0)
