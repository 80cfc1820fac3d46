"""The control plane's calls: apps, environments, secrets, images, sandboxes and the older file calls."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from loopback.modal_plane.files import Files
from loopback.modal_plane.images import Images
from loopback.modal_plane.sandboxes import Sandbox, Sandboxes
from modal_proto import api_pb2

PAGE = 10
"""Sandboxes on one page of a list: few, so that tests turn pages."""


class Control:
    """Methods named like the calls of `ModalClient`."""

    def __init__(self, images: Images, sandboxes: Sandboxes, access: Callable[[str], tuple[str, str]]) -> None:
        """`access` gives the address of the command router and a token for a task."""
        self._images = images
        self._sandboxes = sandboxes
        self._access = access
        self._files = Files(sandboxes)
        self._apps: dict[str, str] = {}
        self._numbers = itertools.count(1)

    async def ClientHello(self, request: Any) -> Any:  # noqa: N802
        return api_pb2.ClientHelloResponse(image_builder_version="2025.06")

    async def AppGetOrCreate(self, request: Any) -> Any:  # noqa: N802
        app = self._apps.setdefault(request.app_name, f"ap-{len(self._apps) + 1:022d}")
        return api_pb2.AppGetOrCreateResponse(app_id=app)

    async def EnvironmentGetOrCreate(self, request: Any) -> Any:  # noqa: N802
        name = request.deployment_name or "main"
        settings = api_pb2.EnvironmentSettings(image_builder_version="2025.06")
        metadata = api_pb2.EnvironmentMetadata(name=name, settings=settings)
        return api_pb2.EnvironmentGetOrCreateResponse(environment_id="en-0000000000000000000001", metadata=metadata)

    async def SecretGetOrCreate(self, request: Any) -> Any:  # noqa: N802
        id_, values = f"st-{next(self._numbers):022d}", dict(request.env_dict)
        if request.deployment_name:
            if request.deployment_name not in self._sandboxes.named_secrets:
                raise GRPCError(Status.NOT_FOUND, f"Secret '{request.deployment_name}' not found")
            values = self._sandboxes.named_secrets[request.deployment_name]
        self._sandboxes.secrets[id_] = values
        return api_pb2.SecretGetOrCreateResponse(secret_id=id_)

    async def ImageGetOrCreate(self, request: Any) -> Any:  # noqa: N802
        image = self._images.define(request.image)
        metadata = api_pb2.ImageMetadata() if image.result else None
        return api_pb2.ImageGetOrCreateResponse(image_id=image.id, result=image.result, metadata=metadata)

    async def ImageFromId(self, request: Any) -> Any:  # noqa: N802
        return api_pb2.ImageFromIdResponse(image_id=self._images.get(request.image_id).id)

    async def ImageJoinStreaming(self, request: Any) -> AsyncIterator[Any]:  # noqa: N802
        image = self._images.get(request.image_id)
        await self._images.build(image)
        for number, line in enumerate(image.log):
            yield api_pb2.ImageJoinStreamingResponse(task_logs=[api_pb2.TaskLogs(data=line)], entry_id=str(number + 1))
        metadata = api_pb2.ImageMetadata()
        yield api_pb2.ImageJoinStreamingResponse(result=image.result, eof=True, metadata=metadata)

    async def SandboxCreate(self, request: Any) -> Any:  # noqa: N802
        sandbox = await self._sandboxes.create(request)
        return api_pb2.SandboxCreateResponse(sandbox_id=sandbox.id)

    async def SandboxGetTaskId(self, request: Any) -> Any:  # noqa: N802
        sandbox = self._sandboxes.get(request.sandbox_id)
        if sandbox.result is not None:
            return api_pb2.SandboxGetTaskIdResponse(task_result=sandbox.result)
        return api_pb2.SandboxGetTaskIdResponse(task_id=sandbox.task)

    async def TaskGetCommandRouterAccess(self, request: Any) -> Any:  # noqa: N802
        url, jwt = self._access(self._sandboxes.living(request.task_id).task)
        return api_pb2.TaskGetCommandRouterAccessResponse(url=url, jwt=jwt)

    async def SandboxWait(self, request: Any) -> Any:  # noqa: N802
        sandbox = self._sandboxes.get(request.sandbox_id)
        if request.timeout:
            try:
                async with asyncio.timeout(request.timeout):
                    await sandbox.ended.wait()
            except TimeoutError:
                pass
        return api_pb2.SandboxWaitResponse(result=sandbox.result)

    async def SandboxTerminate(self, request: Any) -> Any:  # noqa: N802
        sandbox = self._sandboxes.get(request.sandbox_id)
        before = sandbox.result
        await self._sandboxes.terminate(sandbox)
        return api_pb2.SandboxTerminateResponse(existing_result=before)

    async def SandboxList(self, request: Any) -> Any:  # noqa: N802
        wanted = {tag.tag_name: tag.tag_value for tag in request.tags}.items()
        found = [
            sandbox
            for sandbox in (self._sandboxes.everything if request.include_finished else self._sandboxes.alive)
            if wanted <= sandbox.tags.items()
            and request.app_id in ("", sandbox.app)
            and (not request.before_timestamp or sandbox.created < request.before_timestamp)
        ]
        found.sort(key=lambda sandbox: -sandbox.created)
        return api_pb2.SandboxListResponse(sandboxes=map(_info, found[:PAGE]))

    async def SandboxTagsGet(self, request: Any) -> Any:  # noqa: N802
        tags = _tags(self._sandboxes.get(request.sandbox_id))
        return api_pb2.SandboxTagsGetResponse(tags=tags)

    async def SandboxTagsSet(self, request: Any) -> Any:  # noqa: N802
        sandbox = self._sandboxes.get(request.sandbox_id)
        sandbox.tags = {tag.tag_name: tag.tag_value for tag in request.tags}
        return Empty()

    async def SandboxGetTunnels(self, request: Any) -> Any:  # noqa: N802
        sandbox = self._sandboxes.get(request.sandbox_id)
        ports = [port.port for port in sandbox.definition.open_ports.ports]
        tunnels = [api_pb2.TunnelData(host=f"{sandbox.id}.loopback", port=443, container_port=port) for port in ports]
        result = api_pb2.GenericResult(status=api_pb2.GenericResult.GENERIC_STATUS_SUCCESS)
        return api_pb2.SandboxGetTunnelsResponse(result=result, tunnels=tunnels)

    async def SandboxGetFromName(self, request: Any) -> Any:  # noqa: N802
        for sandbox in self._sandboxes.alive:
            if sandbox.definition.name == request.sandbox_name:
                return api_pb2.SandboxGetFromNameResponse(sandbox_id=sandbox.id)
        raise GRPCError(Status.NOT_FOUND, f"Sandbox {request.sandbox_name} not found")

    def close(self) -> None:
        """Close what clients left open."""
        self._files.close()

    async def ContainerFilesystemExec(self, request: Any) -> Any:  # noqa: N802
        return await self._files.execute(request)

    async def ContainerFilesystemExecGetOutput(self, request: Any) -> AsyncIterator[Any]:  # noqa: N802
        for batch in self._files.output(request.exec_id):
            yield batch


def _info(sandbox: Sandbox) -> Any:
    task = api_pb2.TaskInfo(id=sandbox.task, result=sandbox.result, sandbox_id=sandbox.id)
    return api_pb2.SandboxInfo(
        id=sandbox.id, created_at=sandbox.created, task_info=task, app_id=sandbox.app, tags=_tags(sandbox)
    )


def _tags(sandbox: Sandbox) -> list[Any]:
    return [api_pb2.SandboxTag(tag_name=name, tag_value=value) for name, value in sandbox.tags.items()]
