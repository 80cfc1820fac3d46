"""The terminal goes away: the cockpit ends, and the session goes on in the background with its workers."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from attach.hosted import no_engines_left
from tui.outer import PATIENCE, Outer

from golfer_tui.attach.address import holder
from golfer_tui.store.layout import Layout

GOLFER = [sys.executable, "-m", "golfer_tui"]


def golfer(*arguments: str) -> str:
    """Run it to its end; returns what it printed."""
    return subprocess.run([*GOLFER, *arguments], capture_output=True, text=True, check=True).stdout


def test_without_its_terminal_it_ends_and_the_session_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("GOLFER_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    with no_engines_left(home):
        terminal = Outer([*GOLFER, "--demo"], {}, (120, 40))
        with terminal:
            terminal.shows("cpu")
            [listed] = map(json.loads, golfer("sessions", "--json").splitlines())
            assert (listed["state"], listed["attached"]) == ("running", 1)
            path = holder(Layout(home), listed["id"])
            assert path is not None
            engine = psutil.Process(int(path.stem.removeprefix("engine-")))
            cockpit = psutil.Process(terminal.process.pid)
            assert cockpit.children() == []
            if sys.platform == "linux":
                # The Agents SDK, which loads this, is the engine's business alone.
                maps = {name: {m.path for m in each.memory_maps()} for name, each in (("c", cockpit), ("e", engine))}
                assert any("pydantic_core" in path for path in maps["e"])
                assert not any("pydantic_core" in path for path in maps["c"])
            terminal.hang_up()
            assert terminal.process.wait(PATIENCE) == 0
        at_work = engine.children(recursive=True)
        assert at_work
        [listed] = map(json.loads, golfer("sessions", "--json").splitlines())
        assert (listed["state"], listed["attached"]) == ("running", 0)

        with Outer([*GOLFER, "--resume", listed["id"], "--model", "other"], {}, (120, 40)) as refused:
            assert refused.wait() == 2
        assert "runs already, with settings of its own" in refused.got.decode()
        with Outer([*GOLFER, "attach"], {}, (120, 40)) as again:
            again.shows("cpu", "context")
            again.write(b"\x11")  # ctrl+q
            again.shows("still at work")
            again.write(b"\r")
            assert again.wait() == 0
        assert f"golfer attach {listed['id']}" in again.got.decode(errors="replace")
        assert engine.is_running()

        assert listed["id"] in golfer("stop", listed["id"], "--end")
        _, alive = psutil.wait_procs([engine, *at_work], timeout=PATIENCE)
        assert alive == []
        [listed] = map(json.loads, golfer("sessions", "--json").splitlines())
        assert (listed["state"], listed["attached"]) == ("interrupted", None)


def test_a_killed_cockpit_that_asked_for_nothing_leaves_no_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("GOLFER_HOME", str(home))
    with no_engines_left(home):
        with Outer([*GOLFER, "--demo", "--prompt", ""], {}, (80, 24)) as terminal:
            terminal.shows("loading")
        # Whether it was killed before or after there was a session: nothing of it stays.
        deadline = time.monotonic() + PATIENCE
        while any(_of_home(process, home) for process in psutil.process_iter()):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def _of_home(process: psutil.Process, home: Path) -> bool:
    try:
        return process.environ().get("GOLFER_HOME") == str(home) and process.pid != os.getpid()
    except (psutil.Error, OSError):
        return False


def test_without_a_signal_it_ends_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is not in the terminal's own session, such as under `setsid`, gets no SIGHUP."""
    home = tmp_path / "home"
    monkeypatch.setenv("GOLFER_HOME", str(home))
    monkeypatch.setenv("TERM", "xterm-256color")
    with no_engines_left(home):
        master, slave = pty.openpty()
        cockpit = subprocess.Popen(
            [*GOLFER, "--demo", "--prompt", ""], stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        seen = b""
        while b"loading" not in seen:
            assert select.select([master], [], [], PATIENCE)[0]
            seen += os.read(master, 65536)
        os.close(master)
        assert cockpit.wait(PATIENCE) == 0
