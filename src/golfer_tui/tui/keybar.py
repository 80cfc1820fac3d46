"""The last row: the keys that work where the person is. What does not fit is in the palette and the help."""

from collections.abc import Iterator
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingsMap
from textual.keys import key_to_character
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from golfer_tui.tui.keyed import bindings, keymap_of
from golfer_tui.tui.look import Piece, ink, row, width_of

ALWAYS = ("app.commands", "app.help", "app.keys")
"""What is there however narrow it is: everything else can be done from there, with the mouse as well."""

FRONT = (
    "start.close",
    "composer.send",
    "log.close",
    "log.next",
    "log.next-failed",
    "log.fold",
    "log.copy",
    "view.back",
    "log.close",
    "scores.close",
    "start.close",
    "worker.zoom",
    "worker.message",
    "worker.log",
    "worker.kill",
    "pane.find",
    "session.scores",
    "turn.interrupt",
)
"""What comes before the others, in this order: a narrow bar has no room for all."""


class KeyBar(Widget):
    """One line of keys; a click on one does the same as the key."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keybar--key", "keybar--text", "keybar--note"}

    def __init__(self) -> None:
        super().__init__()
        self._note = ""
        self._address = ""

    def tell(self, note: str) -> None:
        """What stands before the keys, such as who else has the keyboard."""
        self._note = note
        self.refresh()

    def point(self, address: str) -> None:
        """Show the address of a hyperlink in place of the keys; they come back with an empty one."""
        if address != self._address:
            self._address = address
            self.refresh()

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _: "Screen[object]") -> None:
        self.refresh()

    def render(self) -> RenderResult:
        return ""

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self._address:
            note = self.get_component_rich_style("keybar--note")
            return row([(" link ", note), (f" {self._address}", self.rich_style)], [], width, self.rich_style)
        last: list[Piece] = []
        pieces: list[Piece] = []
        if self._note:
            pieces += [(f" {self._note} ", self.get_component_rich_style("keybar--note")), ("", Style())]
        for binding in sorted(self._shown(), key=_rank):
            if binding.id in ALWAYS:
                last += self._piece(binding)
            else:
                pieces += self._piece(binding)
        room = width - width_of(last) - 1  # so much stays between the two
        while width_of(pieces) > room and pieces:
            del pieces[-2:]
        return row(pieces, last, width, self.rich_style)

    def _shown(self) -> Iterator[Binding]:
        """What has a key here, each once: the same may be meant by keys of several places."""
        seen: set[str] = set()
        possible = [active.binding for active in self.screen.active_bindings.values() if active.enabled]
        if self.screen.is_modal:
            # Textual leaves the app's out, although those that come first work in front of it, too.
            ours = BindingsMap(bindings("app", keymap_of(self.app)))
            possible += [binding for _, binding in ours if binding.priority and self._is_possible(binding)]
        for binding in possible:
            does = binding.action.removeprefix("app.").removeprefix("screen.")
            if does not in seen and binding.show and not self._typed(binding.key):
                seen.add(does)
                yield binding

    def _is_possible(self, binding: Binding) -> bool:
        return bool(self.app.check_action(binding.action, ()))

    def _typed(self, key: str) -> bool:
        """True if the key writes a character where the person is."""
        character = key_to_character(key)
        return self.screen.focused is not None and self.screen.focused.check_consume_key(key, character)

    def on_click(self, event: events.Click) -> None:
        if key := event.style.meta.get("pressed"):
            self.app.simulate_key(key)

    def _piece(self, binding: Binding) -> list[Piece]:
        key = ink(self, "keybar--key", self.styles.background)
        text = ink(self, "keybar--text", self.styles.background)
        click = Style.from_meta({"pressed": binding.key})
        return [
            (f" {self.app.get_key_display(binding)}", key + click),
            (f" {binding.description.lower()} ", text + click),
        ]


def _rank(binding: Binding) -> int:
    return FRONT.index(binding.id) if binding.id in FRONT else len(FRONT)
