"""What `?` shows: every key by place, out of the table of actions."""

from collections.abc import Iterator, Sequence

from golfer_tui.tui.actions import PLACES, Keymap, in_place, keys_of
from golfer_tui.tui.keymap import keys_shown
from golfer_tui.tui.look import LETTERS, MEANINGS

Keys = Sequence[tuple[str, Sequence[tuple[str, str]]]]
"""Sections of keys: a title, and pairs of keys and what they do."""


def keys_for(place: str, keymap: Keymap) -> Keys:
    """All sections of the cockpit, those that count in `place` first, and what the letters of workers mean."""
    first = list(_outwards(place)) if place in PLACES else []
    inside = [name for name in PLACES if name not in first and "cockpit" in _outwards(name)]
    order = [*first, *inside, *(name for name in PLACES if name not in first and name not in inside)]
    told: set[str] = set()
    sections = [(PLACES[name].title, list(_rows(name, keymap, told))) for name in order]
    letters = ("Letters of a worker", [(letter, f"{state}: {MEANINGS[state]}") for state, letter in LETTERS.items()])
    return [*((title, rows) for title, rows in sections if rows), letters]


def _outwards(place: str) -> Iterator[str]:
    while place:
        yield place
        place = PLACES[place].inside


def _rows(place: str, keymap: Keymap, told: set[str]) -> Iterator[tuple[str, str]]:
    """What is not told yet of a place."""
    for action in in_place(place):
        if action.id in told:
            continue
        told.add(action.id)
        keys = keys_shown(keys_of(action, keymap))
        if keys or action.slash:
            shown = ", ".join(way for way in (keys, f"/{action.slash}" if action.slash else "") if way)
            yield shown, action.help
