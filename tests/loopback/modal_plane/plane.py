"""A Modal control plane on the loopback, for the unmodified `modal` client and the SDK's Modal sandboxes.

`async with ModalPlane() as plane:` and give `plane.environment` to who shall talk to it. What it cannot show is how
Modal itself behaves: real images, GPUs, capacity, quotas, gVisor, tunnels and the network between.
"""

import asyncio
import base64
import json
import secrets
import shutil
import socket
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from loopback.modal_plane.certificate import server_context
from loopback.modal_plane.control import Control
from loopback.modal_plane.faults import Fault
from loopback.modal_plane.images import Images
from loopback.modal_plane.router import Router
from loopback.modal_plane.sandboxes import Sandbox, Sandboxes
from loopback.modal_plane.wire import Listener, Served, Wire, same
from modal_proto.api_grpc import ModalClientBase
from modal_proto.task_command_router_grpc import TaskCommandRouterBase

TOKEN = ("ak-loopback", "as-loopback-0123456789")
"""The one token that the plane takes."""
VALID = 3600
"""Seconds that a token for the command router is good for."""


class ModalPlane:
    """Two servers, and all sandboxes and images behind them."""

    def __init__(self, *, latency: float = 0.0) -> None:
        """`latency` is in seconds, before each call."""
        self.wire = Wire(latency)
        self._folder = Path(tempfile.mkdtemp(prefix="modal-plane-"))
        self.images = Images(self._folder / "images")
        self.sandboxes = Sandboxes(self._folder, self.images)
        self._secret = secrets.token_hex(16)
        self._servers: list[Listener] = []
        self._control_port = self._router_port = 0
        self._context: Any = None
        self._control = Control(self.images, self.sandboxes, self._access)

    @property
    def environment(self) -> dict[str, str]:
        """Variables that lead Modal's client here, and to nothing of the person's own."""
        return {
            "MODAL_SERVER_URL": f"http://127.0.0.1:{self._control_port}",
            "MODAL_TOKEN_ID": TOKEN[0],
            "MODAL_TOKEN_SECRET": TOKEN[1],
            "MODAL_CONFIG_PATH": str(self._folder / "modal.toml"),
        }

    @property
    def alive(self) -> list[Sandbox]:
        """Sandboxes that have not ended."""
        return self.sandboxes.alive

    def inject(self, call: str, fault: Fault, times: int | None = 1) -> None:
        """Let the next calls of this name (`*`: of any) meet a fault; None: all until `faults.clear`."""
        self.wire.faults.inject(call, fault, times)

    async def __aenter__(self) -> Self:
        self._context = await asyncio.to_thread(server_context, self._folder)
        await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End all sandboxes, all calls and both servers, and remove every file."""
        await self.sandboxes.close()
        for server in self._servers:
            await server.cut()
        self._control.close()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def go_dark(self) -> None:
        """Nobody listens any more, and all connections are cut; the sandboxes run on."""
        for server in self._servers:
            await server.cut()
        self._servers.clear()

    async def come_back(self) -> None:
        """Listen at the same addresses again."""
        await self._listen()

    async def _listen(self) -> None:
        control = Served(ModalClientBase, self._control, self.wire, _has_token)
        router = Served(TaskCommandRouterBase, Router(self.images, self.sandboxes), self.wire, self._has_jwt)
        self._control_port = await self._serve(control, None, self._control_port)
        self._router_port = await self._serve(router, self._context, self._router_port)

    async def _serve(self, service: Served, context: Any, port: int) -> int:
        # asyncio sends small answers at once only if the socket says that it is TCP.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        server = Listener(service)
        await server.start(sock=listener, ssl=context)
        self._servers.append(server)
        return int(listener.getsockname()[1])

    def _access(self, task: str) -> tuple[str, str]:
        claims = base64.urlsafe_b64encode(json.dumps({"exp": time.time() + VALID, "task": task}).encode()).decode()
        return f"https://127.0.0.1:{self._router_port}", f"e30.{claims.rstrip('=')}.{self._secret}"

    def _has_jwt(self, metadata: Any) -> bool:
        return same(str(metadata.get("authorization", "")).rpartition(".")[2], self._secret)


def _has_token(metadata: Any) -> bool:
    return same(metadata.get("x-modal-token-id"), TOKEN[0]) and same(metadata.get("x-modal-token-secret"), TOKEN[1])
