"""What is painted first: the frame of the cockpit, while all the rest is still being imported behind it."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

KEYS = 500
"""Characters typed ahead that are kept."""


class Curtain(Screen[None]):
    """A head line and a word. What the person types meanwhile is kept for the input."""

    DEFAULT_CSS: ClassVar[str] = """
    Curtain { background: $background; }
    Curtain #head { width: 100%; background: $panel; color: $primary; text-style: bold; }
    Curtain #word { width: 100%; height: 1fr; content-align: center middle; color: $foreground 60%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.typed = ""
        """Characters typed so far."""

    def compose(self) -> ComposeResult:
        yield Static(" ⚑ golfer", id="head", markup=False)
        yield Static("loading …", id="word", markup=False)

    def on_key(self, event: events.Key) -> None:
        if event.is_printable and event.character and len(self.typed) < KEYS:
            self.typed += event.character
