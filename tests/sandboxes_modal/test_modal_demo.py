"""`make demo-modal` comes to its end: five workers, a kill, a restart, a crash, and a resume in a new process."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from loopback.modal_plane.space import missing

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "modal_demo.py"


@pytest.mark.timeout(180)
async def test_the_demo_on_the_plane(tmp_path: Path) -> None:
    if reason := await asyncio.to_thread(missing):
        pytest.skip(f"the loopback plane needs bubblewrap and user namespaces: {reason}")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), "--short", cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said, _ = await process.communicate()
    steps = [line for line in said.decode(errors="replace").splitlines() if line.startswith("===")]
    assert process.returncode == 0, said.decode(errors="replace")
    assert len(steps) == 6
    assert steps[-1] == "=== 0 sandboxes are left ==="
