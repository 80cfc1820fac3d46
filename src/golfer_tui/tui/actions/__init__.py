"""All that a person can do in the cockpit, in one table: keys, palette, `/` commands, help and docs come from it.

To add an action:

1. Put an `Action` into the file of its noun here (`session`, `worker`, `talk`, `pane`, `scores`, …; a new file's tuple
   goes into `ACTIONS` below). `id` is `noun.verb`, `do` the method without `action_`.
2. Write that method where `subject` says:
   - `session`: on the main screen, in `tui/session_actions.py` or a file like it. Arguments come as texts:
     `def action_rename(self, title: str)`.
   - `worker`: on the main screen, in `tui/worker_actions.py` or a file like it. It takes names and means
     `self.chosen(names)`, which is the marked ones, or the selected one, if there are none:
     `def action_worker_kill(self, *names: str)`. For one worker only: `def action_zoom(self, name: str = "")`.
   - `place`: on the screen or widget of the place.
   - `app`: on the app.
   A refusal is `self.refuse("One sentence.")`; a command for the engine goes through `self.command(…)`: what the
   engine refuses is told in the same way. What is possible now is said by `check_action`, as everywhere in Textual.
3. Run `make keys`, which writes the page of all keys.

Without `keys` it has none until a person's settings give it some. An argument that is needed and was not given, by a
key or in the palette, is asked for in the input. A new place is a line in `PLACES`, and a class with `Keyed` before
Textual's class, `PLACE = "name"` and `BINDINGS = bindings("name")`. The tests walk the whole table; a new place says in
`tests/tui/test_actions.py` how a person gets there.
"""

import functools
from collections.abc import Mapping

from golfer_tui.tui.actions.action import PLACES, Action, Argument, Place
from golfer_tui.tui.actions.approvals import APPROVALS
from golfer_tui.tui.actions.detail import DETAIL
from golfer_tui.tui.actions.dialogs import DIALOGS
from golfer_tui.tui.actions.finding import FINDING
from golfer_tui.tui.actions.log import LOG
from golfer_tui.tui.actions.pane import PANE
from golfer_tui.tui.actions.player import PLAYER
from golfer_tui.tui.actions.reading import COPYING, FIND
from golfer_tui.tui.actions.scores import SCORES
from golfer_tui.tui.actions.session import SESSION
from golfer_tui.tui.actions.snapshot import SNAPSHOT
from golfer_tui.tui.actions.steering import STEERING
from golfer_tui.tui.actions.stored import STORED
from golfer_tui.tui.actions.talk import TALK
from golfer_tui.tui.actions.view import VIEW
from golfer_tui.tui.actions.worker import WORKER

__all__ = [
    "ACTIONS",
    "BY_ID",
    "BY_SLASH",
    "PLACES",
    "Action",
    "Argument",
    "Keymap",
    "Place",
    "come_first",
    "in_place",
    "keys_of",
]

ACTIONS: tuple[Action, ...] = (
    *SESSION,
    *WORKER,
    *STEERING,
    *SNAPSHOT,
    *APPROVALS,
    *DETAIL,
    *VIEW,
    *TALK,
    *PANE,
    *FIND,
    *FINDING,
    *COPYING,
    *LOG,
    *SCORES,
    *STORED,
    *DIALOGS,
    *PLAYER,
)

BY_ID = {action.id: action for action in ACTIONS}

BY_SLASH = {action.slash: action for action in ACTIONS if action.slash}

Keymap = Mapping[str, tuple[str, ...]]
"""Keys by id, for the actions whose keys a person has changed."""


@functools.cache
def in_place(place: str) -> tuple[Action, ...]:
    """The actions whose keys belong to this place, in the order of the table."""
    return tuple(action for action in ACTIONS if place in action.places)


def come_first(action: Action) -> list[str]:
    """Ids of the actions that come first with a key that they share with this one."""
    ids = []
    while action.after:
        ids.append(action.after)
        action = BY_ID[action.after]
    return ids


def keys_of(action: Action, keymap: Keymap) -> tuple[str, ...]:
    """The keys that it has now."""
    return keymap.get(action.id, action.default_keys)
