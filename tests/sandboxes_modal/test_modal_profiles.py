"""Profiles, ports, snapshots and forks of workers on Modal, through the engine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from engine.small_scripts import copied, leader, seen
from grpclib import Status
from loopback.modal_plane.faults import HangBefore, Refuse
from loopback.modal_plane.plane import ModalPlane
from modal_proto import api_pb2
from modal_rig import until

from golfer_tui.agents.scripted import ScriptedProvider
from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import CommandError, SandboxError
from golfer_tui.model.profiles import ProfileSettings
from golfer_tui.model.settings import ModalSettings, PoolSettings, Settings
from golfer_tui.model.workers import WorkerSpec, WorkerState

BIG = ProfileSettings(
    gpu="H100:2", image="debian:12", timeout=111, idle_timeout=22, cpu=1.5, memory=512, exposed_ports=(8000, 6006)
)


@asynccontextmanager
async def opened(
    tmp_path: Path, *, resume: str | None = None, profiles: dict[str, ProfileSettings] | None = None, **modal: object
) -> AsyncIterator[Engine]:
    settings = Settings(
        backend="modal",
        modal=ModalSettings(**modal),  # type: ignore[arg-type]
        pool=PoolSettings(max_gpus=2),
        workers={"big": BIG} if profiles is None else profiles,
    )
    provider = ScriptedProvider(leader, copied)
    home = tmp_path / "home"
    async with Engine.open(settings, home=home, directory=tmp_path, resume=resume, provider=provider) as engine:
        yield engine


async def test_a_profile_says_what_a_worker_gets_and_is_remembered(plane: ModalPlane, tmp_path: Path) -> None:
    async with opened(tmp_path, apt=("git",)) as engine:
        await engine.dispatch(cm.SendMessage('call spawn_worker {"name": "ada", "task": "pwd", "profile": "big"}'))
        await engine.idle()
        worker = engine.state.workers["ada"]
        assert (worker.state, str(worker.spec.gpu), worker.spec.profile) == (WorkerState.DONE, "H100:2", "big")
        [lease] = [each.body for each in await engine.events() if isinstance(each.body, we.LeaseTaken)]
        assert (lease.rate.cores, lease.rate.memory) == (1.5, 0.5)
        with pytest.raises(CommandError, match=r"no profile 'huge'.*There is big"):
            await engine.dispatch(cm.SpawnWorker(WorkerSpec("eva", "pwd", profile="huge")))
        session = engine.session
    async with opened(tmp_path, resume=session) as engine:
        await engine.dispatch(cm.RestartWorker("ada"))
        await engine.idle()
    made = [call.request.definition for call in plane.wire.calls if call.name == "SandboxCreate"]
    assert len(made) == 2
    for definition in made:
        assert definition.resources.gpu_config.gpu_type == "H100"
        assert (definition.resources.milli_cpu, definition.resources.memory_mb) == (1500, 512)
        assert (definition.timeout_secs, definition.idle_timeout_secs) == (111, 22)
        assert [port.port for port in definition.open_ports.ports] == [8000, 6006]
    lines = [
        line for c in plane.wire.calls if c.name == "ImageGetOrCreate" for line in c.request.image.dockerfile_commands
    ]
    assert any("debian:12" in line for line in lines)
    assert any("git" in line for line in lines)
    async with opened(tmp_path, resume=session, profiles={}) as engine:
        await engine.dispatch(cm.RestartWorker("ada"))
        await engine.idle()
        assert "profile 'big' is not in the settings any more" in engine.state.workers["ada"].summary
    assert plane.alive == []


async def test_the_three_ways_to_an_image(plane: ModalPlane, tmp_path: Path) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text("FROM debian:12\nRUN echo from the file\n")
    image = plane.images.define(api_pb2.Image(dockerfile_commands=["FROM scratch"]))
    await plane.images.build(image)
    profiles = {"tag": ProfileSettings(image="alpine:3"), "id": ProfileSettings(image=image.id)}
    async with opened(tmp_path, profiles=profiles, dockerfile=str(dockerfile)) as engine:
        for name in ("tag", "id", ""):
            await engine.dispatch(cm.SpawnWorker(WorkerSpec(name or "file", "echo up", profile=name)))
            await engine.idle()
            assert engine.state.workers[name or "file"].summary == "up"
    made = [plane.images.get(c.request.definition.image_id) for c in plane.wire.calls if c.name == "SandboxCreate"]
    lines = ["\n".join(line for each in plane.images.lineage(image) for line in each.commands) for image in made]
    for part, recipe in zip(("FROM alpine:3", "FROM scratch", "RUN echo from the file"), lines, strict=True):
        assert part in recipe
    assert [call.request.image_id for call in plane.wire.calls if call.name == "ImageFromId"] == [image.id]
    assert plane.alive == []


async def test_exposed_ports_are_told_with_their_addresses(plane: ModalPlane, tmp_path: Path) -> None:
    async with opened(tmp_path, exposed_ports=(8000, 6006)) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("ada", "sleep 300")))
        started = await seen(engine, lambda event: isinstance(event.body, we.WorkerStarted))
        told = [(each.port, each.address) for each in started.body.tunnels]  # type: ignore[union-attr]
        [sandbox] = plane.alive
        assert told == [(6006, f"https://{sandbox.id}.loopback"), (8000, f"https://{sandbox.id}.loopback")]
        assert engine.state.workers["ada"].tunnels == started.body.tunnels  # type: ignore[union-attr]
        await engine.dispatch(cm.SendMessage("call check_workers {}"))
        await until(lambda: f'"6006": "https://{sandbox.id}.loopback"' in engine.state.chat.entries[-1].text)


async def test_a_worker_works_also_if_its_tunnels_are_not_told(plane: ModalPlane, tmp_path: Path) -> None:
    plane.inject("SandboxGetTunnels", Refuse(Status.PERMISSION_DENIED), None)
    async with opened(tmp_path, exposed_ports=(8000,)) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("ada", "pwd")))
        await engine.idle()
        worker = engine.state.workers["ada"]
        assert (worker.state, [each.address for each in worker.tunnels]) == (WorkerState.DONE, [""])


@pytest.mark.parametrize("persistence", ["snapshot_filesystem", "tar"])
async def test_snapshots_and_forks(plane: ModalPlane, tmp_path: Path, persistence: str) -> None:
    async with opened(tmp_path, workspace_persistence=persistence) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("ada", "echo one > kept; echo root > /root/deep; sleep 300")))
        await until(lambda: plane.alive and list(plane.alive[0].space.root.glob("root/deep")))
        await engine.dispatch(cm.SnapshotWorker("ada"))
        [snapshot] = engine.state.snapshots.values()
        assert (snapshot.kept.kind, snapshot.kept.place[:3], snapshot.kept.size) == ("filesystem", "im-", None)
        assert engine.state.workers["ada"].state is WorkerState.RUNNING
        session = engine.session
        await engine.dispatch(cm.KillWorker("ada"))
    async with opened(tmp_path, resume=session) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("eva", "cat kept /root/deep", snapshot=snapshot.id)))
        image = snapshot.kept.place
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("ida", "cat kept", snapshot=image)))
        await engine.dispatch(cm.ForkWorker("ada", name="uma", task="cat kept", snapshot=snapshot.id))
        await engine.idle()
        summaries = {name: engine.state.workers[name].summary for name in ("eva", "ida", "uma")}
        assert summaries == {"eva": "one\nroot", "ida": "one", "uma": "one"}
        # One that has ended is forked at what was kept of it.
        await engine.dispatch(cm.ForkWorker("uma", task="cat kept"))
        await engine.idle()
        assert engine.state.workers["uma-2"].summary == "one"
    assert plane.alive == []


async def test_a_snapshot_that_modal_refuses_is_a_sentence_and_the_worker_goes_on(
    plane: ModalPlane, tmp_path: Path
) -> None:
    async with opened(tmp_path, snapshot_timeout=1) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("ada", "echo begun; sleep 300")))
        await until(lambda: b"begun" in (tape.peek(0) if (tape := engine.tape("ada")) else b""))
        plane.inject("TaskSnapshotFilesystem", Refuse(Status.PERMISSION_DENIED, "not allowed"))
        with pytest.raises(SandboxError, match=r"The snapshot of the sandbox sb-.* was not made: .*not allowed"):
            await engine.dispatch(cm.SnapshotWorker("ada"))
        plane.inject("TaskSnapshotFilesystem", HangBefore())
        with pytest.raises(SandboxError, match="longer than 1 seconds") as caught:
            await engine.dispatch(cm.SnapshotWorker("ada"))
        assert caught.value.code == "snapshot.failed"
        assert engine.state.workers["ada"].state is WorkerState.RUNNING
        assert engine.state.snapshots == {}
        await engine.dispatch(cm.KillWorker("ada"))


async def test_an_ended_worker_of_which_nothing_was_kept(plane: ModalPlane, tmp_path: Path) -> None:
    async with opened(tmp_path, workspace_persistence="none") as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("ada", "pwd")))
        await engine.idle()
        with pytest.raises(SandboxError, match="no image of its files was kept") as caught:
            await engine.dispatch(cm.ForkWorker("ada"))
        assert caught.value.code == "snapshot.nothing"
    assert msgspec.to_builtins(engine.state.snapshots) == {}
