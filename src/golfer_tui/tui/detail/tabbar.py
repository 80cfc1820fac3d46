"""The row of tabs above the details of a worker."""

import dataclasses as dc
from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static


class TabBar(Static):
    """Shows which page is seen, and lets others be chosen by the mouse."""

    shown: reactive[str] = reactive("")
    """The page that is seen."""

    @dc.dataclass
    class Chosen(Message):
        """The person clicked on a tab."""

        tab: str

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        self._titles = titles

    def render(self) -> Content:
        return Content.assemble(
            *((f" {title} ", "bold reverse $primary" if title == self.shown else "$foreground 70%")
              for title in self._titles)
        )  # fmt: skip

    def on_click(self, event: events.Click) -> None:
        event.stop()
        end = 0
        for title in self._titles:
            end += len(title) + 2
            if event.x < end:
                self.post_message(self.Chosen(title))
                return
