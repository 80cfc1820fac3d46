"""The line between chat and fleet; it can be dragged."""

import dataclasses as dc

from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget


class Divider(Widget):
    """One column wide."""

    ALLOW_SELECT = False

    @dc.dataclass
    class Dragged(Message):
        """The person wants the divider in this column of the screen."""

        x: int

    def render(self) -> RenderResult:
        return ""

    def render_line(self, y: int) -> Strip:
        return Strip.blank(self.size.width, self.rich_style)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        event.stop()
        self.capture_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self.release_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self.app.mouse_captured is self:
            self.post_message(self.Dragged(int(event.screen_x)))
