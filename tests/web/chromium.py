"""A real Chromium without a window, driven over a pipe: it listens nowhere, and ends when the pipe does."""

import asyncio
import base64
import contextlib
import itertools
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from golfer_tui.terminal.screen import Screen

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)

PATIENCE = 60.0
"""Seconds for a step on a busy machine; each is left as soon as it is reached."""

FLAGS = (
    "--headless=new",
    "--no-sandbox",  # it runs as root in containers, and sees only our own page
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
    "--window-size=1200,800",
)

KEYS = {
    "Enter": {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"},
}


class Browser:
    """Made by `chromium`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._tabs: dict[str, Page] = {}

    async def read(self) -> None:
        """Follow what it tells, until it ends."""
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                message = json.loads((await self._reader.readuntil(b"\0"))[:-1])
                if "id" in message:
                    self._answers.pop(message["id"]).set_result(message)
                elif page := self._tabs.get(message.get("sessionId", "")):
                    page.heard(message["method"], message["params"])

    async def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Ask for something, and return the answer."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        self._writer.write(json.dumps(message).encode() + b"\0")
        async with asyncio.timeout(PATIENCE):
            said = await answer
        assert "error" not in said, (method, said)
        return dict(said["result"])

    async def open(self, address: str) -> "Page":
        """A new tab."""
        target = (await self.call("Target.createTarget", url="about:blank"))["targetId"]
        session = (await self.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        page = self._tabs[session] = Page(self, session, target)
        for domain in ("Page", "Network", "Runtime", "Log"):
            await page.call(f"{domain}.enable")
        await page.call("Page.navigate", url=address)
        return page


class Page:
    """One tab: its keyboard, what its socket got as a terminal shows it, and what is seen of it."""

    def __init__(self, browser: Browser, session: str, target: str) -> None:
        self._browser = browser
        self._session = session
        self._target = target
        self.screen: Screen | None = None
        self.complaints: list[str] = []
        """What the browser's console tells: errors, and what it refused to load."""
        self.asked: list[str] = []
        """Every address that was asked for."""
        self.typing = False
        """The page has its cursor in the terminal."""
        self.closed = False
        """The socket was closed."""

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask the tab for something."""
        return await self._browser.call(method, self._session, **params)

    def heard(self, method: str, params: dict[str, Any]) -> None:
        """The browser tells of something that happened in the tab."""
        match method:
            case "Network.requestWillBeSent":
                self.asked.append(params["request"]["url"])
            case "Network.webSocketCreated":
                self.asked.append(params["url"])
                size = parse_qs(urlsplit(params["url"]).query)
                self.screen = Screen(int(size["width"][0]), int(size["height"][0]))
            case "Network.webSocketFrameReceived" if params["response"]["opcode"] == 2 and self.screen is not None:
                self.screen.feed(base64.b64decode(params["response"]["payloadData"]))
            case "Network.webSocketFrameSent" if params["response"]["payloadData"] == '["focus"]':
                self.typing = True
            case "Network.webSocketClosed":
                self.closed = True
            case "Log.entryAdded" if params["entry"]["level"] == "error":
                self.complaints.append(params["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(str(params["exceptionDetails"]))

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.screen.text()) if self.screen is not None else ""

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for a state."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"it did not come; on the screen:\n{self.text}\n{self.complaints}") from None

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.call("Input.insertText", text=text)

    async def press(self, key: str) -> None:
        """Press a key of `KEYS`."""
        await self.call("Input.dispatchKeyEvent", type="keyDown", **KEYS[key])
        await self.call("Input.dispatchKeyEvent", type="keyUp", **{**KEYS[key], "text": ""})

    async def picture(self) -> bytes:
        """What is seen, as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])

    async def close(self) -> None:
        """Close the tab."""
        await self._browser.call("Target.closeTarget", targetId=self._target)

    def forget(self) -> None:
        """Free the emulator."""
        if self.screen is not None:
            self.screen.close()


@contextlib.asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Browser]:
    """A browser with a profile of its own in this folder, until the block ends."""
    assert PROGRAM is not None
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()

    def wired() -> None:
        # It reads from 3 and writes to 4; the pipes may have these numbers crosswise.
        reads, writes = os.dup(theirs_in), os.dup(theirs_out)
        os.dup2(reads, 3)
        os.dup2(writes, 4)

    process = await asyncio.create_subprocess_exec(
        *(PROGRAM, *FLAGS, f"--user-data-dir={folder}", "about:blank"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        preexec_fn=wired,
        close_fds=False,
        start_new_session=True,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**26)
    incoming, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(ours_in, "rb"))
    outgoing, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, os.fdopen(ours_out, "wb"))
    browser = Browser(reader, asyncio.StreamWriter(outgoing, protocol, None, loop))
    reading = asyncio.create_task(browser.read())
    try:
        yield browser
    finally:
        for page in browser._tabs.values():
            page.forget()
        with contextlib.suppress(Exception):
            await browser.call("Browser.close")
        outgoing.close()
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        incoming.close()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
