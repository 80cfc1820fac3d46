"""What gives screens and widgets their keys: Textual's bindings out of the table, with the person's own keys.

Textual's own keymap is not used: it cannot leave an action without a key, forgets whatever shared a key with a changed
action, and takes away the keys that the input would write before it changes them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingsMap, BindingType
from textual.dom import DOMNode

from golfer_tui.tui.actions import BY_ID, Action, Keymap, come_first, in_place, keys_of

UNCHANGED: Keymap = {}


def bindings(place: str, keymap: Keymap = UNCHANGED) -> list[BindingType]:
    """The bindings of a place, for `BINDINGS`."""
    # Of those that share a key, Textual takes the first one that is possible.
    ordered = sorted(in_place(place), key=lambda action: len(come_first(action)))
    return [binding for action in ordered for binding in _bound(action, place, keymap)]


def _bound(action: Action, place: str, keymap: Keymap) -> Iterator[Binding]:
    for index, key in enumerate(keys_of(action, keymap)):
        do = f"screen.begin('{action.id}')" if action.needs else action.target_in(place)
        yield Binding(
            key,
            f"{do}({index + 1})" if action.numbered else do,
            action.bar or action.title,
            show=bool(action.bar),
            priority=action.priority,
            id=action.id,
        )


def keymap_of(app: App[Any]) -> Keymap:
    """The keys that the person of this app has changed; it keeps them as `changed_keys`."""
    return getattr(app, "changed_keys", UNCHANGED)


if TYPE_CHECKING:
    _Node = DOMNode
else:
    # Textual takes the styles of a class from its first base that is a node.
    _Node = object


class Keyed(_Node):
    """Mixin of screens, widgets and apps with keys from the table: gives them the keys of the person's settings."""

    PLACE: ClassVar[str]

    @property
    def keymap(self) -> Keymap:
        """The keys that the person of this app has changed."""
        return keymap_of(self.app)

    def on_mount(self) -> None:
        if keymap := self.keymap:
            self._bindings = self._remapped(keymap)

    def keys_of(self, action: str) -> tuple[str, ...]:
        """The keys that an action has now, by its id."""
        return keys_of(BY_ID[action], self.keymap)

    def _remapped(self, keymap: Keymap) -> BindingsMap:
        """As Textual merges the bindings of classes, but with the changed keys; what was bound later is kept."""
        cls = type(self)
        keys: dict[str, list[Binding]] = {}
        for base in reversed(cls.__mro__):
            own = base.__dict__
            given = bindings(own["PLACE"], keymap) if "PLACE" in own else own.get("BINDINGS", [])
            keys |= BindingsMap(given).key_to_bindings
        for key, binding in self._bindings:
            if binding.id is None and not any(binding == known for known in keys.get(key, ())):
                keys.setdefault(key, []).append(binding)
        return BindingsMap.from_keys(keys)
