"""The engine could not be opened: what is wrong, and what to do about it."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label

from golfer_tui.model.errors import GolferError
from golfer_tui.terminal.clean import clean

if TYPE_CHECKING:
    from golfer_tui.tui.app import CockpitApp


class Failure(ModalScreen[None]):
    """A sentence and a hint; every way out ends the app."""

    app: "CockpitApp"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q", "leave", "Quit")]

    def __init__(self, error: GolferError) -> None:
        super().__init__()
        self._error = error

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog failure") as dialog:
            dialog.border_title = "golfer cannot go on"
            dialog.border_subtitle = "enter quits"
            yield Label(Content(clean(self._error.message)), classes="text")
            if self._error.hint:
                yield Label(Content(clean(self._error.hint)), classes="text hint")
            yield Label(Content(self._error.code), classes="text code")

    def on_click(self) -> None:
        self.action_leave()

    def action_leave(self) -> None:
        self.app.leave("end")
