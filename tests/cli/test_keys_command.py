"""`golfer keys`, and what wrong keys in the settings do to a start."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from golfer_tui.tui.actions import ACTIONS

PATIENCE = 60
"""Seconds for one command."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    own = tmp_path / "own.toml"
    own.write_text("")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GOLFER_", "OPENAI_"))}
    return {**kept, "GOLFER_HOME": str(tmp_path / "home"), "GOLFER_CONFIG": str(own), "TERM": "xterm-256color"}


def golfer(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "golfer_tui", *arguments],
        env=environment,
        cwd=environment["GOLFER_CONFIG"].rpartition("/")[0],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_all_actions_are_listed_with_their_present_keys(environment: dict[str, str]) -> None:
    environment["GOLFER_KEYS"] = "worker.kill=ctrl+k,session.scores="
    done = golfer(environment, "keys", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = {line["id"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert [*found] == [action.id for action in ACTIONS]
    assert found["worker.kill"]["keys"] == ["ctrl+k"]
    assert found["worker.kill"]["command"] == "/kill [WORKER…]"
    assert found["session.scores"]["keys"] == []
    assert found["worker.restart"]["keys"] == ["r"]


def test_the_list_for_people_has_a_part_for_each_place(environment: dict[str, str]) -> None:
    done = golfer(environment, "keys")
    lines = done.stdout.splitlines()
    assert "Workers" in lines
    [kill] = [line for line in lines if line.startswith("worker.kill ")]
    assert kill.split()[1:3] == ["K", "del"]
    assert all(any(line.startswith(f"{action.id} ") for line in lines) for action in ACTIONS)


def test_wrong_keys_are_one_clear_line(environment: dict[str, str]) -> None:
    environment["GOLFER_KEYS"] = "worker.kil=k"
    done = golfer(environment, "keys")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("golfer: [keys] in the settings: there is no action worker.kil. Did you mean worker.kill?\n")


def test_the_cockpit_does_not_start_with_wrong_keys(environment: dict[str, str]) -> None:
    environment["GOLFER_KEYS"] = "worker.kill=r"
    master, slave = pty.openpty()
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "golfer_tui", "--demo"],
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        _, told = process.communicate(timeout=PATIENCE)
    finally:
        os.close(slave)
        os.close(master)
    assert process.returncode == 2
    assert b"r would be both worker.kill and worker.restart (workers)." in told
