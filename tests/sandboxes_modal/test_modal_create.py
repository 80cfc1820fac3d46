"""Sandboxes are made as the settings say, tagged, and ended for certain, whatever happens on the way."""

import asyncio
from typing import Any

import pytest
from grpclib import Status
from loopback.modal_plane.faults import HangAfter, HangBefore, Refuse, RefuseAfter
from loopback.modal_plane.plane import ModalPlane
from modal_rig import Rig, until

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.gpus import GpuRequest


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No long waits for what never comes."""
    from golfer_tui.sandboxes.modal import asking, ending

    monkeypatch.setattr(ending, "GRACE", 0.1)
    monkeypatch.setattr(asking, "LOOKUP", 1.0)
    monkeypatch.setattr(ending, "SETTLE", 0.01)
    monkeypatch.setattr(ending, "LATE", 0.3)
    monkeypatch.setattr(ending, "LIST", 1.0)
    for module in (ending, asking):
        monkeypatch.setattr(module, "PAUSES", (0.01, 0.01, 0.01))


async def test_every_option_reaches_modal(plane: ModalPlane, rig: Rig) -> None:
    rig.reconfigure(
        app_name="lab",
        timeout=111,
        idle_timeout=22,
        cpu=1.5,
        cpu_limit=3.0,
        memory=512,
        memory_limit=1024,
        exposed_ports=(8000, 8080),
        workspace="/mnt/play",
        image_builder_version="2024.10",
    )
    sandbox = await rig.create(gpu=GpuRequest("H100", 2))
    [made] = [call.request for call in plane.wire.calls if call.name == "SandboxCreate"]
    resources = made.definition.resources
    assert (resources.gpu_config.gpu_type, resources.gpu_config.count) == ("H100", 2)
    assert (resources.milli_cpu, resources.milli_cpu_max) == (1500, 3000)
    assert (resources.memory_mb, resources.memory_mb_max) == (512, 1024)
    assert (made.definition.timeout_secs, made.definition.idle_timeout_secs) == (111, 22)
    assert [port.port for port in made.definition.open_ports.ports] == [8000, 8080]
    assert made.definition.workdir == sandbox.workspace == "/mnt/play"
    tags = {tag.tag_name: tag.tag_value for tag in made.tags}
    assert tags.items() >= {("golfer-session", "s1"), ("golfer-worker", "ada")}
    [app] = {call.request.app_name for call in plane.wire.calls if call.name == "AppGetOrCreate"}
    assert app == "lab"
    assert {c.request.builder_version for c in plane.wire.calls if c.name == "ImageGetOrCreate"} == {"2024.10"}
    endpoint = await sandbox.session.resolve_exposed_port(8000)
    assert (endpoint.port, endpoint.tls) == (443, True)


async def test_an_image_is_built_from_the_settings_once_and_its_log_is_in_the_pane(plane: ModalPlane, rig: Rig) -> None:
    rig.reconfigure(image="debian:12", apt=("git",), pip=("numpy",), commands=("echo built",))
    await asyncio.gather(rig.create(), rig.create())
    recipes = [call.request.image for call in plane.wire.calls if call.name == "ImageGetOrCreate"]
    lines = [line for recipe in recipes for line in recipe.dockerfile_commands]
    assert any("debian:12" in line for line in lines)
    for part in ("apt-get install", "pip install numpy", "RUN echo built", "sleep"):
        assert sum(part in line for line in lines) == 1, part
    assert b"RUN echo built\r\n" in rig.tape.peek(0)


async def test_an_image_that_does_not_build(plane: ModalPlane, rig: Rig) -> None:
    plane.images.broken["pip install nosuch"] = "No matching distribution found for nosuch"
    rig.reconfigure(pip=("nosuch",))
    with pytest.raises(SandboxError, match="No matching distribution") as caught:
        await rig.create()
    assert caught.value.code == "modal.image"
    assert b"No matching distribution found for nosuch\r\n" in rig.tape.peek(0)


@pytest.mark.parametrize(
    ("call", "fault", "code", "retry"),
    [
        ("SandboxCreate", Refuse(Status.RESOURCE_EXHAUSTED, "limited to 8 GPUs"), "modal.quota", True),
        ("SandboxCreate", Refuse(Status.INVALID_ARGUMENT, "Invalid GPU type: 'H900'"), "modal.gpu_type", False),
        ("SandboxCreate", Refuse(Status.INVALID_ARGUMENT, "no accelerator h900 here"), "modal.gpu_type", False),
        ("SandboxCreate", Refuse(Status.UNAVAILABLE, "going down"), "modal.unreachable", True),
        ("SandboxCreate", Refuse(Status.PERMISSION_DENIED, "not yours"), "modal.token_refused", False),
        ("AppGetOrCreate", Refuse(Status.UNAUTHENTICATED, "Token ID not found"), "modal.token_refused", False),
        ("AppGetOrCreate", HangBefore(), "modal.unreachable", True),
    ],
)
@pytest.mark.usefixtures("impatient")
async def test_a_refusal_is_one_clear_error(
    plane: ModalPlane, rig: Rig, call: str, fault: Any, code: str, retry: bool
) -> None:
    plane.inject(call, fault, None)
    with pytest.raises(SandboxError, match="The sandbox of ada could not be made: ") as caught:
        await rig.create(gpu=GpuRequest("H900", 1))
    assert (caught.value.code, caught.value.retry) == (code, retry)
    assert caught.value.hint


async def test_without_a_token_the_error_says_what_to_do(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MODAL_TOKEN_ID")
    monkeypatch.delenv("MODAL_TOKEN_SECRET")
    with pytest.raises(SandboxError, match="modal setup") as caught:
        await rig.create()
    assert caught.value.code == "modal.no_token"


async def test_a_gpu_type_that_modal_has_not(rig: Rig) -> None:
    with pytest.raises(SandboxError, match="H900") as caught:
        await rig.create(gpu=GpuRequest("H900", 1))
    assert caught.value.code == "modal.gpu_type"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("call", "fault"),
    [("SandboxCreate", HangBefore()), ("SandboxCreate", HangAfter()), ("SandboxGetTaskId", HangBefore())],
)
async def test_a_cancelled_create_leaves_nothing(plane: ModalPlane, rig: Rig, call: str, fault: Any) -> None:
    plane.inject(call, fault)
    task = asyncio.create_task(rig.create())
    await until(lambda: plane.wire.count(call) and (plane.alive or call == "SandboxCreate"))
    if isinstance(fault, HangAfter):
        await until(lambda: plane.alive)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert plane.alive == []


@pytest.mark.usefixtures("impatient")
async def test_an_answer_that_is_lost_is_looked_for_before_modal_is_asked_again(plane: ModalPlane, rig: Rig) -> None:
    plane.inject("SandboxCreate", RefuseAfter(Status.UNAVAILABLE), times=2)
    most = 0
    create = plane.sandboxes.create

    async def counted(request: Any) -> Any:
        nonlocal most
        sandbox = await create(request)
        most = max(most, len(plane.alive))
        return sandbox

    plane.sandboxes.create = counted  # type: ignore[method-assign]
    sandbox = await rig.create()
    assert [each.id for each in plane.alive] == [sandbox.id]
    assert (len(plane.sandboxes.everything), most) == (3, 1)


@pytest.mark.usefixtures("impatient")
async def test_a_refusal_after_an_answer_that_was_lost_leaves_nothing(plane: ModalPlane, rig: Rig) -> None:
    plane.inject("SandboxCreate", RefuseAfter(Status.UNAVAILABLE))
    plane.inject("SandboxCreate", Refuse(Status.RESOURCE_EXHAUSTED, "limited to 8 GPUs"))
    with pytest.raises(SandboxError) as caught:
        await rig.create()
    assert caught.value.code == "modal.quota"
    assert len(plane.sandboxes.everything) == 1
    assert plane.alive == []


@pytest.mark.usefixtures("impatient")
async def test_a_create_that_times_out_leaves_nothing(plane: ModalPlane, rig: Rig) -> None:
    rig.reconfigure(create_timeout=1)
    plane.inject("SandboxCreate", HangAfter())
    with pytest.raises(SandboxError) as caught:
        await rig.create()
    assert (caught.value.code, caught.value.retry) == ("sandbox.create_timeout", True)
    assert len(plane.sandboxes.everything) == 1
    assert plane.alive == []


@pytest.mark.usefixtures("impatient")
async def test_a_build_that_takes_too_long_times_out(plane: ModalPlane, rig: Rig) -> None:
    rig.reconfigure(create_timeout=1)
    plane.images.build_seconds = 60
    with pytest.raises(SandboxError) as caught:
        await rig.create()
    assert caught.value.code == "sandbox.create_timeout"
    assert plane.sandboxes.everything == []


@pytest.mark.usefixtures("impatient")
async def test_what_may_have_been_left_is_said(plane: ModalPlane, rig: Rig) -> None:
    rig.reconfigure(create_timeout=1)
    plane.inject("SandboxCreate", HangAfter())
    plane.inject("SandboxList", Refuse(Status.PERMISSION_DENIED), None)
    with pytest.raises(SandboxError) as caught:
        await rig.create()
    assert caught.value.code == "sandbox.not_ended"
    [orphan] = plane.alive
    assert orphan.tags["golfer-worker"] == "ada"
    await plane.sandboxes.terminate(orphan)


@pytest.mark.usefixtures("impatient")
async def test_a_sandbox_that_cannot_start_its_session_is_ended(plane: ModalPlane, rig: Rig) -> None:
    plane.inject("TaskGetCommandRouterAccess", Refuse(Status.FAILED_PRECONDITION, "no such luck"), None)
    with pytest.raises(SandboxError, match="no such luck"):
        await rig.create()
    assert len(plane.sandboxes.everything) == 1
    assert plane.alive == []


async def test_stop_is_tried_again_and_confirmed(plane: ModalPlane, rig: Rig) -> None:
    sandbox = await rig.create()
    plane.inject("SandboxTerminate", Refuse(Status.PERMISSION_DENIED, "not now"))
    with pytest.raises(SandboxError, match="not now") as caught:
        await sandbox.stop()
    assert (caught.value.code, caught.value.retry) == ("sandbox.not_ended", True)
    assert sandbox.id in sandbox.state().decode()
    assert [alive.id for alive in plane.alive] == [sandbox.id]
    await sandbox.stop()
    await sandbox.stop()
    assert plane.alive == []


async def test_who_is_refused_since_it_has_ended_already_is_content(plane: ModalPlane, rig: Rig) -> None:
    rig.reconfigure(workspace_persistence="none")
    sandbox = await rig.create()
    plane.inject("SandboxTerminate", Refuse(Status.FAILED_PRECONDITION, "it has finished"))
    await plane.sandboxes.terminate(plane.alive[0])
    await sandbox.stop()
    assert plane.alive == []


async def test_many_at_once(plane: ModalPlane, rig: Rig) -> None:
    rig.reconfigure(workspace_persistence="none")
    made = await asyncio.gather(*(rig.create() for _ in range(8)))
    assert len({sandbox.id for sandbox in made}) == 8
    results = await asyncio.gather(*(sandbox.session.exec("echo", "hi", shell=False) for sandbox in made))
    assert {result.stdout for result in results} == {b"hi\n"}
    await asyncio.gather(*(sandbox.stop() for sandbox in made))
    assert plane.wire.count("ImageGetOrCreate") == 2
