"""A server on the loopback that speaks OpenAI's API to real clients, so that tests need no account and no network.

It streams as the API does, refuses what the API refuses, and answers what a test's brain decides.
"""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from loopback import chat_api, responses_api
from loopback.brains import Brain, Call, Output, Thought, echo, think
from loopback.faults import Cut, Drop, EndEarly, Fail, Fault, Hang, Refuse, Slow
from loopback.models import CARDS, ModelCard
from loopback.refusals import Refusal, missing_key, missing_parameter, unknown_model, wrong_key
from loopback.responses_items import Archive

KEY = "sk-loopback-0123456789"
"""The one key that the server takes."""

Handler = Callable[[web.Request, dict[str, Any], Fault | None], Awaitable[web.StreamResponse]]

MAX_RECORDED = 10_000
MAX_BODY = 64 * 2**20


@dataclass
class Recorded:
    """One request, and what became of it."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: dict[str, Any]
    status: int = 0
    """0 until it is answered."""
    error: str | None = None
    """Code or message of the refusal."""


class LoopbackOpenAI:
    """`async with LoopbackOpenAI(brain) as server:` and point a client at `server.url` with `KEY`."""

    def __init__(self, brain: Brain = echo, *, key: str | None = KEY, models: tuple[ModelCard, ...] = CARDS) -> None:
        """With `key=None` any key will do, as with most servers that people run themselves."""
        self.brain = brain
        self.key = key
        self.cards = {card.name: card for card in models}
        self.requests: deque[Recorded] = deque(maxlen=MAX_RECORDED)
        self.archive = Archive()
        self.streams = 0
        """Streams that are open now."""
        self._faults: deque[Fault] = deque()
        self._always: Fault | None = None
        self._closing = asyncio.Event()
        application = web.Application(client_max_size=MAX_BODY)
        serve = application.router.add_route
        serve("POST", "/v1/responses", partial(self._answer, self._respond))
        serve("POST", "/v1/chat/completions", partial(self._answer, self._complete))
        serve("GET", "/v1/models", partial(self._answer, self._models, is_model_call=False))
        serve("*", "/{path:.*}", partial(self._answer, self._nothing, is_model_call=False))
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End all streams and the server; from then on connections are refused."""
        self._closing.set()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The base URL for clients, `/v1` included."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}/v1"

    @property
    def environ(self) -> dict[str, str]:
        """The variables that point a client here."""
        return {"OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": self.key or "any"}

    def inject(self, fault: Fault, times: int | None = 1) -> None:
        """Let the next `times` model calls meet this fault; None: all from now on."""
        if times is None:
            self._always = fault
        else:
            self._faults.extend([fault] * times)

    def bodies(self, path: str = "") -> list[dict[str, Any]]:
        """Bodies of all requests so far whose path contains `path`."""
        return [request.body for request in self.requests if path in request.path]

    async def _answer(
        self, handler: Handler, request: web.Request, *, is_model_call: bool = True
    ) -> web.StreamResponse:
        raw = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        record = Recorded(request.method, request.path, headers, {})
        self.requests.append(record)
        fault = (self._faults.popleft() if self._faults else self._always) if is_model_call else None
        try:
            self._check_key(headers)
            if isinstance(fault, Refuse):
                raise fault.refusal
            record.body = _decode(raw)
            response = await handler(request, record.body, fault)
        except Refusal as refusal:
            record.status, record.error = refusal.status, refusal.code or refusal.message
            return web.json_response(refusal.body, status=refusal.status, headers=refusal.headers)
        record.status = response.status
        return response

    async def _models(self, request: web.Request, body: dict[str, Any], fault: Fault | None) -> web.StreamResponse:
        data = [{"id": name, "object": "model", "created": 0, "owned_by": "loopback"} for name in self.cards]
        return web.json_response({"object": "list", "data": data})

    async def _nothing(self, request: web.Request, body: dict[str, Any], fault: Fault | None) -> web.StreamResponse:
        raise Refusal(404, f"Invalid URL ({request.method} {request.path})")

    def _check_key(self, headers: dict[str, str]) -> None:
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise missing_key()
        if self.key is not None and key != self.key:
            raise wrong_key(key)

    def _card(self, body: dict[str, Any]) -> ModelCard:
        name = body.get("model")
        if not name:
            raise missing_parameter("model")
        if name not in self.cards:
            raise unknown_model(name)
        return self.cards[name]

    async def _respond(self, request: web.Request, body: dict[str, Any], fault: Fault | None) -> web.StreamResponse:
        card = self._card(body)
        asked = responses_api.check(body, card, self.archive)
        outputs = _as_allowed(await think(self.brain, asked.conversation, asked.tools), body, card)
        answer = responses_api.Answer.of(asked, outputs)
        self.archive.keep(answer.output, store=asked.stored)
        if not asked.stream:
            return web.json_response(answer.object())
        frames = answer.frames()
        match fault:
            case Fail(code, message, after):
                frames = [*frames[:after], answer.failure(after, code, message)]
            case Cut(after):
                frames = [*frames[:after], answer.cut(after)]
        return await self._stream(request, frames, fault)

    async def _complete(self, request: web.Request, body: dict[str, Any], fault: Fault | None) -> web.StreamResponse:
        card = self._card(body)
        asked = chat_api.check(body, card)
        outputs = _as_allowed(await think(self.brain, asked.conversation, asked.tools), body, card)
        completion = chat_api.Completion.of(asked, outputs)
        if not asked.stream:
            return web.json_response(completion.object())
        frames = completion.frames()
        match fault:
            case Fail(code, message, after):
                frames = [*frames[:after], chat_api.failure(code, message)]
            case Cut(after):
                frames = [*frames[:after], completion.cut(), b"data: [DONE]\n\n"]
        return await self._stream(request, frames, fault)

    async def _stream(self, request: web.Request, frames: list[bytes], fault: Fault | None) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8"})
        async with self._open():
            if fault == Drop(0):
                _cut_off(request)
                return response
            if fault != Hang(0):
                await response.prepare(request)
            for number, frame in enumerate(frames):
                match fault:
                    case Drop(after) if number == after:
                        _cut_off(request)
                        return response
                    case EndEarly(after) if number == after:
                        break
                    case Hang(after) if number == after:
                        await self._closing.wait()
                        _cut_off(request)
                        return response
                    case Slow(seconds):
                        await asyncio.sleep(seconds)
                await response.write(frame)
            with contextlib.suppress(ConnectionError):
                await response.write_eof()
        return response

    @contextlib.asynccontextmanager
    async def _open(self) -> AsyncIterator[None]:
        self.streams += 1
        try:
            yield
        finally:
            self.streams -= 1


def _decode(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "We could not parse the JSON body of your request.")
    return body


def _as_allowed(outputs: list[Output], body: dict[str, Any], card: ModelCard) -> list[Output]:
    """Thoughts only from models that have them, and one call at a time where the request said so."""
    outputs = [output for output in outputs if card.reasoning or not isinstance(output, Thought)]
    if body.get("parallel_tool_calls") is not False:
        return outputs
    first = next((output for output in outputs if isinstance(output, Call)), None)
    return [output for output in outputs if not isinstance(output, Call) or output is first]


def _cut_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
