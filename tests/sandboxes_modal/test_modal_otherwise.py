"""A plane that answers otherwise than ours, as its calls allow: late, in pieces, with fields unset."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from grpclib import GRPCError, Status
from loopback.modal_plane import plane as plane_module
from loopback.modal_plane import process
from loopback.modal_plane.control import Control
from loopback.modal_plane.plane import ModalPlane
from loopback.modal_plane.router import Router
from modal_proto import api_pb2
from modal_proto import task_command_router_pb2 as sr_pb2
from modal_rig import Rig, until
from test_modal_engine import open_rows, opened

from golfer_tui.model import commands as cm
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.workers import WorkerSpec, WorkerState

LATE = 0.1
"""Seconds by which answers come later."""


class OtherControl(Control):
    """Tells a task late, ends in the background, waits in short turns, has no tags and no tunnels to tell of."""

    def __init__(self, *details: Any) -> None:
        super().__init__(*details)
        self._asked = 0
        self._endings: dict[str, asyncio.Task[None]] = {}

    async def SandboxGetTaskId(self, request: Any) -> Any:  # noqa: N802
        self._asked += 1
        return await super().SandboxGetTaskId(request) if self._asked % 2 == 0 else api_pb2.SandboxGetTaskIdResponse()

    async def SandboxWait(self, request: Any) -> Any:  # noqa: N802
        short = min(request.timeout, LATE)
        return await super().SandboxWait(api_pb2.SandboxWaitRequest(sandbox_id=request.sandbox_id, timeout=short))

    async def SandboxTerminate(self, request: Any) -> Any:  # noqa: N802
        if request.sandbox_id in self._endings:
            raise GRPCError(Status.FAILED_PRECONDITION, "it has ended")
        self._endings[request.sandbox_id] = asyncio.create_task(self._end(self._sandboxes.get(request.sandbox_id)))
        return api_pb2.SandboxTerminateResponse()

    async def _end(self, sandbox: Any) -> None:
        await asyncio.sleep(LATE)
        await self._sandboxes.terminate(sandbox)

    async def SandboxTagsGet(self, request: Any) -> Any:  # noqa: N802
        raise GRPCError(Status.UNIMPLEMENTED, "no tags")

    async def SandboxGetTunnels(self, request: Any) -> Any:  # noqa: N802
        return api_pb2.SandboxGetTunnelsResponse()

    async def ImageGetOrCreate(self, request: Any) -> Any:  # noqa: N802
        answer = await super().ImageGetOrCreate(request)
        return api_pb2.ImageGetOrCreateResponse(image_id=answer.image_id, result=answer.result)


class OtherRouter(Router):
    """Hands out single bytes, tells ends late, and a signal as a shell does."""

    async def TaskExecStdioRead(self, request: Any) -> AsyncIterator[Any]:  # noqa: N802
        async for response in super().TaskExecStdioRead(request):
            yield response
        await asyncio.sleep(LATE)

    async def TaskExecWait(self, request: Any) -> Any:  # noqa: N802
        answer = await super().TaskExecWait(request)
        await asyncio.sleep(LATE)
        return sr_pb2.TaskExecWaitResponse(code=128 + answer.signal) if answer.signal else answer

    async def TaskExecPoll(self, request: Any) -> Any:  # noqa: N802
        raise GRPCError(Status.UNIMPLEMENTED, "no polls")


@pytest.fixture(autouse=True)
def otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the plane is made."""
    monkeypatch.setattr(plane_module, "Control", OtherControl)
    monkeypatch.setattr(plane_module, "Router", OtherRouter)
    monkeypatch.setattr(process, "CHUNK", 1)


async def test_commands_files_snapshots_and_the_way_back(plane: ModalPlane, tmp_path: Path) -> None:
    async with opened(tmp_path, exposed_ports=(8000,)) as engine:
        await engine.dispatch(
            cm.SpawnWorker(WorkerSpec("w1", "echo héllo > kept; cat kept", gpu=GpuRequest("H100", 1)))
        )
        await engine.idle()
        worker = engine.state.workers["w1"]
        assert (worker.state, worker.summary) == (WorkerState.DONE, "héllo")
        assert [(each.port, each.address) for each in worker.tunnels] == [(8000, "")]
        assert (engine.used.gpus, plane.alive) == (0, [])
        await engine.dispatch(cm.SendMessage("cat kept; echo again", worker="w1"))
        await engine.idle()
        assert worker.summary == "héllo\nagain"
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w2", "echo begun; sleep 300")))
        await until(lambda: b"begun" in (tape.peek(0) if (tape := engine.tape("w2")) else b""))
        await engine.dispatch(cm.KillWorker("w2"))
        await until(lambda: engine.state.workers["w2"].state is WorkerState.KILLED)
    assert plane.alive == []
    assert await open_rows(tmp_path) == []


async def test_a_living_sandbox_is_gone_on_in_without_its_tags(rig: Rig) -> None:
    first = await rig.create()
    await first.session.pty_exec_start("echo one > kept; sleep 300", tty=True, yield_time_s=0.1)
    state, before = first.state(), first.id
    await first._let_go()  # As a process that goes away: the sandbox lives on.
    second = await rig.create(state=state)
    assert second.id == before
    assert [command for _, command in second.recovered] == ["echo one > kept; sleep 300"]
    result = await second.session.exec("cat", "kept", shell=False)
    assert result.stdout == b"one\n"
    await second.interrupt()
