"""Where the person stands in a conversation: on one message or line of it, or nowhere."""

from typing import TYPE_CHECKING

from textual.widget import Widget

from golfer_tui.model.conversation import Entry
from golfer_tui.tui.entries import Asked, Line
from golfer_tui.tui.said import Said

if TYPE_CHECKING:
    from golfer_tui.tui.conversation import ConversationView

Spot = Said | Asked | Line
"""What one can stand on."""


class EntryCursor:
    """Belongs to one conversation."""

    def __init__(self, view: "ConversationView") -> None:
        self._view = view
        self.spot: Spot | None = None

    @property
    def line(self) -> Line | None:
        """The line, if it is one that can be folded."""
        return self.spot if isinstance(self.spot, Line) else None

    def entry(self, kind: str) -> Entry | None:
        """The entry where the person stands; if that is nowhere, the newest of this kind."""
        return self._view.newest(kind) if self.spot is None else self._view.entry_of(self.spot)

    def step(self, by: int, *, lines: bool) -> bool:
        """To the next message or line, or the one before; with `lines`, to the next line. At first to an end.

        False if there is none.
        """
        shown = self._view.shown
        at = shown.index(self.spot) if self.spot in shown else (len(shown) if by < 0 else -1)
        ahead = shown[at + 1 :] if by > 0 else reversed(shown[:at])
        spot = next((each for each in ahead if isinstance(each, Line if lines else Spot)), None)
        if spot is not None:
            self.put(spot)
        return spot is not None

    def point(self, widget: Widget) -> None:
        """To the message that this widget, which was clicked, is a part of."""
        while not isinstance(widget, Spot) and isinstance(widget.parent, Widget):
            widget = widget.parent
        if isinstance(widget, Said | Asked) and self._view.entry_of(widget) is not None:
            self.put(widget, scroll=False)

    def put(self, spot: Spot | None, *, scroll: bool = True) -> None:
        """Stand there, and show it."""
        if self.spot is not None:
            self.spot.remove_class("-marked")
        self.spot = spot
        if spot is not None:
            spot.add_class("-marked")
            if scroll:
                self._view.scroll_to_widget(spot, animate=False)
