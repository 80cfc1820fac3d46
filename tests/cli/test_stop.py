"""`golfer stop` and `golfer attach` where there is nothing to stop or to attach to."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from engine.small_scripts import opened

GOLFER = [sys.executable, "-m", "golfer_tui"]


def said(*arguments: str, cwd: Path) -> tuple[int, str]:
    """Exit code and error."""
    done = subprocess.run([*GOLFER, *arguments], capture_output=True, text=True, check=False, cwd=cwd, timeout=60)
    assert done.stdout == ""
    return done.returncode, done.stderr.strip()


async def test_only_what_runs_in_the_background_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLFER_HOME", str(tmp_path / "home"))
    async with opened(tmp_path) as engine:
        session = engine.session
        # It has a terminal of its own: it is not ours to end.
        code, told = await asyncio.to_thread(said, "stop", session, cwd=tmp_path)
        assert (code, f"Session {session} is open in another golfer" in told) == (1, True)
    code, told = await asyncio.to_thread(said, "stop", session, "--end", cwd=tmp_path)
    assert (code, told) == (1, f"golfer: Session {session} does not run in the background.")
    code, told = await asyncio.to_thread(said, "stop", "nonsense", cwd=tmp_path)
    assert (code, 'There is no session "nonsense"' in told) == (1, True)
    code, told = await asyncio.to_thread(said, "attach", cwd=tmp_path)
    assert (code, "needs a terminal" in told) == (2, True)
