"""The sandboxes of a plane: their processes, their times, and how each ended."""

import asyncio
import contextlib
import itertools
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grpclib import GRPCError, Status
from loopback.modal_plane.images import Images
from loopback.modal_plane.process import Process
from loopback.modal_plane.space import TOOLS, Space
from modal_proto import api_pb2

Result = api_pb2.GenericResult
IDLE_CHECK = 0.05
"""Seconds between two looks for idle sandboxes."""


class Sandbox:
    """One sandbox."""

    def __init__(self, number: int, request: Any, root: Path, tools: Path) -> None:
        self.id = f"sb-{number:022d}"
        self.task = f"ta-{number:022d}"
        self.app = request.app_id
        self.definition = request.definition
        self.tags = {tag.tag_name: tag.tag_value for tag in request.tags}
        self.created = time.time()
        self.space = Space(root, request.definition.workdir or "/root", tools)
        self.environment: dict[str, str] = {}
        self.processes: dict[str, Process] = {}
        self.result: Any = None
        """How it ended; None while it lives."""
        self.ended = asyncio.Event()
        self.used = time.monotonic()
        """When something last happened in it."""

    @property
    def gpus(self) -> int:
        return int(self.definition.resources.gpu_config.count)

    def busy(self) -> bool:
        """True while a command runs."""
        return any(process.running for process in self.processes.values())


