"""The command router's calls: commands in sandboxes, their streams, and snapshots."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from typing import Any

from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from loopback.modal_plane.images import Images
from loopback.modal_plane.process import Process
from loopback.modal_plane.sandboxes import Sandboxes
from modal_proto import task_command_router_pb2 as sr_pb2


class Router:
    """Methods named like the calls of `TaskCommandRouter`."""

    def __init__(self, images: Images, sandboxes: Sandboxes) -> None:
        self._images = images
        self._sandboxes = sandboxes

    async def TaskExecStart(self, request: Any) -> Any:  # noqa: N802
        await self._sandboxes.execute(request)
        return sr_pb2.TaskExecStartResponse()

    async def TaskExecStdioRead(self, request: Any) -> AsyncIterator[Any]:  # noqa: N802
        process = self._process(request)
        stderr = request.file_descriptor == sr_pb2.TASK_EXEC_STDIO_FILE_DESCRIPTOR_STDERR
        async for data in (process.err if stderr else process.out).read(request.offset):
            yield sr_pb2.TaskExecStdioReadResponse(data=data)

    async def TaskExecStdinWrite(self, request: Any) -> Any:  # noqa: N802
        await self._process(request).write(request.offset, request.data, eof=request.eof)
        self._sandboxes.get(request.task_id).used = time.monotonic()
        return sr_pb2.TaskExecStdinWriteResponse()

    async def TaskExecPoll(self, request: Any) -> Any:  # noqa: N802
        process = self._process(request)
        if process.running:
            return sr_pb2.TaskExecPollResponse()
        return sr_pb2.TaskExecPollResponse(**_status(process))

    async def TaskExecWait(self, request: Any) -> Any:  # noqa: N802
        process = self._process(request)
        await asyncio.shield(process.status)
        return sr_pb2.TaskExecWaitResponse(**_status(process))

    async def TaskSnapshotFilesystem(self, request: Any) -> Any:  # noqa: N802
        sandbox = self._sandboxes.living(request.task_id)
        image = await self._images.snapshot(
            sandbox.space.root, request.snapshot_id, whole=True, base=sandbox.definition.image_id
        )
        return sr_pb2.TaskSnapshotFilesystemResponse(image_id=image.id)

    async def TaskSnapshotDirectory(self, request: Any) -> Any:  # noqa: N802
        sandbox = self._sandboxes.living(request.task_id)
        source = sandbox.space.path(request.path.decode())
        image = await self._images.snapshot(source, request.snapshot_id, whole=False)
        return sr_pb2.TaskSnapshotDirectoryResponse(image_id=image.id)

    async def TaskMountDirectory(self, request: Any) -> Any:  # noqa: N802
        target = self._sandboxes.living(request.task_id).space.path(request.path.decode())
        source = self._images.get(request.image_id).folder if request.image_id else None
        await asyncio.to_thread(_replace, target, source)
        return Empty()

    async def TaskUnmountDirectory(self, request: Any) -> Any:  # noqa: N802
        target = self._sandboxes.living(request.task_id).space.path(request.path.decode())
        await asyncio.to_thread(_replace, target, None)
        return Empty()

    def _process(self, request: Any) -> Process:
        sandbox = self._sandboxes.get(request.task_id)
        if (process := sandbox.processes.get(request.exec_id)) is None:
            raise GRPCError(Status.NOT_FOUND, f"Exec {request.exec_id} not found")
        return process


def _status(process: Process) -> dict[str, int]:
    status = process.status.result()
    return {"signal": -status} if status < 0 else {"code": status}


def _replace(target: Any, source: Any) -> None:
    """Empty a folder, which stays the same one since sandboxes have it mounted, and fill it anew."""
    target.mkdir(parents=True, exist_ok=True)
    for entry in target.iterdir():
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    if source is not None:
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
