"""A card of the first steps: what it is about, a button, and a form that the button opens."""

from typing import TYPE_CHECKING, Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Checkbox, Input, Static

from golfer_tui.terminal.clean import one_line

if TYPE_CHECKING:
    from textual.widget import Widget

SIGNS = {"error": "✗ ", "success": "✓ ", "": ""}
"""What a word begins with: its colour alone does not tell."""


class Tick(Checkbox):
    """A box that is empty unless it is ticked: Textual's tells that by its colour alone."""

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]  # noqa: N802 - Textual's name
        return "X" if self.value else " "


class Step(Vertical):
    """Closed at first; one is open at a time."""

    class Opened(Message):
        """Its form is there now."""

        def __init__(self, step: "Step") -> None:
            super().__init__()
            self.step = step

    def __init__(self, title: str, text: str, label: Content, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="step")
        self._title, self._text, self._label = title, text, label
        self.told = ""
        """What it says about what was tried."""

    def form(self) -> "list[Widget]":
        """What the button opens."""
        return []

    def compose(self) -> ComposeResult:
        yield Static(Content(self._title).stylize("bold"))
        yield Static(Content(self._text))
        yield Button(self._label, classes="open", compact=True)
        with Vertical(classes="form"):
            yield from self.form()
        yield Static(classes="told")

    @on(Button.Pressed, ".open")
    def open(self) -> None:
        """Show the form, and go into it."""
        self.add_class("-open")
        self.post_message(self.Opened(self))
        fields = self.query(".form Input, .form Button, .form Checkbox")
        next(field for field in fields if isinstance(field, Input | Button | Checkbox) and not field.disabled).focus()
        self.call_after_refresh(self.scroll_visible, animate=False)

    def close(self) -> None:
        """Hide the form; what was written stays."""
        self.remove_class("-open")

    def tell(self, text: str, kind: Literal["error", "success", ""] = "") -> None:
        """Say something below the form; the next word takes its place."""
        self.told = one_line(text, 400)
        line = self.query_one(".told", Static)
        line.update(Content(f"{SIGNS[kind] if text else ''}{self.told}"))
        line.set_classes(["told", f"-{kind}"] if kind else ["told"])
        self.call_after_refresh(self.scroll_visible, animate=False)
