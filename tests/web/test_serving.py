"""The server of `golfer serve`: who is let in, who is not, and what becomes of the tabs. Real sockets and processes."""

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from golfer_tui import config
from golfer_tui.cli import main
from golfer_tui.model.errors import UsageError
from golfer_tui.web import server, tab
from golfer_tui.web.door import Door, is_loopback
from golfer_tui.web.server import listen, serving

SHOWN = [sys.executable, str(Path(__file__).with_name("shown.py"))]
PATIENCE = 30.0


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """Where the server is, token included."""
    async with here("a title <b>") as found:
        yield found


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as session:
        yield session


def here(title: str = "") -> "contextlib.AbstractAsyncContextManager[str]":
    """A server on a port that is free."""
    return serving(SHOWN, listen("127.0.0.1", 0), "127.0.0.1", title)


def origin_of(address: str) -> str:
    return address.rsplit("/", 2)[0]


async def status(client: aiohttp.ClientSession, url: str, method: str = "GET", **headers: str) -> int:
    async with client.request(method, url, headers=headers, allow_redirects=False) as answer:
        await answer.read()
        return answer.status


@contextlib.asynccontextmanager
async def opened(
    client: aiohttp.ClientSession, address: str, query: str = "width=100&height=30"
) -> AsyncIterator[tuple[aiohttp.ClientWebSocketResponse, dict[str, Any]]]:
    """A tab's socket, with what its process says of itself."""
    async with client.ws_connect(f"{address}ws?{query}", headers={"Origin": origin_of(address)}) as socket:
        yield socket, json.loads(await socket.receive_bytes())


async def gone(pid: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while psutil.pid_exists(pid):
            await asyncio.sleep(0.01)


async def test_the_page_is_whole_and_loads_nothing_from_elsewhere(client: aiohttp.ClientSession, address: str) -> None:
    async with client.get(address) as answer:
        page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
    assert "<title>a title &lt;b&gt;</title>" in page
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http://" not in page
    assert "https://" not in page
    for name in ("js/textual.js", "css/xterm.css", "fonts/RobotoMono-VariableFont_wght.ttf"):
        assert f"static/{name}" in page
        assert await status(client, f"{address}static/{name}") == 200
    assert await status(client, address.rstrip("/")) == 302


async def test_nothing_is_told_without_the_token(client: aiohttp.ClientSession, address: str) -> None:
    base = origin_of(address)
    token = address.split("/")[3]
    wrong = token[:-1] + ("A" if token[-1] != "A" else "B")
    for path in ("", "ws", "static/js/textual.js", "favicon.ico", f"?token={token}"):
        assert await status(client, f"{base}/{path}") == 403
        assert await status(client, f"{base}/{wrong}/{path}", Origin=base) == 403
    for path in (
        "static/",
        "static/../page.html",
        "static/%2e%2e/server.py",
        "static//etc/passwd",
        "download/x",
        "js/textual.js",
    ):
        assert await status(client, f"{address}{path}") == 404
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert await status(client, address, method) == 405


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "[", "8.8.8.8", "localhost.evil"])
async def test_a_name_that_was_turned_to_this_machine_opens_nothing(
    client: aiohttp.ClientSession, address: str, name: str
) -> None:
    port = origin_of(address).rpartition(":")[2]
    assert await status(client, address, Host=f"{name}:{port}") == 421
    assert await status(client, f"{address}ws", Host=f"{name}:{port}", Origin=f"http://{name}:{port}") == 421


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example", "http://127.0.0.1:1", "file://127.0.0.1"])
async def test_only_its_own_page_opens_a_socket(client: aiohttp.ClientSession, address: str, origin: str) -> None:
    assert await status(client, f"{address}ws", **({"Origin": origin} if origin else {})) == 403


