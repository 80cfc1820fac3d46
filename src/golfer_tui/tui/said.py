"""What the agent says, as a widget that takes a message in pieces while it is being written."""

import asyncio
import time
from urllib.parse import urlsplit

from textual.widgets import Markdown

from golfer_tui.terminal.clean import clean

FRAME = 0.1
"""Seconds between two drawings of a message that is being written, at least: each lays out its last block anew."""

REST = 3.0
"""Times as long as a drawing took until the next one: drawing takes a quarter of the time at most."""

LONGEST = 1.0
"""Seconds between two drawings, at most."""


class Said(Markdown):
    """What the agent says, as Markdown; while it is being written the text comes in pieces."""

    def __init__(self, text: str = "") -> None:
        super().__init__(clean(text) or None, open_links=False)
        self.written = text
        """The text so far."""
        self._pieces = ""
        """Written, but not drawn yet."""
        self._drawing = False

    def write(self, text: str) -> None:
        """Append a piece; pieces that come faster than they can be drawn are drawn together."""
        self.written += text
        self._pieces += text
        if not self._drawing:
            self._drawing = True
            self.run_worker(self._draw())

    def finish(self, text: str) -> None:
        """The message is whole: this is how it ended up."""
        if text.startswith(self.written):
            self.write(text[len(self.written) :])
        elif text != self.written:
            self.written, self._pieces = text, ""
            self.update(clean(text))

    async def _draw(self) -> None:
        while self._pieces:
            begun = time.monotonic()
            pieces, self._pieces = self._pieces, ""
            await self.append(clean(pieces))
            shown = asyncio.Event()
            self.call_after_refresh(shown.set)
            await shown.wait()
            await asyncio.sleep(min(max(FRAME, REST * (time.monotonic() - begun)), LONGEST))
        self._drawing = False

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        # Whatever a model writes may be clicked: only the web is opened, no file and no program.
        if urlsplit(event.href).scheme in {"http", "https"}:
            self.app.open_url(event.href)
