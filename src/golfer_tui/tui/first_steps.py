"""What is shown while no model is configured: the demo, a server, a key and Modal, each tried before it is used."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button, Static

from golfer_tui.tui.keybar import KeyBar
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.keymap import key_shown
from golfer_tui.tui.modal_step import ModalStep
from golfer_tui.tui.model_step import ModelStep
from golfer_tui.tui.setup import Choice, Setup
from golfer_tui.tui.step import Step

if TYPE_CHECKING:
    from golfer_tui.tui.app import CockpitApp

TITLE = Content.from_markup(
    "[bold $primary]⚑ golfer[/]\n"
    "[$foreground 65%]One orchestrator, many workers, a sandbox and a live pane for each.\nNo model is set up yet.[/]"
)

DEMO = (
    "Five workers train a small language model on this machine's processor, about two minutes. "
    "No account, no network: a built-in scripted model plays the agents, the training is real."
)


class FirstSteps(Keyed, Screen[None]):
    """Offers what there is; asks a server only when the person wants that."""

    AUTO_FOCUS = "Button"

    app: "CockpitApp"

    PLACE = "start"
    BINDINGS: ClassVar[list[BindingType]] = bindings("start")

    def __init__(self, setup: Setup | None, *, demo: bool, keyring: str = "") -> None:
        """`keyring`: name of what can keep keys on this machine."""
        super().__init__()
        self._setup = setup
        self._demo = demo
        self._keyring = keyring

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="steps", can_focus=False):
            yield Static(TITLE, id="title")
            if self._demo:
                with Vertical(classes="step"):
                    yield Static(Content("The demo").stylize("bold"))
                    yield Static(DEMO)
                    label = Content.assemble("Start the demo ", (self._key("start.demo"), "dim"))
                    yield Button(label, variant="primary", id="demo", compact=True)
            if self._setup is not None:
                key, keyring = self._key, self._keyring
                yield ModelStep(self._setup, own=True, key=key("start.server"), keyring=keyring, id="server")
                yield ModelStep(self._setup, own=False, key=key("start.key"), keyring=keyring, id="openai")
                yield ModalStep(self._setup, key=key("start.modal"), id="modal")
        yield KeyBar()

    def _key(self, action: str) -> str:
        return " ".join(key_shown(key) for key in self.keys_of(action)[:1])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "demo":
            return self._demo
        if action == "close_step":
            return bool(self.query(".-open"))
        return self._setup is not None if action == "step" else True

    @on(Button.Pressed, "#demo")
    def action_demo(self) -> None:
        self.app.start_demo()

    def action_step(self, name: str) -> None:
        """Open a card."""
        step = self.query_one(f"#{name}", Step)
        step.query_one(".open", Button).press()

    def action_close_step(self) -> None:
        """Close the card that is open."""
        for step in self.query(".-open").results(Step):
            step.close()
            step.query_one(".open", Button).focus()
        self.refresh_bindings()

    @on(Step.Opened)
    def opened(self, event: Step.Opened) -> None:
        """One is open at a time."""
        for step in self.query(Step):
            if step is not event.step:
                step.close()
        self.refresh_bindings()

    @on(ModelStep.Chosen)
    def chosen(self, event: ModelStep.Chosen) -> None:
        """Start with what was checked."""
        step = event.step
        if self._setup is not None:
            modal = self.query_one(ModalStep).chosen
            choice = Choice(server=step.server, key=step.secret, model=step.model, api=event.offer.api, modal=modal)
            # The keyring may ask the person for a password first.
            starting = self.app.start_with(self._setup, choice, keep=step.keep)
            self.run_worker(starting, name="start", group="start", exclusive=True)
