"""The engine could not be opened: what is wrong, and what to do about it."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label

from golfer_tui.model.errors import GolferError
from golfer_tui.terminal.clean import clean
from golfer_tui.tui.hints import hint, hints
from golfer_tui.tui.keyed import Keyed, bindings

if TYPE_CHECKING:
    from golfer_tui.tui.app import CockpitApp


class Failure(Keyed, ModalScreen[None]):
    """A sentence and a hint. Every way out ends the app, unless the session can be resumed."""

    app: "CockpitApp"

    PLACE = "failure"
    BINDINGS: ClassVar[list[BindingType]] = bindings("failure")

    def __init__(self, error: GolferError, *, resume: bool = False) -> None:
        """`resume`: the app can open the session again."""
        super().__init__()
        self._error = error
        self._resume = resume

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog failure") as dialog:
            dialog.border_title = "golfer cannot go on"
            resumes = hint(self.app, "failure.resume", "resumes the session") if self._resume else ""
            dialog.border_subtitle = Content(hints(resumes, hint(self.app, "failure.leave", "quits"))).markup
            yield Label(Content(clean(self._error.message)), classes="text")
            if self._error.hint:
                yield Label(Content(clean(self._error.hint)), classes="text hint")
            yield Label(Content(self._error.code), classes="text code")

    def on_click(self) -> None:
        self.action_leave()

    def action_leave(self) -> None:
        self.app.leave("end")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._resume if action == "resume" else True

    def action_resume(self) -> None:
        self.app.resume_lost()
