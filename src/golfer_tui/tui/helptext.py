"""What `?` shows: every key, by place."""

from collections.abc import Sequence

Keys = Sequence[tuple[str, Sequence[tuple[str, str]]]]
"""Sections of keys: a title, and pairs of keys and what they do."""

FLEET = (
    "Workers",
    (
        ("arrows, h j k l", "move to another worker"),
        ("1 … 9", "go to a worker by its number"),
        ("enter, z", "zoom the worker, and back"),
        ("K, delete", "kill it, after a question"),
        ("r", "restart it from its task"),
        ("c", "let a stopped worker go on"),
        ("m", "send it a message"),
        ("i, click in the zoom", "type into its terminal: every key goes there"),
        ("ctrl+], ctrl+g", "take the keyboard back"),
        ("pgup, pgdn, wheel", "scroll its output"),
        ("home g, end G f", "oldest output; follow the newest"),
        ("v", "tiles or a list"),
        ("y", "copy what the pane shows"),
    ),
)

CHAT = (
    "Chat",
    (
        ("up, down, pgup, pgdn", "scroll"),
        ("n j, p k", "next and previous folded line"),
        ("enter, space", "unfold or fold it"),
        ("o", "unfold or fold all"),
        ("y", "copy the line, or the newest answer"),
        ("g, G f", "oldest; follow the newest"),
    ),
)

INPUT = (
    "Input",
    (
        ("enter", "send; while a turn runs it waits its turn"),
        ("ctrl+j, shift+enter", "new line"),
        ("up, down", "earlier and later messages"),
        ("@name text", "say it to one worker"),
    ),
)

ANYWHERE = (
    "Anywhere",
    (
        ("tab, shift+tab", "next and previous place"),
        ("alt+arrows", "between input, chat and workers"),
        ("alt+1 … alt+9", "go to a worker, if the terminal can send it"),
        ("escape", "leave the zoom; else interrupt the turn"),
        ("x", "interrupt the turn (not in the input)"),
        ("b", "scores: all runs by a metric (not in the input)"),
        ("ctrl+l", "layout: both, workers only, chat only"),
        ("ctrl+p", "all commands, and the themes"),
        ("?, f1", "this help (f1 in the input)"),
        ("ctrl+q", "quit"),
    ),
)

LETTERS = (
    "Letters of a worker",
    (
        ("Q", "queued: waits for its place"),
        ("S", "starting its sandbox"),
        ("R", "running"),
        ("P", "paused: goes on when the session is resumed"),
        ("D", "done"),
        ("F", "failed"),
        ("K", "killed"),
    ),
)


def keys_for(place: str) -> Keys:
    """All sections, those of `place` (the id of a widget: `fleet`, `chat` or `composer`) first."""
    places = {"fleet": FLEET, "chat": CHAT, "composer": INPUT}
    first = [places[place]] if place in places else []
    return [*first, *(section for section in places.values() if section not in first), ANYWHERE, LETTERS]
