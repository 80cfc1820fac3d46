"""The budget's screen: limits, queue and costs, live, and a line in which the limits are changed."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from golfer_tui.model.commands import SetLimits
from golfer_tui.model.errors import CommandError
from golfer_tui.model.limit_words import HINT, read
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.hints import hint, hints
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.limits import described

if TYPE_CHECKING:
    from golfer_tui.attach.session import OpenSession

REFRESH = 1.0
"""Seconds between two looks at what changed."""


class Budget(Keyed, ModalScreen[None]):
    """Sets limits by `change` and stays open; escape closes."""

    PLACE = "budget"
    BINDINGS = bindings(PLACE)

    def __init__(
        self, engine: "OpenSession", *, now: Callable[[], dt.datetime], change: Callable[[SetLimits], None]
    ) -> None:
        super().__init__()
        self._engine = engine
        self._now = now
        self._change = change
        self._told = Content()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog budget") as dialog:
            dialog.border_title = "Budget"
            sets, closes = hint(self.app, "composer.send", "sets the limits"), hint(self.app, "budget.close", "closes")
            dialog.border_subtitle = Content(hints(sets, closes)).markup
            with VerticalScroll():
                yield Static(id="told")
            yield Label(HINT, id="hint", classes="text")
            yield Composer("gpus 4, H100=2, local 3, dollars 5")

    def on_mount(self) -> None:
        self.query_one(Composer).focus()
        self.update_budget()
        self.set_interval(REFRESH, self.update_budget)

    def update_budget(self) -> None:
        """Draw what is the case now."""
        engine = self._engine
        told = Content.assemble(
            *described(
                engine.state,
                engine.used,
                engine.limits,
                engine.waiting,
                max_dollars=engine.max_dollars,
                prices_as_of=engine.settings.prices.as_of,
                now=self._now(),
            )
        ).rstrip()
        if told != self._told:
            self._told = told
            self.query_one("#told", Static).update(told)

    @on(Composer.Sent)
    def sent(self, event: Composer.Sent) -> None:
        event.stop()
        hint = self.query_one("#hint", Label)
        try:
            self._change(read(event.text))
        except CommandError as error:
            hint.update(Content(str(error)))
            hint.set_class(True, "wrong")
        else:
            hint.update(Content(HINT))
            hint.set_class(False, "wrong")

    def action_close_budget(self) -> None:
        self.dismiss()