async def test_a_tab_is_a_process_that_goes_with_it(
    client: aiohttp.ClientSession, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMUX", "/tmp/of-the-server")
    async with opened(client, address) as (socket, of):
        assert (of["COLUMNS"], of["ROWS"], of["TMUX"], of["TERM"]) == ("100", "30", None, "xterm-256color")
        await socket.send_json(["stdin", "ü\n"])
        assert (await socket.receive_bytes()).decode() == "echo ü\n"
        await socket.send_json(["resize", {"width": 80, "height": 24}])
        assert json.loads(await socket.receive_bytes()) == {"type": "resize", "width": 80, "height": 24}
        await socket.send_json(["ping", "1"])
        assert await socket.receive_json() == ["pong", "1"]
    await gone(of["pid"])


async def test_a_cockpit_that_was_left_closes_its_tab_and_no_other(client: aiohttp.ClientSession, address: str) -> None:
    async with opened(client, address) as (first, _), opened(client, address, "width=x&height=99999999") as (other, of):
        assert int(of["ROWS"]) == tab.TALLEST
        await first.send_json(["stdin", "end"])
        assert (await first.receive()).type is aiohttp.WSMsgType.CLOSE
        await other.send_json(["stdin", "still here"])
        assert await other.receive_bytes() == b"echo still here"


@pytest.mark.parametrize("garbage", ["{", "[]", "{}", '["stdin"]', '["stdin", 5]', '["resize", {}]', "null", "[[]]"])
async def test_garbage_costs_a_tab_its_socket_at_most(
    client: aiohttp.ClientSession, address: str, garbage: str
) -> None:
    async with opened(client, address) as (socket, of):
        await socket.send_str(garbage)
        await socket.send_json(["ping", "2"])
        async with asyncio.timeout(PATIENCE):
            await socket.receive()
    await gone(of["pid"])
    async with opened(client, address):
        pass


async def test_there_are_only_so_many_tabs(
    client: aiohttp.ClientSession, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "TABS", 1)
    async with opened(client, address):
        assert await status(client, f"{address}ws", Origin=origin_of(address)) == 503
    async with asyncio.timeout(PATIENCE):
        while True:
            with contextlib.suppress(aiohttp.WSServerHandshakeError):
                async with opened(client, address):
                    break


async def test_a_cockpit_that_hangs_is_killed_with_the_server(
    client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tab, "LEAVING", 0.2)
    async with here() as address:
        async with opened(client, address) as (socket, of):
            await socket.send_json(["stdin", "hang"])
            assert await socket.receive_bytes() == b"hanging"
        await gone(of["pid"])


async def test_the_end_of_the_server_closes_every_tab(client: aiohttp.ClientSession) -> None:
    async with contextlib.AsyncExitStack() as stack:
        async with here() as address:
            socket, of = await stack.enter_async_context(opened(client, address))
            closing = asyncio.create_task(socket.receive())
        assert (await closing).type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING}
        await gone(of["pid"])


async def test_tokens_are_new_each_time_and_a_port_is_taken_once() -> None:
    async with here() as first:
        port = int(origin_of(first).rpartition(":")[2])
        with pytest.raises(UsageError) as taken:
            listen("127.0.0.1", port)
        assert taken.value.code == "serve.listen"
        assert f"port {port}" in str(taken.value)
        assert "--port" in taken.value.hint
    async with here() as second:
        assert len({first.split("/")[3], second.split("/")[3]}) == 2
        assert len(second.split("/")[3]) >= 43


@pytest.mark.parametrize(
    ("listening", "named", "let_in"),
    [
        ("0.0.0.0", "192.0.2.7:8420", True),
        ("0.0.0.0", "[2001:db8::1]:8420", True),
        ("0.0.0.0", f"{socket.gethostname()}:8420", True),
        ("0.0.0.0", "evil.example:8420", False),
        ("gpu-box.lan", "GPU-box.lan", True),
        ("gpu-box.lan", "gpu-box.lan.evil.example", False),
        ("127.0.0.1", "192.0.2.7:8420", False),
        ("127.0.0.1", "localhost:9000", True),
        ("::1", "[::1]:8420", True),
    ],
)
def test_the_names_of_a_server(listening: str, named: str, let_in: bool) -> None:
    door = Door(listening)
    request = make_mocked_request("GET", f"/{door.token}/", headers={"Host": named})
    if let_in:
        door.check(request)
    else:
        with pytest.raises(web.HTTPMisdirectedRequest):
            door.check(request)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"])
def test_what_only_this_machine_can_reach(host: str) -> None:
    assert is_loopback(host)


@given(st.one_of(st.ip_addresses().filter(lambda address: not address.is_loopback).map(str), st.text()))
def test_what_others_can_reach_as_well(host: str) -> None:
    assert is_loopback(host) == (host.lower() == "localhost") or host.startswith(("127.", "::1"))
    assert len(Door(host).token) >= 43


def test_a_host_that_others_can_reach_is_warned_of(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loopback_only: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["serve", "--demo", "--host", "0.0.0.0"]) == 2  # tests do not listen there
    loopback_only.clear()
    assert not (config.home(os.environ) / "sessions").exists()
    warning, *_ = capsys.readouterr().err.splitlines()
    assert "Other machines can reach 0.0.0.0, and nothing is encrypted" in warning
