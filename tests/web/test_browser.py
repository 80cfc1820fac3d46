"""`golfer serve` in a real Chromium: the whole command, its tabs, a model on the loopback, and a real worker."""

import asyncio
import contextlib
import re
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import psutil
import pytest
from attach.hosted import MODEL, no_engines_left
from engine.small_brain import brain
from loopback.openai_server import LoopbackOpenAI
from web.chromium import PATIENCE, PROGRAM, Page, chromium

from golfer_tui.attach.visiting import look
from golfer_tui.model import agent_events as ae
from golfer_tui.model.session import SessionState
from golfer_tui.store.layout import Layout
from golfer_tui.store.store import Store

GOLFER = str(Path(sys.executable).with_name("golfer"))
TICKS = "spawn w1: for i in $(seq 1 100000); do echo tick $i; sleep 0.05; done"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, openai_server: LoopbackOpenAI) -> Iterator[Path]:
    """Where the command stores all; its model are the small scripts."""
    openai_server.brain = brain
    for name, value in openai_server.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GOLFER_MODEL__NAME", MODEL)
    monkeypatch.setenv("GOLFER_HOME", str(tmp_path / "home"))
    with no_engines_left(tmp_path / "home"):
        yield tmp_path / "home"


@contextlib.asynccontextmanager
async def served(folder: Path, *flags: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str, str]]:
    """`golfer serve`, with the session and the address that it prints."""
    process = await asyncio.create_subprocess_exec(
        *(GOLFER, "serve", "--port", "0", *flags), cwd=folder, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            said = await process.stdout.readuntil(b"ends the server.\n")
        found = re.search(r"(\S+) (?:is|are) at\s+(http://127\.0\.0\.1:\d+/\S+/)\n", said.decode())
        assert found is not None
        yield process, found[1], found[2]
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def ended(process: asyncio.subprocess.Process) -> str:
    """What it says in the end; its exit code is 0."""
    async with asyncio.timeout(PATIENCE):
        said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode()


def ticks(page: Page) -> int:
    return max((int(number) for number in re.findall(r"tick (\d+)", page.text)), default=0)


@pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium on this machine")
async def test_a_prompt_a_pane_that_moves_a_second_tab_and_a_kill(home: Path, tmp_path: Path) -> None:
    layout = Layout(home)
    async with served(tmp_path) as (process, session, address), chromium(tmp_path / "profile") as browser:
        page = await browser.open(address)
        await page.until(lambda: "Tell the orchestrator" in page.text)
        await page.until(lambda: page.typing)
        empty = await page.picture()
        await page.type(TICKS)
        await page.press("Enter")
        await page.until(lambda: ticks(page) > 0)
        seen, moved = await page.picture(), ticks(page)
        await page.until(lambda: ticks(page) > moved + 5)
        assert len({empty, seen, await page.picture()}) == 3

        # Another tab is another cockpit of the same session: the first one steers, this one watches.
        other = await browser.open(address)
        await other.until(lambda: "watching" in other.text and ticks(other) > moved)
        assert await look(layout, session) == 2
        await page.until(lambda: "1 watching" in page.text)
        tabs = [tab for tab in psutil.Process(process.pid).children() if session in tab.cmdline()]
        token = urlsplit(address).path.strip("/")
        assert len(tabs) == 2
        assert token not in str([[tab.cmdline(), tab.environ()] for tab in tabs])

        await page.type("/kill w1")
        await page.press("Enter")
        await page.until(lambda: "Kill w1?" in page.text)
        await page.type("y")
        await other.until(lambda: " K " in other.text or "killed" in other.text)
        stands = ticks(page)
        for tab in (page, other):
            assert tab.complaints == []
            assert {urlsplit(asked).netloc for asked in tab.asked} == {urlsplit(address).netloc}
        await other.close()
        await page.until(lambda: "1 watching" not in page.text)
        assert ticks(page) == stands

        # Who quits while nobody is at work ends the session, and the server has nothing to show any more.
        await page.type("/quit")
        await page.press("Enter")
        assert f"Session {session} is closed." in await ended(process)
        await page.until(lambda: page.closed)
    assert await look(layout, session) is None
    async with Store.open(home) as store:
        state = SessionState(session=session)
        for event in await store.events(session):
            state.apply(event)
    assert state.workers["w1"].state == "killed"


async def test_what_becomes_of_the_session_when_the_server_goes(home: Path, tmp_path: Path) -> None:
    layout = Layout(home)
    async with served(tmp_path, "--prompt", "hello") as (process, session, address), aiohttp.ClientSession() as client:
        async with client.ws_connect(f"{address}ws", headers={"Origin": address.rsplit("/", 2)[0]}) as socket:
            await socket.receive_bytes()
            tabs = psutil.Process(process.pid).children()
            process.kill()
            gone, left = await asyncio.to_thread(psutil.wait_procs, tabs, PATIENCE)
        assert (len(gone), left) == (1, [])
        assert await look(layout, session) == 0
    # It is still there, and served again by its name: a Ctrl+C leaves it there, unless its end is asked for.
    for flags, said in (((), f"golfer attach {session}"), (("--end",), f"Session {session} is closed.")):
        async with served(tmp_path, "--session", session[-4:], *flags) as (process, again, _):
            assert again == session
            process.send_signal(signal.SIGINT)
            assert said in await ended(process)
    assert await look(layout, session) is None
    async with Store.open(home) as store:
        events = await store.events(session)
    assert events[-1].type == "session.finished"
    assert next(event.body.text for event in events if isinstance(event.body, ae.Message)) == "hello"


@contextlib.asynccontextmanager
async def tab(client: aiohttp.ClientSession, address: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """What a page of the address opens."""
    origin = {"Origin": address.rsplit("/", 2)[0]}
    async with client.ws_connect(f"{address}ws?width=120&height=40", headers=origin) as socket:
        yield socket


async def reads(socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
    """Wait until the cockpit has drawn this."""
    drawn = ""
    async with asyncio.timeout(PATIENCE):
        while text not in drawn:
            drawn += (await socket.receive_bytes()).decode()


async def test_without_a_model_the_page_begins_with_the_first_steps(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "GOLFER_MODEL__NAME"):
        monkeypatch.delenv(name, raising=False)
    async with served(tmp_path, "--end") as (process, said, address), aiohttp.ClientSession() as client:
        assert said == "steps"
        async with tab(client, address) as first:
            await reads(first, "Start the demo")
            await first.send_json(["stdin", "d"])
            assert process.stdout is not None
            async with asyncio.timeout(PATIENCE):
                told = (await process.stdout.readuntil(b"is there now.\n")).decode()
            session = told.split()[1]
            # Whoever opens the page again comes to the same session, and not to first steps of their own.
            async with tab(client, address) as again:
                await reads(again, "watching")
        process.send_signal(signal.SIGINT)
        assert f"Session {session} is closed." in await ended(process)
    assert await look(Layout(home), session) is None
