"""`golfer sandboxes`, its `reap`, and `golfer adopt`: the ledger beside what lives, and what a person does about it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import modal
import pytest
from loopback.modal_plane.plane import ModalPlane
from modal_rig import until
from test_modal_engine import open_rows, opened

from golfer_tui.cli import main
from golfer_tui.engine import standing as standings
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.sandboxes.modal.connection import Connection
from golfer_tui.store.store import Store

Golfer = Callable[..., Any]


@pytest.fixture
def golfer(
    plane: ModalPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Golfer:
    """Runs the command line in a thread, as another golfer would; returns exit code, output and errors."""
    monkeypatch.setenv("GOLFER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    async def run(*arguments: str) -> tuple[int, str, str]:
        code = await asyncio.to_thread(main, list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture(autouse=True)
async def connection(plane: ModalPlane) -> AsyncIterator[None]:
    """Somebody else in this process who uses Modal, too."""
    shared = Connection()
    await shared.open()
    yield
    await shared.close()


async def theirs(app_name: str = "elsewhere", **options: Any) -> str:
    """The id of a sandbox that was made without us."""
    app = await modal.App.lookup.aio(app_name, create_if_missing=True)
    image = modal.Image.debian_slim()
    made = await modal.Sandbox.create.aio(app=app, image=image, workdir="/workspace", **options)
    await made.detach.aio()
    return str(made.object_id)


async def listed(golfer: Golfer) -> dict[str, dict[str, Any]]:
    code, out, _ = await golfer("sandboxes", "--json")
    assert code == 0
    return {line["sandbox"]: line for line in map(json.loads, out.splitlines())}


async def test_the_ledger_is_held_against_what_lives(
    plane: ModalPlane, tmp_path: Path, golfer: Golfer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await golfer("sandboxes") == (0, "", "No sandbox lives.\n")
    async with Store.open(tmp_path / "home") as store:
        ledger, identity = store.sandboxes, await store.sandboxes.identity()
        alive = await theirs(tags={"golfer-store": identity, "golfer-session": "old", "golfer-worker": "ada"})
        lost = await theirs(tags={"golfer-store": identity, "golfer-session": "old", "golfer-worker": "bob"})
        late = await theirs(tags={"golfer-store": identity, "golfer-request": "r1"})
        foreign = await theirs("golfer")
        await ledger.confirm(await ledger.intend("old", "ada", "modal", gpu="H100:2"), alive, b"")
        await ledger.confirm(await ledger.intend("old", "eve", "modal"), "sb-9999999999999999999999", b"")
        await ledger.intend("old", "cy", "modal", request="r1")
        await ledger.intend("old", "dan", "modal", request="r2")
    found = await listed(golfer)
    assert {id_: each["state"] for id_, each in found.items()} == {
        alive: "alive",
        lost: "unknown",
        late: "alive",
        foreign: "elsewhere",
        "sb-9999999999999999999999": "gone",
        "": "asked",
    }
    assert (found[alive]["gpu"], found[late]["worker"]) == ("H100:2", "cy")
    assert found[alive]["dollars_per_hour"] > 1
    assert sorted(await open_rows(tmp_path)) == ["ada", "cy", "dan"], "what Modal says is gone is closed"
    monkeypatch.setattr(standings, "COMMITTED", standings.dt.timedelta(0))
    code, _, err = await golfer("sandboxes", "reap", "--all")
    assert code == 2
    assert "Add --yes" in err
    assert alive in err
    assert foreign not in err
    assert len(plane.alive) == 4
    assert (await golfer("sandboxes", "reap", "--all", "--yes"))[:2] == (0, "3 ended\n")
    assert [each.id for each in plane.alive] == [foreign]
    assert await open_rows(tmp_path) == []
    assert (await golfer("sandboxes", "reap", foreign, "--yes"))[0] == 0
    code, _, err = await golfer("sandboxes", "reap", "sb-1", "--yes")
    assert (code, "No sandbox sb-1 lives" in err) == (2, True)


async def test_what_an_open_cockpit_uses_is_never_ended(plane: ModalPlane, tmp_path: Path, golfer: Golfer) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "echo up; sleep 300")))
        await until(lambda: engine.state.workers["w1"].state is WorkerState.RUNNING)
        [alive] = plane.alive
        code, out, _ = await golfer("sandboxes")
        assert "an open golfer" in out
        assert (await golfer("sandboxes", "reap", "--all", "--yes"))[2] == "Nothing is to be ended.\n"
        code, _, err = await golfer("sandboxes", "reap", alive.id, "--yes")
        assert (code, "is open in a golfer" in err) == (1, True)
        assert (await listed(golfer))[alive.id]["held"] is True
        code, _, err = await golfer("adopt", alive.id)
        assert (code, "which is open, works in it" in err) == (1, True)
        assert plane.alive == [alive]


async def test_a_sandbox_is_adopted_and_outlives_its_worker(plane: ModalPlane, tmp_path: Path, golfer: Golfer) -> None:
    made = await theirs()
    code, out, err = await golfer("adopt", made, "--worker", "ada", "--task", "pwd; echo mine")
    assert (code, err) == (0, "")
    session = out.split()[-1]
    assert (await golfer("adopt", made, "--session", session, "--worker", "ada"))[0] != 0
    async with opened(tmp_path, resume=session) as engine:
        await engine.idle()
        worker = engine.state.workers["ada"]
        assert (worker.state, worker.sandbox, worker.summary) == (
            WorkerState.DONE,
            made,
            "/workspace\nmine",
        )
        notices = [e.body.code for e in await engine.events() if isinstance(e.body, ae.Notice)]
        assert notices == ["sandbox.left"]
        assert len(plane.alive) == 1
        with pytest.raises(CommandError, match="ada has the sandbox"):
            await engine.dispatch(cm.SpawnWorker(WorkerSpec("bob", "pwd", sandbox=made)))
        await engine.dispatch(cm.RestartWorker("ada"))
        await engine.idle()
        assert engine.state.workers["ada"].summary == "/workspace\nmine"
    assert (await listed(golfer))[made]["adopted"] is True
    assert (await golfer("sandboxes", "reap", "--all", "--yes"))[2] == "Nothing is to be ended.\n"
    assert (await golfer("sandboxes", "reap", made, "--yes"))[1] == "1 ended\n"
    assert await open_rows(tmp_path) == []
    assert (await golfer("adopt", made))[0] == 1


async def test_an_open_session_adopts_by_a_command_and_ends_it_if_asked(plane: ModalPlane, tmp_path: Path) -> None:
    made = await theirs()
    async with opened(tmp_path) as engine:
        spec = WorkerSpec("ada", "echo up; sleep 300", gpu=GpuRequest("H100", 1), sandbox=made)
        await engine.dispatch(cm.SpawnWorker(spec))
        await until(lambda: engine.state.workers["ada"].state is WorkerState.RUNNING)
        assert (engine.used.gpus, len(plane.alive)) == (1, 1)
        await engine.dispatch(cm.KillWorker("ada", adopted=True))
        assert (engine.used.gpus, plane.alive) == (0, [])
    assert await open_rows(tmp_path) == []


async def test_a_start_tells_what_nobody_uses(plane: ModalPlane, tmp_path: Path) -> None:
    async with Store.open(tmp_path / "home") as store:
        tags = {"golfer-store": await store.sandboxes.identity(), "golfer-session": "gone"}
    lost = await theirs(tags=tags)
    async with opened(tmp_path) as engine:
        texts: list[str] = []
        while not texts:
            texts = [e.body.text for e in await engine.events() if isinstance(e.body, ae.Notice)]
            await asyncio.sleep(0.02)
        assert texts == [f"Sandboxes of other sessions are alive, and nobody uses them: {lost}."]
        assert len(plane.alive) == 1
    await plane.sandboxes.close()
