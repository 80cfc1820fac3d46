"""Snapshots and forks of local workers: files and conversation, through the engine's door and over a resume."""

import os
from pathlib import Path
from typing import Any

import pytest
from engine.small_scripts import copied, opened, seen, settings

from golfer_tui.agents.scripted import Say
from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import CommandError, SandboxError
from golfer_tui.model.settings import LocalSettings
from golfer_tui.model.workers import WorkerSpec, WorkerState


async def done(engine: Engine, name: str, task: str) -> None:
    await engine.dispatch(cm.SpawnWorker(WorkerSpec(name, task)))
    await engine.idle()
    assert engine.state.workers[name].state is WorkerState.DONE


def recalling(history: list[dict[str, Any]]) -> Say:
    """Says how many user messages it remembers, once it is asked to."""
    if str(history[-1].get("content", "")).endswith("recall"):
        return ["\n".join(str(item["content"]) for item in history if item.get("role") == "user")]
    return copied(history)


async def test_a_new_worker_begins_with_the_files_of_a_snapshot(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await done(engine, "ada", "mkdir sub; echo one > sub/kept; ln -s sub/kept link; mkfifo pipe; chmod +x sub/kept")
        await engine.dispatch(cm.SnapshotWorker("ada"))
        [snapshot] = engine.state.snapshots.values()
        assert (snapshot.worker, snapshot.attempt, snapshot.kept.kind, snapshot.kept.size) == ("ada", 1, "workspace", 4)
        await engine.dispatch(cm.SendMessage("echo two > sub/kept", worker="ada"))
        await engine.idle()
        [told] = [each for each in await engine.events() if isinstance(each.body, we.WorkerSnapshot)]
        assert (told.worker, told.by, told.body.id) == ("ada", "person", snapshot.id)
        session = engine.session
    async with opened(tmp_path, resume=session, worker=recalling) as engine:
        assert list(engine.state.snapshots) == [snapshot.id]
        task = "cat link; find . | sort | tr '\\n' ' '; test -x sub/kept && echo runs"
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("eva", task, snapshot=snapshot.id)))
        await engine.idle()
        assert engine.state.workers["eva"].summary.split() == ["one", ".", "./link", "./sub", "./sub/kept", "runs"]
        # It begins there again, and not with what it has made of it.
        await engine.dispatch(cm.SendMessage("echo three > sub/kept", worker="eva"))
        await engine.idle()
        await engine.dispatch(cm.RestartWorker("eva"))
        await engine.idle()
        assert engine.state.workers["eva"].summary.split()[0] == "one"


async def test_a_fork_has_the_files_and_the_conversation_of_that_moment(tmp_path: Path) -> None:
    async with opened(tmp_path, worker=recalling) as engine:
        await done(engine, "ada", "echo one > kept")
        await engine.dispatch(cm.SnapshotWorker("ada"))
        [snapshot] = engine.state.snapshots
        await engine.dispatch(cm.SendMessage("echo two > kept; echo later", worker="ada"))
        await engine.idle()
        await engine.dispatch(cm.ForkWorker("ada", task="cat kept", snapshot=snapshot))
        await engine.idle()
        fork = engine.state.workers["ada-2"]
        assert (fork.summary, fork.spec.parent, fork.spec.snapshot) == ("one", "ada", snapshot)
        session = engine.session
    async with opened(tmp_path, resume=session, worker=recalling) as engine:
        await engine.dispatch(cm.SendMessage("recall", worker="ada-2"))
        await engine.idle()
        remembered = engine.state.workers["ada-2"].summary
        assert remembered.startswith("echo one > kept\n[You are ada-2 from now on, a copy of worker ada")
        assert "later" not in remembered
        # A fork of the fork, taken now, under a name of its own.
        await engine.dispatch(cm.ForkWorker("ada-2", name="eva", task="recall"))
        await engine.idle()
        assert engine.state.workers["eva"].summary.startswith("echo one > kept\n[You are ada-2 from now on")
        assert len(engine.state.snapshots) == 2


