"""One browser tab: a cockpit in a process of its own, whose terminal is the page."""

import asyncio
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

LEAVING = 10.0
"""Seconds that a cockpit may take to leave its session; then it is killed, which costs the session nothing."""

WIDEST, TALLEST = 1000, 500
"""Cells of the largest page that is drawn."""

OPENED = "golfer.opened"
"""Type of the packet in which a cockpit names the session that it has opened."""

FOREIGN = ("TMUX", "TMUX_PANE", "STY", "TERM_SESSION_ID")
"""Variables that tell of the terminal of the server, which is not that of the tab."""


class Tab(AppService):
    """Made for each socket; `start`, `ending`, `stop`."""

    def __init__(
        self,
        argv: Sequence[str],
        websocket: web.WebSocketResponse,
        downloads: DownloadManager,
        opened: Callable[[str], None],
    ) -> None:
        """`opened` is told the id of each session that the cockpit opens."""
        super().__init__(
            " ".join(argv),
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=self._closed,
            download_manager=downloads,
        )
        self._argv = argv
        self._opened = opened

    async def on_meta(self, data: bytes) -> None:
        """Take what the cockpit tells besides what it draws."""
        told = json.loads(data)
        if told.get("type") == OPENED:
            self._opened(str(told["session"]))
        else:
            await super().on_meta(data)

    async def _closed(self) -> None:
        """The cockpit was left; the socket is closed by whoever waits for `ending`."""

    @property
    def ending(self) -> asyncio.Task[None]:
        """Done when the cockpit has gone, or the page."""
        assert self._task is not None
        return self._task

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        environment = super()._build_environment(min(max(width, 1), WIDEST), min(max(height, 1), TALLEST))
        for name in FOREIGN:
            environment.pop(name, None)
        return {**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        """As the base does, but without a shell, and out of reach of a Ctrl+C that is meant for the server."""
        environment = await asyncio.to_thread(self._build_environment, width, height)
        self._process = process = await asyncio.create_subprocess_exec(
            *self._argv, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment, cwd=os.getcwd(), start_new_session=True
        )
        self._stdin = process.stdin
        return process

    async def stop(self) -> None:
        """Let the cockpit leave its session, and wait until its process is gone. May be called twice."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            async with asyncio.timeout(LEAVING):
                await self.send_meta({"type": "quit"})
                await asyncio.wait({self.ending})
                # What it still draws goes nowhere, but has to be taken: it cannot leave while it waits for that.
                assert process.stdout is not None
                while await process.stdout.read(2**16):
                    pass
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        finally:
            self.ending.cancel()
            await asyncio.gather(self.ending, return_exceptions=True)
            self.stdin.close()
