"""A worker's sandbox comes back in another process: alive by its id, or else from what was kept of its workspace."""

import io
from pathlib import Path
from typing import Any

import modal
import msgspec
import pytest
from grpclib import Status
from loopback.modal_plane.faults import Refuse
from loopback.modal_plane.plane import ModalPlane
from modal_rig import Rig

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.modal.state import adopted

FILE = Path("notes/kept.txt")


async def test_a_living_sandbox_is_found_by_its_id(plane: ModalPlane, rig: Rig) -> None:
    sandbox = await rig.create()
    await sandbox.session.write(FILE, io.BytesIO(b"written before"))
    await sandbox.session.pty_exec_start("sleep 300", yield_time_s=0.3)
    again = await rig.create(state=sandbox.state())
    assert again.id == sandbox.id
    assert (await again.session.read(FILE)).read() == b"written before"
    left = await again.session.exec("cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
    assert b"sleep 300" in left.stdout
    assert again.recovered == ((1000, "sleep 300"),)
    assert plane.wire.count("SandboxCreate") == 1


@pytest.mark.parametrize("persistence", ["snapshot_filesystem", "snapshot_directory", "tar"])
async def test_the_workspace_comes_back_after_the_end(plane: ModalPlane, rig: Rig, persistence: str) -> None:
    rig.reconfigure(workspace_persistence=persistence)
    first = await rig.create()
    await first.session.write(FILE, io.BytesIO(b"kept"))
    await first.session.pty_exec_start("echo $PWD; sleep 300", yield_time_s=0.3)
    await first.stop()
    second = await rig.create(state=first.state())
    assert second.id != first.id
    assert (await second.session.read(FILE)).read() == b"kept"
    answer = await second.session.pty_exec_start("cat notes/kept.txt", yield_time_s=10)
    assert answer.output == b"kept"
    assert {sandbox.tags["golfer-worker"] for sandbox in plane.sandboxes.everything} == {"ada"}
    assert len(plane.alive) == 1
    assert first.state() != second.state()


async def test_nothing_is_kept_if_so_wanted(plane: ModalPlane, rig: Rig) -> None:
    rig.reconfigure(workspace_persistence="none")
    first = await rig.create()
    await first.stop()
    with pytest.raises(SandboxError, match="nothing was kept") as caught:
        await rig.create(state=first.state())
    assert caught.value.code == "sandbox.workspace"


async def test_a_failed_snapshot_does_not_keep_the_sandbox_alive(plane: ModalPlane, rig: Rig) -> None:
    sandbox = await rig.create()
    plane.inject("TaskSnapshotFilesystem", Refuse(Status.RESOURCE_EXHAUSTED), None)
    await sandbox.stop()
    assert plane.alive == []


@pytest.mark.parametrize("status", [Status.FAILED_PRECONDITION, Status.UNAVAILABLE])
async def test_a_failed_probe_clears_no_id(
    plane: ModalPlane, rig: Rig, monkeypatch: pytest.MonkeyPatch, status: Status
) -> None:
    sandbox = await rig.create()
    from golfer_tui.sandboxes.modal import asking

    monkeypatch.setattr(asking, "PAUSES", (0.01,))
    plane.inject("SandboxWait", Refuse(status, "ask later"), None)
    with pytest.raises(SandboxError, match="cannot be told whether the sandbox") as caught:
        await rig.create(state=sandbox.state())
    assert caught.value.retry is (status is Status.UNAVAILABLE)
    plane.wire.faults.clear()
    again = await rig.create(state=sandbox.state())
    assert again.id == sandbox.id
    assert plane.wire.count("SandboxCreate") == 1


async def test_a_state_that_is_not_ours(rig: Rig) -> None:
    with pytest.raises(SandboxError, match="not Modal's") as caught:
        await rig.create(state=b'{"type":"local","workspace":"/tmp/x"}')
    assert caught.value.code == "sandbox.state"


async def test_no_secret_is_in_the_state(plane: ModalPlane, rig: Rig) -> None:
    sandbox = await rig.create(environment={"WANDB_MODE": "offline"})
    state: dict[str, Any] = msgspec.json.decode(sandbox.state())
    assert "offline" not in str(state)
    for value in plane.environment.values():
        assert value not in str(state)
    answer = await sandbox.session.pty_exec_start("echo $WANDB_MODE $TERM", yield_time_s=10)
    assert answer.output == b"offline xterm-256color\n"


async def test_a_sandbox_that_somebody_else_made_is_adopted_by_its_id(plane: ModalPlane, rig: Rig) -> None:
    app = await modal.App.lookup.aio("elsewhere", create_if_missing=True)
    theirs = await modal.Sandbox.create.aio(app=app, image=modal.Image.debian_slim(), tags={"theirs": "yes"})
    sandbox = await rig.create(state=adopted(theirs.object_id))
    assert sandbox.id == theirs.object_id
    answer = await sandbox.session.pty_exec_start("pwd", yield_time_s=10)
    assert answer.output == b"/workspace\n"
    [made] = plane.alive
    assert made.tags == {"theirs": "yes", "golfer-session": "s1", "golfer-worker": "ada"}
    await theirs.detach.aio()
    await sandbox.stop()
    assert len(plane.alive) == 1, "somebody else made it"
    again = await rig.create(state=sandbox.state())
    again.own()
    await again.stop()
    with pytest.raises(SandboxError, match="no living sandbox"):
        await rig.create(state=adopted(theirs.object_id))