class Sandboxes:
    """All sandboxes of a plane, ended ones included."""

    def __init__(self, folder: Path, images: Images) -> None:
        self._folder = folder
        self._images = images
        self._numbers = itertools.count(1)
        self._all: dict[str, Sandbox] = {}
        self._watches: set[asyncio.Task[None]] = set()
        self.secrets: dict[str, dict[str, str]] = {}
        self.named_secrets: dict[str, dict[str, str]] = {}
        """What somebody has stored under a name."""
        self.buckets: dict[str, Path] = {}
        """Folders that stand in for cloud buckets, by their names."""
        self.gpu_types: set[str] = {"T4", "L4", "A10G", "L40S", "A100", "A100-80GB", "H100", "H200", "B200", "ANY"}
        self.capacity: int | None = None
        """GPUs of all sandboxes together; None is without bound."""

    @property
    def alive(self) -> list[Sandbox]:
        """Those that have not ended, oldest first."""
        return [sandbox for sandbox in self._all.values() if sandbox.result is None]

    @property
    def everything(self) -> list[Sandbox]:
        return list(self._all.values())

    def get(self, id_: str) -> Sandbox:
        """By its id or that of its task; raises NOT_FOUND."""
        for sandbox in self._all.values():
            if id_ in (sandbox.id, sandbox.task):
                return sandbox
        raise GRPCError(Status.NOT_FOUND, f"Sandbox with ID {id_} not found")

    def living(self, task: str) -> Sandbox:
        """By its task; raises NOT_FOUND once it has ended."""
        sandbox = self.get(task)
        if sandbox.result is not None:
            raise GRPCError(Status.NOT_FOUND, f"Task {task} has ended")
        return sandbox

    async def create(self, request: Any) -> Sandbox:
        """Make one and start it."""
        gpu = request.definition.resources.gpu_config
        if gpu.count and gpu.gpu_type not in self.gpu_types:
            raise GRPCError(Status.INVALID_ARGUMENT, f"Invalid GPU type: {gpu.gpu_type!r}")
        if self.capacity is not None and sum(each.gpus for each in self.alive) + gpu.count > self.capacity:
            raise GRPCError(Status.RESOURCE_EXHAUSTED, f"Workspace is limited to {self.capacity} GPUs")
        image = self._images.get(request.definition.image_id)
        number = next(self._numbers)
        root = self._folder / "sandboxes" / str(number)
        tools = self._folder / "tools" / str(number)
        await asyncio.to_thread(_tools, tools, gpu.count, gpu.gpu_type)
        sandbox = Sandbox(number, request, root, tools)
        for mount in request.definition.cloud_bucket_mounts:
            if (bucket := self.buckets.get(mount.bucket_name)) is None:
                raise GRPCError(Status.FAILED_PRECONDITION, f"Cannot mount the bucket {mount.bucket_name}")
            sandbox.space.mounts[mount.mount_path] = bucket / mount.key_prefix, mount.read_only
        sandbox.environment = self._environment(request.definition.secret_ids, {})
        await self._images.unpack(image, root)
        argv = list(request.definition.entrypoint_args) or self._images.command(image)
        await sandbox.space.open(argv, sandbox.environment)
        self._all[sandbox.id] = sandbox
        watch = asyncio.create_task(self._watch(sandbox))
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)
        return sandbox

    async def execute(self, request: Any) -> Process:
        """Run a command; the same id is the same command."""
        sandbox = self.living(request.task_id)
        if (known := sandbox.processes.get(request.exec_id)) is not None:
            return known
        process = sandbox.processes[request.exec_id] = Process()
        environment = {**sandbox.environment, **self._environment(request.secret_ids, request.env, base=False)}
        size = None
        if request.HasField("pty_info") and request.pty_info.enabled:
            size = (request.pty_info.winsz_rows or 24, request.pty_info.winsz_cols or 80)
            environment.setdefault("TERM", request.pty_info.env_term or "xterm")
        workdir = request.workdir or sandbox.definition.workdir or "/root"
        argv = sandbox.space.entering(list(request.command_args), workdir, tty=size is not None)
        # Whoever asked may go away meanwhile: it begins all the same.
        await asyncio.shield(process.start(argv, environment, size=size))
        if request.timeout_secs:
            asyncio.get_running_loop().call_later(request.timeout_secs, process.kill)
        sandbox.used = time.monotonic()
        return process

    async def terminate(self, sandbox: Sandbox, status: int = Result.GENERIC_STATUS_TERMINATED) -> None:
        """End it."""
        if sandbox.result is None:
            sandbox.result = Result(status=status, exitcode=137)
            # Whoever asked may go away meanwhile: it ends all the same.
            ending = asyncio.create_task(self._end(sandbox))
            self._watches.add(ending)
            ending.add_done_callback(self._watches.discard)
            await asyncio.shield(ending)

    async def close(self) -> None:
        """End all of them."""
        for sandbox in self.alive:
            await self.terminate(sandbox)
        while self._watches:
            await asyncio.wait(self._watches)

    def _environment(self, secrets: Sequence[str], further: Mapping[str, str], *, base: bool = True) -> dict[str, str]:
        path = f"{TOOLS}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:{sys.base_prefix}/bin"
        variables = {"PATH": path, "HOME": "/root", "LANG": "C.UTF-8"} if base else {}
        for secret in secrets:
            variables |= self.secrets.get(secret, {})
        return variables | dict(further)

    async def _watch(self, sandbox: Sandbox) -> None:
        """End it when its time is over; notice when it ends by itself."""
        ended = asyncio.create_task(sandbox.space.wait())
        lifetime = time.monotonic() + sandbox.definition.timeout_secs
        idle = sandbox.definition.idle_timeout_secs
        while not ended.done():
            if sandbox.busy():
                sandbox.used = time.monotonic()
            over = time.monotonic() > lifetime or (idle and time.monotonic() > sandbox.used + idle)
            if over and sandbox.result is None:
                await self.terminate(sandbox, Result.GENERIC_STATUS_TIMEOUT)
            await asyncio.wait((ended,), timeout=IDLE_CHECK)
        if sandbox.result is None:
            status = Result.GENERIC_STATUS_FAILURE if ended.result() else Result.GENERIC_STATUS_SUCCESS
            sandbox.result = Result(status=status, exitcode=max(0, ended.result()))
            await self._end(sandbox)

    async def _end(self, sandbox: Sandbox) -> None:
        await sandbox.space.close()
        for process in sandbox.processes.values():
            await process.close()
        with contextlib.suppress(OSError):
            await asyncio.to_thread(shutil.rmtree, sandbox.space.root)
        sandbox.ended.set()


def _tools(folder: Path, gpus: int, kind: str) -> None:
    """Give a sandbox with GPUs an `nvidia-smi` that prints what a real one would, once a second."""
    folder.mkdir(parents=True)
    if not gpus:
        return
    rows = "".join(
        f'echo "{n}, NVIDIA {kind}, {90 + n}, {1000 * (n + 1)}, 81559, 312.5{n}, [N/A]"\n' for n in range(gpus)
    )
    script = f'#!/bin/sh\nwhile :; do\n{rows}case "$*" in *" -l "*) sleep 1 ;; *) exit 0 ;; esac\ndone\n'
    path = folder / "nvidia-smi"
    path.write_text(script)
    path.chmod(0o755)
