"""A person at a worker's terminal, without a cockpit: a screen fed from the tape, and keys encoded by its modes."""

import asyncio
from collections.abc import Callable
from typing import Literal

from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.terminal.keys import encode_key, encode_paste
from golfer_tui.terminal.mouse import encode_mouse
from golfer_tui.terminal.screen import Screen

DEADLINE = 30.0
"""Seconds after which a state that does not come fails the test."""


async def until(condition: Callable[[], object], told: Callable[[], object] = str) -> None:
    """Wait until the condition holds; `told` says what there is instead if it never does."""
    try:
        async with asyncio.timeout(DEADLINE):
            while not condition():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"the state that the test waits for did not come: {told()}") from None


class Seat:
    """Sees what a pane would show. Its screen answers nothing, as no pane does: that is the engine's part."""

    def __init__(self, engine: Engine, worker: str, terminal: Literal["agent", "shell"], size: tuple[int, int]) -> None:
        self._engine = engine
        self._worker = worker
        self._terminal = terminal
        tape = engine.tape(worker) if terminal == "agent" else engine.shell_tape(worker)
        assert tape is not None
        self._cursor = tape.cursor()
        self.screen = Screen(*size)

    def look(self) -> str:
        """What is shown now."""
        self.screen.feed(self._cursor.read())
        return "\n".join(self.screen.text())

    async def shows(self, *wanted: str) -> str:
        """Wait until all of it is shown at once."""
        await until(lambda: all(text in self.look() for text in wanted), lambda: f"{wanted} in\n{self.look()}")
        return self.look()

    async def waits(self, prompt: str) -> None:
        """Wait until the prompt is the last thing that is shown: then what is typed is read by it."""
        await until(lambda: self.look().rstrip().endswith(prompt), self.look)

    async def lacks(self, text: str) -> None:
        """Wait until it is not shown."""
        await until(lambda: text not in self.look(), self.look)

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.look()
            await self._send(encode_key(key, self.screen.modes, key if len(key) == 1 else None))

    async def type(self, text: str) -> None:
        await self.press(*text)

    async def run(self, line: str) -> None:
        """Type a line and enter."""
        await self.press(*line, "enter")

    async def clear(self) -> None:
        """Empty the screen, from a shell's prompt."""
        await self.run("clear")
        await until(lambda: "clear" not in self.look() and self.look().strip(), self.look)

    async def paste(self, text: str) -> None:
        self.look()
        await self._send(encode_paste(text, self.screen.modes))

    async def click(self, x: int, y: int) -> None:
        """Press and release the left button on a cell."""
        self.look()
        for action in ("press", "release"):
            size = self.screen.columns, self.screen.rows
            await self._send(encode_mouse(action, "left", x, y, self.screen.modes, size=size))

    async def resize(self, columns: int, rows: int) -> None:
        self.look()
        self.screen.resize(columns, rows)
        await self._engine.dispatch(cm.ResizeTerminal(self._worker, columns, rows, terminal=self._terminal))

    async def _send(self, data: bytes) -> None:
        await self._engine.dispatch(cm.TypeInto(self._worker, data, terminal=self._terminal))

    def close(self) -> None:
        self._cursor.close()
        self.screen.close()
