"""The whole product with workers on Modal: an engine with small scripts, and `golfer run` in a process of its own."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from engine.small_scripts import hand, leader
from grpclib import Status
from loopback.modal_plane.faults import HangAfter, Refuse
from loopback.modal_plane.plane import ModalPlane
from modal_rig import until

from golfer_tui.agents.scripted import ScriptedProvider
from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.settings import ModalSettings, PoolSettings, Settings
from golfer_tui.model.signals import Gauged
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.store.store import Store


@asynccontextmanager
async def opened(tmp_path: Path, *, resume: str | None = None, **modal: object) -> AsyncIterator[Engine]:
    """An engine whose workers are on Modal."""
    settings = Settings(backend="modal", modal=ModalSettings(**modal), pool=PoolSettings(max_gpus=2))  # type: ignore[arg-type]
    provider = ScriptedProvider(leader, hand)
    async with Engine.open(
        settings, home=tmp_path / "home", directory=tmp_path, resume=resume, provider=provider
    ) as engine:
        yield engine


async def open_rows(tmp_path: Path) -> list[str]:
    async with Store.open(tmp_path / "home") as store:
        return [row.worker for row in await store.sandboxes.open()]


async def test_workers_run_are_killed_restarted_and_continued(plane: ModalPlane, tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        for name in ("w1", "w2", "w3"):
            await engine.dispatch(cm.SpawnWorker(WorkerSpec(name, f"echo loss:{name[1]} > kept; cat kept; pwd")))
        await engine.idle()
        assert {name: worker.state for name, worker in engine.state.workers.items()} == dict.fromkeys(
            ("w1", "w2", "w3"), WorkerState.DONE
        )
        assert engine.state.workers["w2"].summary == "loss:2\n/workspace"
        assert plane.alive == []
        await engine.dispatch(cm.SendMessage("cat kept; echo again", worker="w2"))
        await engine.idle()
        assert engine.state.workers["w2"].summary == "loss:2\nagain"
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w4", "echo begun; sleep 300")))
        await until(lambda: b"begun" in (tape.peek(0) if (tape := engine.tape("w4")) else b""))
        await engine.dispatch(cm.KillWorker("w4"))
        await until(lambda: engine.state.workers["w4"].state is WorkerState.KILLED)
        assert plane.alive == []
    assert await open_rows(tmp_path) == []


async def test_a_session_is_resumed_in_a_new_engine(plane: ModalPlane, tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: echo one > kept; cat kept"))
        await engine.idle()
        session = engine.session
    async with opened(tmp_path, resume=session) as engine:
        await engine.dispatch(cm.SendMessage("cat kept; echo two", worker="w1"))
        await engine.idle()
        assert engine.state.workers["w1"].summary == "one\ntwo"
    assert plane.alive == []


async def test_a_worker_that_modal_refuses_has_failed_with_a_sentence(plane: ModalPlane, tmp_path: Path) -> None:
    plane.inject("SandboxCreate", Refuse(Status.RESOURCE_EXHAUSTED, "Workspace is limited"), None)
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: echo"))
        await engine.idle()
        worker = engine.state.workers["w1"]
        assert worker.state is WorkerState.FAILED
        assert "no capacity or quota" in worker.summary
    assert await open_rows(tmp_path) == []


async def test_what_may_be_left_stays_in_the_books(
    plane: ModalPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from golfer_tui.sandboxes.modal import ending

    monkeypatch.setattr(ending, "GRACE", 0.1)
    monkeypatch.setattr(ending, "LATE", 0.1)
    monkeypatch.setattr(ending, "PAUSES", (0.01,))
    plane.inject("SandboxCreate", HangAfter())
    plane.inject("SandboxList", Refuse(Status.PERMISSION_DENIED), None)
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: echo"))
        await until(lambda: plane.alive)
        await engine.dispatch(cm.KillWorker("w1"))
        await until(lambda: engine.state.workers["w1"].state is WorkerState.KILLED)
        assert "could not be confirmed" in engine.state.workers["w1"].summary
    assert await open_rows(tmp_path) == ["w1"]
    await plane.sandboxes.close()


async def test_gauges_are_told(plane: ModalPlane, tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        with engine.subscribe() as subscription:
            await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "sleep 300", gpu=GpuRequest("H100", 2))))
            async with asyncio.timeout(30):
                async for item in subscription:
                    if isinstance(item, Gauged) and item.sample.gpus:
                        break
        assert [gpu.name for gpu in item.sample.gpus] == ["H100", "H100"]
    assert plane.alive == []


async def test_golfer_run(plane: ModalPlane, tmp_path: Path) -> None:
    """The command line, in another process, with the demo's scripted model ended in an orderly way."""
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "golfer_tui", "run", "--backend", "modal", "--demo", "--json", "--prompt", "mini golf"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    kinds, told = set(), False
    async with asyncio.timeout(60):
        async for line in process.stdout:
            kinds.add(json.loads(line)["type"])
            if b"worker.metric" in line and not told:
                process.terminate()
                told = True  # A second signal would end it at once, and leave what runs to the next start.
    assert {"session.started", "worker.started", "worker.output", "worker.metric"} <= kinds
    assert await process.wait() == 143
    assert len(plane.sandboxes.everything) == 5
    assert plane.alive == []
