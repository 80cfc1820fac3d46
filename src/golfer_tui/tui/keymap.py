"""Keys: their names, as a person writes and reads them, and what the person's settings make of the defaults."""

import difflib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from textual.keys import KEY_NAME_REPLACEMENTS, REPLACED_KEYS, Keys, key_to_character

from golfer_tui.model.errors import UsageError
from golfer_tui.tui.actions import ACTIONS, BY_ID, PLACES, Action, Keymap, come_first, keys_of

MODIFIERS = ("ctrl", "alt", "shift", "super", "meta", "hyper")

WRITTEN = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "backtab": "shift+tab",
    # What terminals send is the same.
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
}
"""Other names of keys."""

SHOWN = {"pageup": "pgup", "pagedown": "pgdn", "escape": "esc", "delete": "del"}

NAMED = frozenset(key.value for key in Keys) - {"<any>", "<scroll-up>", "<scroll-down>", "<ignore>"}


def character(key: str) -> str | None:
    """What a key writes; None for the others."""
    written = key_to_character(REPLACED_KEYS.get(key, key))
    return written if written is not None and written.isprintable() else None


def key_name(written: str) -> str | None:
    """Textual's name of a key as a person writes it: `?`, `ctrl+]`, `pgup`; None if there is no such key."""
    *modifiers, key = [written] if len(written) == 1 else written.removesuffix("++").split("+")
    if written.endswith("++"):
        modifiers, key = [*modifiers, key], "+"
    if "ctrl" in modifiers:
        key = key.lower()
    if any(modifier not in MODIFIERS for modifier in modifiers):
        return None
    if len(key) == 1:
        if not key.isprintable() or key == " ":
            return None
        if not key.isalnum():
            key = unicodedata.name(key, "").lower().replace("-", "_").replace(" ", "_")
            key = KEY_NAME_REPLACEMENTS.get(key, key)
        elif modifiers == ["shift"]:
            return key.upper() if key.isalpha() else None
    key = WRITTEN.get(key, key)
    name = "+".join([*modifiers, key])
    name = WRITTEN.get(name, name)
    known = len(key) == 1 or key in NAMED or name in NAMED or character(key) is not None
    return name if known else None


def key_shown(key: str) -> str:
    """A key as it stands on the screen and in the docs."""
    modifiers, plus, name = key.rpartition("+")
    written = None if name in NAMED else character(name)
    return modifiers + plus + (written or SHOWN.get(name, name))


def keys_shown(keys: Sequence[str]) -> str:
    """Several keys for the eye; a row of digits in short."""
    shown = [key_shown(key) for key in keys]
    if len(shown) > 3 and all(key[-1].isdigit() for key in shown):
        return f"{shown[0]} … {shown[-1]}"
    return " ".join(shown)


# What a person's settings may say


def keymap_from(settings: Mapping[str, str | Sequence[str]]) -> Keymap:
    """The `[keys]` of the settings, checked.

    Raises:
        UsageError: `keys.action`, `keys.key` or `keys.twice`.
    """
    keymap = {}
    for id_, written in settings.items():
        if id_ not in BY_ID:
            near = difflib.get_close_matches(id_, BY_ID, n=1)
            hint = f"Did you mean {near[0]}?" if near else "golfer keys lists all of them."
            raise UsageError("keys.action", f"[keys] in the settings: there is no action {id_}.", hint=hint)
        keymap[id_] = tuple(_key(id_, key) for key in _listed(written))
    if clash := next(clashes(keymap), None):
        key, place, one, other = clash
        raise UsageError(
            "keys.twice",
            f"[keys] in the settings: {key_shown(key)} would be both {one.id} and {other.id} "
            f"({PLACES[place].title.lower()}).",
            hint=f'Give one of them another key, or none: "{other.id}" = "".',
        )
    return keymap


def _listed(written: str | Sequence[str]) -> list[str]:
    return [key for key in ([written] if isinstance(written, str) else written) if key]


def _key(id_: str, written: str) -> str:
    if (name := key_name(written)) is None:
        raise UsageError(
            "keys.key",
            f"[keys] in the settings: {id_} cannot have the key {written!r}.",
            hint="Keys are written like k, K, ?, enter, f5, pageup, ctrl+k, alt+left or shift+up.",
        )
    return name


def clashes(keymap: Keymap) -> Iterator[tuple[str, str, Action, Action]]:
    """Keys that would mean two things somewhere: the key, the place and both actions.

    The place that is nearer wins: that is what the defaults are made for, and no person has to know it.
    """
    for place in PLACES:
        taken: dict[str, Action] = {}
        around = list(_around(place))
        for action in ACTIONS:
            if not set(action.places) & set(around):
                continue
            for key in keys_of(action, keymap):
                # What the input would write never comes to the places around it.
                if place == "composer" and place not in action.places and character(key):
                    continue
                other = taken.setdefault(key, action)
                nested = not set(action.places) & set(other.places)
                if other is action or _shared(action, other):
                    continue
                usual = key in action.default_keys and key in other.default_keys
                if not (nested and usual):
                    yield key, place, other, action


def _around(place: str) -> Iterator[str]:
    while place:
        yield place
        place = PLACES[place].inside


def _shared(one: Action, other: Action) -> bool:
    """One of them comes first, and the other when that is not possible."""
    return other.id in come_first(one) or one.id in come_first(other)
