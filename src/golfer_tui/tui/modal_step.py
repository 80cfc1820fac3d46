"""A card of the first steps: workers on Modal, whose token is tried before it is counted on."""

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from golfer_tui.model.errors import GolferError
from golfer_tui.tui.setup import Setup
from golfer_tui.tui.step import Step, Tick

if TYPE_CHECKING:
    from textual.widget import Widget

TEXT = "Workers are processes of this machine, unless you have an account at Modal: then they can have GPUs there."


class ModalStep(Step):
    """Says whether Modal takes the token, and lets the session's workers run there."""

    def __init__(self, setup: Setup, *, key: str, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__("GPUs in the cloud: Modal", TEXT, Content.assemble("Check Modal ", (key, "bold")), id=id)
        self._setup = setup

    def form(self) -> "list[Widget]":
        chosen = Tick("Run the workers of my session on Modal", classes="use", compact=True, disabled=True)
        return [Horizontal(Button("Check again", classes="check", compact=True), classes="buttons"), chosen]

    @property
    def chosen(self) -> bool:
        """Whether workers are to run there; only after its token was taken."""
        box = self.query_one(".use", Tick)
        return box.value and not box.disabled

    @on(Button.Pressed, ".open")
    @on(Button.Pressed, ".check")
    def check(self) -> None:
        """Ask Modal."""
        self.tell("Asking Modal …")
        self.run_worker(self._check(), exclusive=True, group="check")

    async def _check(self) -> None:
        box = self.query_one(".use", Tick)
        try:
            found = await self._setup.modal()
        except GolferError as error:
            box.disabled = True
            self.tell(str(error), "error")
        else:
            box.disabled, box.value = False, True
            self.tell(found, "success")
