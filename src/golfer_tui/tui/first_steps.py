"""The first steps, without a model and on demand: the demo, a server, a key and Modal, each tried before it is used."""

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
from golfer_tui.tui.model_step import ModelStep, Starts
from golfer_tui.tui.setup import Choice, Setup
from golfer_tui.tui.step import Step

if TYPE_CHECKING:
    from golfer_tui.attach.session import OpenSession
    from golfer_tui.tui.app import CockpitApp

HEAD = "[bold $primary]⚑ golfer[/]\n[$foreground 65%]"

FIRST = "One orchestrator, many workers, a sandbox and a live pane for each.\nNo model is set up yet."

AGAIN = "Another server, API key or model. What works in this session goes on if you start a new one."

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

    def __init__(
        self, setup: Setup | None, *, demo: bool, keyring: str = "", behind: "OpenSession | None" = None
    ) -> None:
        """`keyring`: name of what can keep keys on this machine; `behind`: the session that is open already."""
        super().__init__()
        self._setup = setup
        self._demo = demo
        self._keyring = keyring
        self._behind = behind

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="steps", can_focus=False):
            yield Static(Content.from_markup(HEAD + (AGAIN if self._behind else FIRST)), id="title")
            if self._demo:
                with Vertical(classes="step"):
                    yield Static(Content("The demo").stylize("bold"))
                    yield Static(DEMO)
                    label = Content.assemble("Start the demo ", (self._key("start.demo"), "bold"))
                    yield Button(label, variant="primary", id="demo", compact=True)
            if self._setup is not None:
                key, keyring, starts = self._key, self._keyring, self._starts()
                yield ModelStep(self._setup, True, key("start.server"), keyring, starts, id="server")
                yield ModelStep(self._setup, False, key("start.key"), keyring, starts, id="openai")
                yield ModalStep(self._setup, key=key("start.modal"), id="modal")
        yield KeyBar()

    def _starts(self) -> Starts:
        """What can be started with a model."""
        session = self._behind
        if session is None:
            return "first"
        # The demo's agents go on as a script; and a session that others see is not closed under them.
        alone = session.attendance.writing and not session.attendance.others
        return "here" if alone and not session.state.scripted else "new"

    def _key(self, action: str) -> str:
        return " ".join(key_shown(key) for key in self.keys_of(action)[:1])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "demo":
            return self._demo
        if action == "close_step":
            return bool(self.query(".-open") or self._behind)
        return self._setup is not None if action == "step" else True

    @on(Button.Pressed, "#demo")
    def action_demo(self) -> None:
        self.app.start_demo()

    def action_step(self, name: str) -> None:
        """Open a card."""
        step = self.query_one(f"#{name}", Step)
        step.query_one(".open", Button).press()

    async def action_close_step(self) -> None:
        """Close the card that is open; without one, go back to the session."""
        step = next(iter(self.query(".-open").results(Step)), None)
        if step is None:
            await self.action_leave()
            return
        step.close()
        step.query_one(".open", Button).focus()
        self.refresh_bindings()

    async def action_leave(self) -> None:
        """Go back to the session; without one, end all."""
        if self._behind is not None:
            self.dismiss(None)
        else:
            await self.app.action_quit()

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
            starting = self.app.start_with(self._setup, choice, keep=step.keep, here=event.here)
            self.run_worker(starting, name="start", group="start", exclusive=True)
