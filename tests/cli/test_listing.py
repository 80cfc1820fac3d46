"""The list of sessions is there at once where the store needs nothing, and right where it does."""

import datetime as dt
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
LOADED = (
    "import sys; from golfer_tui.cli import main; code = main(sys.argv[1:]);"
    "print(*sorted({'asyncio', 'msgspec', 'aiosqlite', 'platformdirs'} & set(sys.modules)), file=sys.stderr);"
    "sys.exit(code)"
)


@pytest.fixture
async def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GOLFER_HOME", str(tmp_path))
    async with Store.open(tmp_path) as store:
        for number, state in enumerate(("done", "running")):
            moment = NOON + dt.timedelta(hours=number)
            await store.sessions.create(
                SessionRow(
                    id=f"20260101-120{number}-abcd",
                    title=f"title {number}",
                    backend="local",
                    created=moment,
                    updated=moment,
                    state=state,  # type: ignore[arg-type]
                )
            )
    return tmp_path


def listed(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", LOADED, "sessions", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_sessions_at_rest_are_listed_without_loading_the_store(home: Path) -> None:
    done = listed()
    assert done.stderr.split() == []
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [(line[0], line[3]) for line in lines[1:]] == [
        ("20260101-1201-abcd", "interrupted"),
        ("20260101-1200-abcd", "done"),
    ]


async def test_approvals_that_wait_are_told(home: Path) -> None:
    ids = {"20260101-1200-abcd": ("a",), "20260101-1201-abcd": ("a", "b", "c")}
    async with Store.open(home) as store:
        for session, approvals in ids.items():
            async with store.journal(session, lambda written: None) as journal:
                for each in (*approvals, "a"):
                    journal.emit(ev.Draft(ae.ApprovalAsked(id=each, call="c", why=("dear",), command="rm")))
                if len(approvals) > 1:
                    journal.emit(ev.Draft(ae.ApprovalAnswered(id="b", answer="refused")))
    done = listed()
    assert done.stderr.split() == []
    states = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert " done, 1 approval " in states["20260101-1200-abcd"]
    assert " interrupted, 2 approvals " in states["20260101-1201-abcd"]
    rows = [json.loads(line) for line in listed("--json").stdout.splitlines()]
    assert {row["id"]: row["approvals"] for row in rows} == {"20260101-1200-abcd": 1, "20260101-1201-abcd": 2}


async def test_a_session_that_somebody_has_is_looked_at(home: Path) -> None:
    async with Store.open(home) as store:
        lease = await store.sessions.claim("20260101-1201-abcd")
        done = listed("--json")
        lease.release()
    assert "asyncio" in done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["state"], row["attached"]) for row in rows] == [("running", None), ("done", None)]


def test_a_store_that_needs_something_is_opened_as_ever(home: Path) -> None:
    with sqlite3.connect(home / "golfer.db") as file:
        file.execute("PRAGMA user_version = 99")
    file.close()
    before = (home / "golfer.db").read_bytes()
    done = listed()
    assert (done.returncode, done.stdout) == (1, "")
    assert "has version 99" in done.stderr
    assert (home / "golfer.db").read_bytes() == before
