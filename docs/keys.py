"""Writes the page of all keys out of the table of actions: `make keys`. Nothing on it is written by hand."""

from pathlib import Path

from golfer_tui.tui.actions import PLACES, Action, in_place
from golfer_tui.tui.keymap import key_shown, keys_shown
from golfer_tui.tui.look import LETTERS, MEANINGS

PAGE = Path(__file__).with_name("keys.md")

HEAD = """# Keys and commands of the cockpit

Everything that can be done in the cockpit, by the place in which its keys work. `?` (in the input `f1`) shows the keys
of where you are; `ctrl+p` finds every action by a word of its name.

A `/` command is written in the input, which completes it and its arguments: the arrows choose, `tab` writes it out,
`enter` takes it, `esc` closes the list. `//` sends a text that begins with a slash, and several lines are always a
message. Without a name, a command for workers means the selected one.

With the mouse: a click on a key in the last row does the same as the key, `commands` there opens the list of all
actions, and a right click on a worker a menu of what can be done with it.

`[keys]` in the [settings](settings.md#keys-of-the-cockpit) changes keys, by the name in the first column.
`golfer keys` lists what they are now. This page is made by `make keys`.
"""


def page() -> str:
    """The whole page."""
    sections = [_section(place, told.title) for place, told in PLACES.items()]
    letters = "".join(f"| `{letter}` | {state}: {MEANINGS[state]} |\n" for state, letter in LETTERS.items())
    return f"{HEAD}\n" + "\n".join(sections) + f"\n## Letters of a worker\n\n| letter | state |\n|---|---|\n{letters}"


def _section(place: str, title: str) -> str:
    rows = "".join(_row(action, place) for action in in_place(place))
    return f"## {title}\n\n| action | keys | command | what it does |\n|---|---|---|---|\n{rows}"


def _row(action: Action, place: str) -> str:
    keys = action.default_keys
    shown = keys_shown(keys) if action.numbered else " ".join(f"`{key_shown(key)}`" for key in keys)
    command = f"`{action.usage}`" if action.slash else ""
    return f"| `{action.id}` | {shown} | {command} | {action.help[:1].upper()}{action.help[1:]}. |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
