"""Keys in sentences: what stands on the screen names the keys that a person has now."""

from typing import Any

from textual.app import App

from golfer_tui.tui.actions import BY_ID, keys_of
from golfer_tui.tui.keyed import keymap_of
from golfer_tui.tui.keymap import character, key_shown


def hint(app: App[Any], action: str, does: str, *, writing: bool = False) -> str:
    """`KEY does it`, with the first key of an action; while one is `writing`, the first that writes nothing.

    Empty if there is no such key.
    """
    keys = [key for key in keys_of(BY_ID[action], keymap_of(app)) if not (writing and character(key))]
    return f"{key_shown(keys[0])} {does}" if keys else ""


def hints(*each: str) -> str:
    """Several in a row."""
    return " · ".join(one for one in each if one)
