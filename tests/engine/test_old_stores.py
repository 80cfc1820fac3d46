"""A store of every version that was ever released opens, and its sessions go on."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from small_scripts import opened

from golfer_tui.model import commands as cm
from golfer_tui.model.workers import WorkerState
from golfer_tui.store.migrations import MIGRATIONS

STORES = sorted((Path(__file__).parents[1] / "store" / "data").glob("version-*"))


def version(home: Path) -> int:
    connection = sqlite3.connect(home / "golfer.db")
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


@pytest.mark.parametrize("stored", STORES, ids=lambda path: path.name)
async def test_a_session_of_an_old_store_goes_on(tmp_path: Path, stored: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(stored, home)
    assert f"version-{version(home)}" == stored.name
    async with opened(tmp_path, resume="") as engine:
        assert [entry.text for entry in engine.state.chat.entries if entry.kind == "user"] == [
            "spawn w: echo loss:1.5",
            "hello",
        ]
        worker = engine.state.workers["w"]
        assert worker.state is WorkerState.DONE
        assert [point.value for point in worker.curves["loss"]] == [1.5]
        tape = engine.tape("w")
        assert tape is not None
        assert tape.peek(0) == b"loss:1.5\r\n"
        await engine.dispatch(cm.SendMessage("again"))
        await engine.idle()
        assert engine.state.chat.entries[-1].text == "heard: again"
    assert version(home) == len(MIGRATIONS)
