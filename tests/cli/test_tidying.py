"""`golfer sessions rename | archive | delete | prune` and `golfer store`, as a person calls them."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from golfer_tui.cli import main
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.store.layout import Layout
from golfer_tui.store.locks import Lease
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store

Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with the sessions `old-aaaa`, `new-bbbb` and `big-cccc`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOLFER_HOME", str(tmp_path / "home"))

    async def make() -> None:
        now = dt.datetime.now(dt.UTC)
        async with Store.open(tmp_path / "home") as store:
            for name, days in (("old-aaaa", 40), ("new-bbbb", 0), ("big-cccc", 1)):
                when = now - dt.timedelta(days=days)
                await store.sessions.create(SessionRow(id=name, backend="local", created=when, updated=when))
            async with store.journal("new-bbbb", lambda events: None) as journal:
                journal.emit(ev.Draft(se.SessionStarted(title="golf", backend="local", model="m")))

    asyncio.run(make())
    workspace = Layout(tmp_path / "home").workspace("big-cccc", "w") / "1"
    workspace.mkdir(parents=True)
    (workspace / "model.bin").write_bytes(b"x" * 2**20)
    (workspace / "closed").mkdir()
    (workspace / "closed" / "file").write_text("x")
    (workspace / "closed").chmod(0o500)
    return tmp_path / "home"


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], home: Path) -> Said:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments])
        return code, *capsys.readouterr()

    return call


def names(said: Said, *flags: str) -> list[str]:
    return [json.loads(line)["id"] for line in said("sessions", "--json", *flags)[1].splitlines()]


def test_rename_tells_the_journal(said: Said, home: Path) -> None:
    assert said("sessions", "rename", "bbbb", "  a better \n title ") == (0, "", "")
    assert "a better title" in said("sessions")[1]

    async def journal() -> list[ev.Event]:
        async with Store.open(home) as store:
            return await store.events("new-bbbb")

    newest = asyncio.run(journal())[-1]
    assert (newest.body, newest.by) == (se.SessionRenamed(title="a better title"), "person")
    assert said("sessions", "rename", "bbbb", " ")[0] == 2
    assert said("sessions", "rename", "nope", "x")[0] == 1


def test_archived_sessions_are_put_away(said: Said) -> None:
    assert said("sessions", "archive", "new") == (0, "", "")
    assert names(said) == ["big-cccc", "old-aaaa"]
    assert names(said, "--all") == ["new-bbbb", "big-cccc", "old-aaaa"]
    assert said("sessions", "archive", "--undo", "new") == (0, "", "")
    assert names(said)[0] == "new-bbbb"


def test_delete_shows_what_would_go_and_asks(said: Said, home: Path) -> None:
    code, _, err = said("sessions", "delete", "big")
    assert code == 2
    assert "big-cccc: 0 events, 0 workers, recordings 0 bytes, workspaces 1.0 MiB" in err
    assert "--yes" in err
    assert names(said) == ["new-bbbb", "big-cccc", "old-aaaa"]
    assert said("sessions", "delete", "big", "--yes")[0] == 0
    assert names(said) == ["new-bbbb", "old-aaaa"]
    assert not (home / "sessions" / "big-cccc").exists()


def test_what_a_living_process_holds_stays(said: Said, home: Path) -> None:
    lease = Lease("old-aaaa", Layout(home).lock("old-aaaa"))
    lease.take()
    try:
        for command in (("delete", "old", "--yes"), ("rename", "old", "x")):
            code, _, err = said("sessions", *command)
            assert (code, "is open in another golfer" in err) == (1, True)
        code, _, err = said("sessions", "prune", "--older", "0", "--yes")
        assert code == 0
        assert "old-aaaa is open in a golfer and stays" in err
        assert names(said) == ["old-aaaa"]
    finally:
        lease.release()


def test_prune_takes_old_or_large_ones(said: Said) -> None:
    assert said("sessions", "prune")[0] == 2
    assert "write a size such as" in said("sessions", "prune", "--larger", "lots")[2]
    assert "No session" in said("sessions", "prune", "--older", "30", "--larger", "1M", "--yes")[2]
    assert said("sessions", "prune", "--older", "30", "--yes")[0] == 0
    assert names(said) == ["new-bbbb", "big-cccc"]
    assert said("sessions", "prune", "--larger", "0.5M", "--yes")[0] == 0
    assert names(said) == ["new-bbbb"]


def test_store_check_backup_and_repair(said: Said, home: Path, tmp_path: Path) -> None:
    code, out, _ = said("store", "check")
    assert (code, "3 sessions looked at" in out) == (0, True)
    code, out, _ = said("store", "backup", "copy.tar")
    assert (code, out.startswith("copy.tar: ")) == (0, True)
    assert (tmp_path / "copy.tar").exists()
    assert said("store", "backup", "copy.tar")[0] == 2
    assert "nothing is damaged" in said("store", "repair")[1]
    (home / "golfer.db").write_bytes(b"x" * 9999)
    code, _, err = said("sessions")
    assert (code, "golfer store repair" in err) == (1, True)
    assert said("store", "check")[0] == 1
    code, out, _ = said("store", "repair")
    assert (code, "is kept as" in out) == (0, True)
    assert names(said) == []
    # The folders of the sessions are still there, and told of.
    assert "belongs to no session" in said("store", "check")[1]
