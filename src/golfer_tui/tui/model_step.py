"""A card of the first steps: a model's server, its key and a model, tried before anything is started with them."""

from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, Label

from golfer_tui.model.errors import GolferError
from golfer_tui.model.secret import Secret
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.setup import Offer, Setup
from golfer_tui.tui.step import Step, Tick

if TYPE_CHECKING:
    from textual.widget import Widget

Starts = Literal["first", "new", "here"]
"""What can be started: the first session, a new one, or a new one and what is open."""

NAMED = 5
"""Models of a server that are named; the rest is counted."""


class ModelStep(Step):
    """With `own` the address of a server is asked for; else it is OpenAI's."""

    class Chosen(Message):
        """The person wants to start with this."""

        def __init__(self, step: "ModelStep", offer: Offer, *, here: bool) -> None:
            """`here`: in the session that is open."""
            super().__init__()
            self.step, self.offer, self.here = step, offer, here

    LABEL: ClassVar[dict[bool, str]] = {True: "Use a server of your own ", False: "Use an API key of OpenAI "}

    def __init__(self, setup: Setup, own: bool, key: str, keyring: str, starts: Starts, *, id: str) -> None:  # noqa: A002
        """`key` opens the card, `keyring` is the name of what keeps keys, empty if there is nothing."""
        title = "A model on a server of your own" if own else "A model of OpenAI"
        text = "Ollama, vLLM, llama.cpp: whatever speaks OpenAI's API." if own else "With an API key of your account."
        super().__init__(title, text, Content.assemble(self.LABEL[own], (key, "bold")), id=id)
        self._setup = setup
        self._own = own
        self._keyring = keyring
        self._starts = starts
        self._offer: Offer | None = None

    def form(self) -> "list[Widget]":
        address = Input(self._setup.address, placeholder="http://localhost:11434/v1", classes="address", compact=True)
        wanted = "if the server wants one" if self._own else "sk-…"
        secret = Input(placeholder=wanted, password=True, classes="key", compact=True)
        name = "one of those that the check finds" if self._own else "empty for the default"
        model = Input(self._setup.model, placeholder=name, classes="model", compact=True)
        kept = f", the key in {self._keyring}" if self._keyring else "; not the key: no keyring here"
        keep = Tick(f"Keep for the next start{kept}", value=True, classes="keep", compact=True)
        check = Button("Check", variant="primary", classes="check", compact=True)
        label = "Start" if self._starts == "first" else "Start a new session"
        start = Button(label, variant="success", classes="start", compact=True, disabled=True)
        here = Button("Use it in this session", classes="here", compact=True, disabled=True)
        rows = [("Address", address)] if self._own else []
        return [
            *(
                Horizontal(Label(name), entry, classes="row")
                for name, entry in (*rows, ("Key", secret), ("Model", model))
            ),
            keep,
            Horizontal(check, start, *([here] if self._starts == "here" else []), classes="buttons"),
        ]

    @property
    def server(self) -> str:
        """The address that was given; empty for OpenAI's own."""
        return self.query_one(".address", Input).value.strip() if self._own else ""

    @property
    def secret(self) -> Secret | None:
        """The key that was given."""
        word = self.query_one(".key", Input).value.strip()
        return Secret(word) if word else None

    @property
    def model(self) -> str:
        """The model that was given; empty for the default."""
        return self.query_one(".model", Input).value.strip()

    @property
    def keep(self) -> bool:
        """Whether all of it is to be kept."""
        return self.query_one(".keep", Tick).value

    @on(Input.Changed, ".address")
    @on(Input.Changed, ".key")
    def changed(self) -> None:
        """What was checked is not what would be started."""
        if self._offer is not None:
            self._offer = None
            self._allow(False)
            self.tell("")

    @on(Button.Pressed, ".check")
    @on(Input.Submitted)
    def check(self, event: Message) -> None:
        """Ask the server; again only if something changed."""
        event.stop()
        if self._offer is not None:
            self.start()
        elif problem := self._problem():
            self.tell(problem, "error")
        else:
            self.tell("Asking the server …")
            self.run_worker(self._check(self.server, self.secret), exclusive=True, group="check")

    def _problem(self) -> str:
        if self._own and not self.server:
            return "Give the address of the server first."
        secret = self.secret
        if not self._own and secret is None:
            return "Give the key first."
        if secret is not None and (not secret.text.isascii() or any(map(str.isspace, secret.text))):
            return "The key holds a character that no key has: copy it again."
        return ""

    async def _check(self, server: str, key: Secret | None) -> None:
        try:
            offer = await self._setup.offered(server, key)
        except GolferError as error:
            self.tell(str(error), "error")
            return
        if (server, key) != (self.server, self.secret):
            return  # the person has gone on writing
        self._offer = offer
        self._show(offer)

    def _show(self, offer: Offer) -> None:
        entry = self.query_one(".model", Input)
        entry.suggester = SuggestFromList(offer.models)
        if self._own and offer.models and entry.value not in offer.models:
            entry.value = offer.models[0]
        more = len(offer.models) - NAMED
        names = ", ".join(offer.models[:NAMED]) + (f" and {more} more" if more > 0 else "")
        self.tell(f"It answers, and has {names}." if names else "It answers, but lists no models: name one.", "success")
        self._allow(True)
        (self.query_one(".start", Button) if self.model or not self._own else entry).focus()

    def _allow(self, allowed: bool) -> None:
        for button in self.query(".start, .here").results(Button):
            button.disabled = not allowed

    @on(Button.Pressed, ".here")
    def start_here(self) -> None:
        """Go on in the session that is open."""
        self.start(here=True)

    @on(Button.Pressed, ".start")
    def pressed(self) -> None:
        self.start()

    def start(self, *, here: bool = False) -> None:
        """Go, with what was checked."""
        if self._offer is None:
            return
        if self._own and not self.model:
            self.tell("Name a model of this server first.", "error")
            self.query_one(".model", Input).focus()
        elif self._offer.models and self.model and self.model not in self._offer.models:
            self.tell(f"The server does not list the model {one_line(self.model)}: take another one.", "error")
        else:
            self.post_message(self.Chosen(self, self._offer, here=here))
