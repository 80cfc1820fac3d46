"""A few rounds of the torture in `benchmarks/kills.py`: SIGKILL at random moments, and nothing acknowledged is lost."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

HARNESS = Path(__file__).parents[2] / "benchmarks" / "kills.py"


@pytest.mark.skipif(not Path("/proc").exists(), reason="finds what is left in /proc")
def test_a_few_kills_lose_nothing() -> None:
    command = [sys.executable, str(HARNESS), "--kills", "4", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.stdout, done.stderr
    result = msgspec.json.decode(done.stdout)
    # The seed is in the message: it repeats the choices, though not the moments.
    assert result["failures"] == [], result
    assert (result["kills"], done.returncode) == (4, 0)
