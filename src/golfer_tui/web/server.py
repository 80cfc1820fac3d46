"""The server: one page, the files that it needs, and one socket for each tab. Everything stands behind the door."""

import asyncio
import contextlib
import html
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from string import Template

from aiohttp import WSCloseCode, web
from textual_serve.server import Server as TextualServer
from textual_serve.server import to_int

from golfer_tui.model.errors import UsageError
from golfer_tui.web.door import ANYWHERE, Door
from golfer_tui.web.tab import LEAVING, Tab

TABS = 16
"""Tabs at once; each is a process."""

HEARTBEAT = 15.0
"""Seconds between two looks whether a browser is still there."""

FAREWELL = 2.0
"""Seconds that a browser may take to answer that its socket is closed."""

LARGEST = 1024 * 1024
"""Bytes of the largest message of a page: a paste."""

Opened = Callable[[str], Sequence[str]]

GARBLED = (ValueError, TypeError, KeyError, IndexError, AssertionError, AttributeError)
"""What a message raises that no page of ours sends."""

GUARDS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Headers of every answer: the address, with the token in it, is told nobody, and no other page shows ours in it."""

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page may load: nothing that does not come from here."""


class Server(TextualServer):
    """textual-serve with a door, and without what a page would load from elsewhere."""

    def __init__(self, argv: Sequence[str], host: str, title: str, opened: Opened | None) -> None:
        """`argv` starts the cockpit of a tab, until `opened` was told of a session."""
        super().__init__(" ".join(argv), host=host, title=title)
        self.door = Door(host)
        self._argv = argv
        self._opened = opened
        self._sockets: set[web.WebSocketResponse] = set()
        self._template = Template(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))
        self._files = {
            f"static/{path.relative_to(self.statics_path).as_posix()}": path
            for path in self.statics_path.rglob("*")
            if path.is_file()
        }
        """What may be fetched, by path: nothing else of the disk can be named."""

    async def _make_app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        app.on_response_prepare.append(_guard)
        app.on_shutdown.append(self.on_shutdown)
        return app

    async def on_shutdown(self, app: web.Application) -> None:
        """Say goodbye to all tabs."""
        going = WSCloseCode.GOING_AWAY
        await asyncio.gather(*(each.close(code=going) for each in self._sockets), return_exceptions=True)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.door.check(request)
        match request.path.split("/", 2)[2:]:
            case []:
                raise web.HTTPFound(f"{request.path}/")
            case [""]:
                return self._page(request)
            case ["ws"]:
                self.door.check_origin(request)
                return await self.handle_websocket(request)
            case [path] if found := self._files.get(path):
                return web.FileResponse(found)
        raise web.HTTPNotFound(text="There is no such page.\n")

    def _page(self, request: web.Request) -> web.Response:
        nonce = secrets.token_urlsafe(16)
        font = min(max(to_int(request.query.get("fontsize", ""), 15), 6), 60)
        text = self._template.substitute(title=html.escape(self.title), font=font, nonce=nonce)
        policy = {"Content-Security-Policy": POLICY.format(nonce=nonce)}
        return web.Response(text=text, content_type="text/html", headers=policy)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run a cockpit for a tab until either of them goes."""
        if len(self._sockets) >= TABS:
            raise web.HTTPServiceUnavailable(text=f"There are {TABS} tabs already: close one.\n")
        websocket = web.WebSocketResponse(heartbeat=HEARTBEAT, timeout=FAREWELL, max_msg_size=LARGEST)
        self._sockets.add(websocket)
        try:
            await websocket.prepare(request)
            columns, rows = (to_int(request.query.get(name, ""), 80) for name in ("width", "height"))
            tab = Tab(self._argv, websocket, self.download_manager, self._session_opened)
            try:
                await tab.start(columns, rows)
                await self._carry(websocket, tab)
            finally:
                await tab.stop()
            await websocket.close()
        finally:
            self._sockets.discard(websocket)
        return websocket

    def _session_opened(self, session: str) -> None:
        if self._opened is not None:
            self._argv = self._opened(session)

    async def _carry(self, websocket: web.WebSocketResponse, tab: Tab) -> None:
        """Carry what the page sends to the cockpit, until one of them has gone."""
        reading = asyncio.create_task(self._process_messages(websocket, tab), name="tab reading")
        try:
            await asyncio.wait({reading, tab.ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reading.cancel()
            [failure] = await asyncio.gather(reading, return_exceptions=True)
        if isinstance(failure, GARBLED):
            await websocket.close(code=WSCloseCode.UNSUPPORTED_DATA)
        elif isinstance(failure, Exception):
            raise failure


async def _guard(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(GUARDS)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; 0 takes a port that is free. Blocks, if the name has to be looked up.

    Raises:
        UsageError: `serve.listen`.
    """
    try:
        family, *_, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
            0
        ]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise UsageError(
            "serve.listen",
            f"The server cannot listen on {host} port {port}: {what}.",
            hint="Take another port with --port, or a free one with --port 0.",
        ) from error


@contextlib.asynccontextmanager
async def serving(
    argv: Sequence[str], sock: socket.socket, host: str, title: str, opened: Opened | None = None
) -> AsyncIterator[str]:
    """Serve until the block ends; gives the address to open, with the token in it.

    Args:
        argv: Starts the cockpit of a tab.
        sock: What `listen` gave; closed in the end.
        host: As it was given to `listen`.
        title: Of the page.
        opened: Takes the id of each session that a tab opens, and returns what starts cockpits from then on.
    """
    server = await asyncio.to_thread(Server, argv, host, title, opened)
    runner = web.AppRunner(await server._make_app(), access_log=None, shutdown_timeout=LEAVING)  # noqa: SLF001 - ours
    await runner.setup()
    try:
        await web.SockSite(runner, sock).start()
        name = "127.0.0.1" if host in ANYWHERE else f"[{host}]" if ":" in host else host
        yield f"http://{name}:{sock.getsockname()[1]}/{server.door.token}/"
    finally:
        await runner.cleanup()
