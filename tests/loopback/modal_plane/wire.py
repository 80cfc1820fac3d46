"""From gRPC to plain methods: every call is recorded, delayed, may meet a fault, and is then answered by our method.

A method of a service takes the request and returns the response; for a stream it is an async generator. A call that no
method answers is refused as unimplemented, as a server does that is older than its client.
"""

import asyncio
import hmac
import inspect
import weakref
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from grpclib import GRPCError, Status
from grpclib.const import Handler
from grpclib.protocol import H2Protocol
from grpclib.server import Server
from loopback.modal_plane.faults import CutAfter, Fault, Faults, HangAfter, HangBefore, Refuse, RefuseAfter

MAX_RECORDED = 100_000


@dataclass
class Recorded:
    """One call, and what became of it."""

    name: str
    request: Any
    status: str = ""
    """Empty until it is answered; `OK`, or the name of a status."""


@dataclass
class Wire:
    """What all services of a plane share."""

    latency: float = 0.0
    """Seconds before each call is looked at."""
    calls: deque[Recorded] = field(default_factory=lambda: deque(maxlen=MAX_RECORDED))
    faults: Faults = field(default_factory=Faults)

    def count(self, name: str) -> int:
        """How often it was called."""
        return sum(call.name == name for call in self.calls)


class Listener(Server):
    """grpclib's server, which on `close` leaves its connections to the clients; here they are cut."""

    def __init__(self, service: "Served") -> None:
        super().__init__([service])
        self._protocols: weakref.WeakSet[H2Protocol] = weakref.WeakSet()

    def _protocol_factory(self) -> H2Protocol:
        protocol = super()._protocol_factory()
        self._protocols.add(protocol)
        return protocol

    async def cut(self) -> None:
        """End all calls and all connections."""
        self.close()
        await self.wait_closed()
        for protocol in self._protocols:
            if (transport := getattr(getattr(protocol, "connection", None), "_transport", None)) is not None:
                transport.abort()
        await asyncio.sleep(0)
        await asyncio.sleep(0)


class Served:
    """A service as grpclib wants it, made of any object with methods that are named like the calls."""

    def __init__(self, base: Any, methods: Any, wire: Wire, allowed: Callable[[Any], bool]) -> None:
        """`base` is the generated base class; `allowed` says whether the metadata of a call proves who calls."""
        self._base = base
        self._methods = methods
        self._wire = wire
        self._allowed = allowed

    def __mapping__(self) -> dict[str, Handler]:
        mapping: dict[str, Handler] = self._base.__mapping__(self)
        return mapping

    def __getattr__(self, name: str) -> Any:
        async def handle(stream: Any) -> None:
            await self._handle(name, stream)

        return handle

    async def _handle(self, name: str, stream: Any) -> None:
        request = await stream.recv_message()
        call = Recorded(name, request)
        self._wire.calls.append(call)
        try:
            if self._wire.latency:
                await asyncio.sleep(self._wire.latency)
            if not self._allowed(stream.metadata):
                raise GRPCError(Status.UNAUTHENTICATED, "Token ID is malformed or its secret is wrong")
            await self._answer(name, request, stream)
        except GRPCError as error:
            call.status = error.status.name
            raise
        except asyncio.CancelledError:
            call.status = "CANCELLED"
            raise
        call.status = "OK"

    async def _answer(self, name: str, request: Any, stream: Any) -> None:
        fault = self._wire.faults.take(name)
        if isinstance(fault, Refuse):
            raise GRPCError(fault.status, fault.message)
        if isinstance(fault, HangBefore):
            await asyncio.Event().wait()
        method = getattr(self._methods, name, None)
        if method is None:
            raise GRPCError(Status.UNIMPLEMENTED, f"the loopback plane has no {name}")
        if inspect.isasyncgenfunction(method):
            await self._stream(method(request), stream, fault)
            return
        response = await method(request)
        if isinstance(fault, RefuseAfter):
            raise GRPCError(fault.status, "injected: the answer is lost")
        if isinstance(fault, HangAfter):
            await asyncio.Event().wait()
        await stream.send_message(response)

    async def _stream(self, responses: AsyncIterator[Any], stream: Any, fault: Fault | None) -> None:
        sent = 0
        try:
            async for response in responses:
                await stream.send_message(response)
                sent += len(getattr(response, "data", b""))
                if isinstance(fault, CutAfter) and sent >= fault.size:
                    raise GRPCError(Status.UNAVAILABLE, "injected: the connection is lost")
        finally:
            await responses.aclose()  # type: ignore[attr-defined]


def same(given: object, wanted: str) -> bool:
    """Compare secrets."""
    return isinstance(given, str) and hmac.compare_digest(given, wanted)
