"""The list above the input: commands, workers and whatever else can be meant; below it how the command goes on.

It never has the focus: the input hands it the keys that are for it.
"""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.actions import in_place
from golfer_tui.tui.completion import Candidates, Offer, Suggestion, offer
from golfer_tui.tui.keyed import Keyed, bindings

WIDEST = 28
"""Columns at most of what is suggested, beside what it means."""


class Suggestions(Keyed, Vertical):
    """Shows what can be meant by a text. A wrong command is told in the same place."""

    PLACE = "suggestions"
    BINDINGS: ClassVar[list[BindingType]] = bindings("suggestions")

    def __init__(self, candidates: Candidates) -> None:
        super().__init__(id="suggestions")
        self._candidates = candidates
        self.take: Callable[[Suggestion, bool], None] = lambda suggestion, send: None
        """Takes what was chosen, and whether it is to be sent if it is whole; set by the input."""
        self._offer = Offer()
        self._written = ""
        self._dismissed = ""
        """The text for which the person has closed the list."""
        self._told: tuple[str, bool] | None = None
        """What stands below the list, and whether it is about something wrong."""

    def compose(self) -> ComposeResult:
        choices = OptionList(id="choices", compact=True)
        choices.can_focus = False
        yield choices
        yield Static(id="usage")

    @property
    def open(self) -> bool:
        """There is something to choose from."""
        return bool(self._offer.suggestions)

    @property
    def chosen(self) -> Suggestion | None:
        """The one that is marked."""
        index = self._choices.highlighted
        return self._offer.suggestions[index] if self.open and index is not None else None

    @property
    def shown(self) -> tuple[Suggestion, ...]:
        """All that are offered."""
        return self._offer.suggestions

    @property
    def _choices(self) -> OptionList:
        return self.query_one("#choices", OptionList)

    def does(self, key: str) -> Callable[[], None] | None:
        """What a key does while there is something to choose from."""
        for action in in_place(self.PLACE) if self.open else ():
            if key in self.keys_of(action.id):
                return getattr(self, f"action_{action.do}")  # type: ignore[no-any-return]
        return None

    def update_for(self, text: str) -> None:
        """Show what can be meant by this text; nothing if it is empty."""
        if text == self._written:
            return
        self._written = text
        if text != self._dismissed:
            self._dismissed = ""
        self.refresh_offer()

    def refresh_offer(self) -> None:
        """Look again at what there is."""
        self._show(Offer() if self._dismissed else offer(self._written, self._candidates))

    def refuse(self, text: str, sentence: str) -> None:
        """Tell what is wrong with this text, until another one is written."""
        self._written = self._dismissed = text
        self._show(Offer())
        self._tell(sentence, wrong=True)
        self.display = True

    def _show(self, new: Offer) -> None:
        old, self._offer = self._offer, new
        if old.suggestions != new.suggestions:
            width = min(WIDEST, max((len(each.shown) for each in new.suggestions), default=0))
            self._choices.set_options(
                Option(
                    Content.assemble(
                        (f"{one_line(each.shown):<{width}}  ", "bold"), (one_line(each.help), "$foreground 65%")
                    )
                )
                for each in new.suggestions
            )
            self._choices.highlighted = 0 if new.chosen and new.suggestions else None
        self._choices.display = self.open
        self._tell(new.usage, wrong=False)
        self.display = self.open or bool(new.usage)

    def _tell(self, text: str, *, wrong: bool) -> None:
        if self._told == (text, wrong):
            return  # Whatever is shown anew is laid out anew, and the whole screen with it: too dear for each key.
        self._told = text, wrong
        line = self.query_one("#usage", Static)
        line.update(Content(one_line(text)))
        line.display = bool(text)
        line.set_class(wrong, "-wrong")

    # What the person does

    def action_cursor_up(self) -> None:
        self._choices.action_cursor_up()

    def action_cursor_down(self) -> None:
        self._choices.action_cursor_down()

    def action_complete(self) -> None:
        """Write the chosen one, or the first, into the input."""
        self.take(self.chosen or self._offer.suggestions[0], False)

    def action_take(self) -> None:
        """Write the chosen one, and send it if it is whole; if none is chosen, what is written is sent."""
        typed = Suggestion(self._written, "", "", True)
        self.take(self.chosen or typed, True)

    def action_close_list(self) -> None:
        self._dismissed = self._written
        self._show(Offer())

    @on(OptionList.OptionSelected)
    def selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.take(self._offer.suggestions[event.option_index], True)