async def test_a_worker_that_runs_is_forked_in_the_middle_of_its_turn(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("ada", "echo one > kept; echo begun; sleep 600")))
        while b"begun" not in (tape.peek(0) if (tape := engine.tape("ada")) else b""):
            await seen(engine, lambda event: isinstance(event.body, we.WorkerOutput))
        await engine.dispatch(cm.ForkWorker("ada", name="eva"))
        await seen(engine, lambda event: isinstance(event.body, we.WorkerStarted) and event.worker == "eva")
        assert engine.state.workers["ada"].state is WorkerState.RUNNING
        workspace = Path(engine.state.workers["eva"].workspace)
        assert (workspace / "kept").read_text() == "one\n"
        for name in ("ada", "eva"):
            await engine.dispatch(cm.KillWorker(name))


async def test_the_orchestrator_takes_snapshots_and_forks(tmp_path: Path) -> None:
    async with opened(tmp_path, worker=recalling) as engine:
        await done(engine, "ada", "echo one > kept")
        await engine.dispatch(cm.SendMessage('call snapshot_worker {"name": "ada"}'))
        await engine.idle()
        [snapshot] = engine.state.snapshots
        assert engine.state.chat.entries[-1].text == f"answer: Snapshot {snapshot} of ada was taken, 4 bytes."
        await engine.dispatch(cm.SendMessage('call fork_worker {"name": "ada", "task": "cat kept", "new_name": "eva"}'))
        await engine.idle()
        assert engine.state.workers["eva"].summary == "one"
        order = f'call spawn_worker {{"task": "cat kept", "name": "ida", "snapshot": "{snapshot}"}}'
        await engine.dispatch(cm.SendMessage(order))
        await engine.idle()
        assert engine.state.workers["ida"].summary == "one"


async def test_wrong_snapshots_are_one_sentence(tmp_path: Path) -> None:
    chosen = settings()
    local = LocalSettings(isolation="none", snapshot_mib=1)
    async with opened(tmp_path, chosen=type(chosen)(local=local, pool=chosen.pool)) as engine:
        for unknown in ("snap-nothing", "/etc", str(tmp_path), "im-1"):
            with pytest.raises(CommandError, match="There is no snapshot") as caught:
                await engine.dispatch(cm.SpawnWorker(WorkerSpec("eva", "pwd", snapshot=unknown)))
            assert caught.value.code == "snapshot.unknown"
        await done(engine, "ada", "head -c 2000000 /dev/zero > big")
        with pytest.raises(SandboxError, match="more than 1 MiB") as refused:
            await engine.dispatch(cm.SnapshotWorker("ada"))
        assert refused.value.code == "snapshot.too_big"
        assert not list((tmp_path / "home" / "sessions" / engine.session / "snapshots").iterdir())
        with pytest.raises(CommandError, match="no worker 'nobody'"):
            await engine.dispatch(cm.ForkWorker("nobody"))
        with pytest.raises(CommandError, match="has no snapshot 'snap-x'"):
            await engine.dispatch(cm.ForkWorker("ada", snapshot="snap-x"))
        with pytest.raises(CommandError, match="already"):
            await engine.dispatch(cm.ForkWorker("ada", name="ada"))
        assert engine.state.snapshots == {}


async def test_a_link_in_the_place_of_a_file_leads_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mine")
    async with opened(tmp_path) as engine:
        await done(engine, "ada", f"ln -s {secret} link; ln -s {tmp_path} folder; mkdir own")
        await engine.dispatch(cm.SnapshotWorker("ada"))
        [snapshot] = engine.state.snapshots.values()
        assert sorted(os.listdir(snapshot.kept.place)) == ["folder", "link", "own"]
        assert os.readlink(f"{snapshot.kept.place}/link") == str(secret)
        assert not any(
            b"mine" in path.read_bytes()
            for path in Path(snapshot.kept.place).rglob("*")
            if not path.is_symlink() and path.is_file()
        )
