"""What is shown while no model is configured: the demo, and how to set up the rest."""

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

if TYPE_CHECKING:
    from golfer_tui.tui.app import CockpitApp

TITLE = Content.from_markup(
    "[bold $primary]⚑ golfer[/]\n"
    "[$foreground 65%]One orchestrator, many workers, a sandbox and a live pane for each.[/]"
)

STEPS = (
    (
        "A language model",
        """No model is set up yet. Set one of these, then start golfer again:
  [$accent]export OPENAI_API_KEY=…[/]
  [$accent]export OPENAI_BASE_URL=http://localhost/v1[/] [$foreground 65%]and[/] [$accent]golfer --model NAME[/]""",
    ),
    (
        "Workers on Modal",
        """Local processes are the default. For GPUs in the cloud:
  [$accent]modal setup[/]  [$foreground 65%]once, then[/]  [$accent]golfer --backend modal[/]""",
    ),
    (
        "What works on this machine",
        "  [$accent]golfer doctor[/]  [$foreground 65%]checks key, endpoint, Modal, GPUs, isolation and store.[/]",
    ),
)
"""Titles and texts of the cards below the demo."""


class FirstSteps(Keyed, Screen[None]):
    """Offers the demo; touches no network and no store."""

    AUTO_FOCUS = "#demo"

    app: "CockpitApp"

    PLACE = "start"
    BINDINGS: ClassVar[list[BindingType]] = bindings("start")

    def __init__(self, *, demo: bool) -> None:
        super().__init__()
        self._demo = demo

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="steps"):
            yield Static(TITLE, id="title")
            if self._demo:
                with Vertical(classes="step"):
                    yield Static(Content.from_markup("[bold]The demo[/]"))
                    yield Static(
                        "Five workers train a small language model on this machine's processor, about two minutes. "
                        "No account, no network: a built-in scripted model plays the agents, the training is real."
                    )
                    yield Button(
                        Content.assemble("Start the demo ", ("d", "dim")), variant="primary", id="demo", compact=True
                    )
            for title, text in STEPS:
                with Vertical(classes="step"):
                    yield Static(Content.from_markup(f"[bold]{title}[/]"))
                    yield Static(Content.from_markup(text))
        yield KeyBar()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._demo if action == "demo" else True

    @on(Button.Pressed, "#demo")
    def action_demo(self) -> None:
        self.app.start_demo()
