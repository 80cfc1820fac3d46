"""Lines out of styled pieces: the small layout language of the widgets that draw line by line."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

from golfer_tui.model.workers import WorkerState

Piece = tuple[str, Style]
"""Text on one line, already cleaned, and its style."""

LETTERS = {
    WorkerState.QUEUED: "Q",
    WorkerState.STARTING: "S",
    WorkerState.RUNNING: "R",
    WorkerState.PAUSED: "P",
    WorkerState.SUSPENDED: "Z",
    WorkerState.DONE: "D",
    WorkerState.FAILED: "F",
    WorkerState.KILLED: "K",
}
"""The state is told by a letter and a colour, never by the colour alone."""

MEANINGS = {
    WorkerState.QUEUED: "waits for its place",
    WorkerState.STARTING: "its sandbox starts",
    WorkerState.RUNNING: "works",
    WorkerState.PAUSED: "stands still until somebody lets it go on",
    WorkerState.SUSPENDED: "kept; goes on when the session is resumed",
    WorkerState.DONE: "has reported",
    WorkerState.FAILED: "could not go on",
    WorkerState.KILLED: "was ended by somebody",
}

STATE_COLOURS = {
    WorkerState.QUEUED: "$secondary",
    WorkerState.STARTING: "$accent",
    WorkerState.RUNNING: "$primary",
    WorkerState.PAUSED: "$warning",
    WorkerState.SUSPENDED: "$secondary",
    WorkerState.DONE: "$success",
    WorkerState.FAILED: "$error",
    WorkerState.KILLED: "$error",
}
"""For markup and content; the fleet takes the same from its component classes."""


def ink(widget: Widget, name: str, background: Color) -> Style:
    """The text style of a component class, its transparency mixed with `background` as cells have none."""
    styles = widget.get_component_styles(name)
    colour = background.blend(styles.color, styles.color.a, 1.0)
    return Style(color=colour.rich_color) + styles.text_style


def width_of(pieces: Iterable[Piece]) -> int:
    """Columns that the pieces cover."""
    return sum(cell_len(text) for text, _ in pieces)


def shorten(text: str, width: int) -> str:
    """At most `width` columns, with a sign where text was cut."""
    if width <= 0:
        return ""
    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


def clip(pieces: Sequence[Piece], width: int) -> list[Piece]:
    """The pieces in at most `width` columns, with a sign where text was cut."""
    room, kept = width, list[Piece]()
    if width_of(pieces) <= width:
        return list(pieces)
    for text, style in pieces:
        needed = cell_len(text)
        if needed >= room:
            # Something follows, or this does not fit: the sign stands here.
            kept.append((shorten(text + " ", room) if needed == room else shorten(text, room), style))
            return kept
        kept.append((text, style))
        room -= needed
    return kept


def row(left: Sequence[Piece], right: Sequence[Piece], width: int, fill: Style) -> Strip:
    """One line of exactly `width` columns: `left` is cut where it would run into `right`."""
    if width <= 0:
        return Strip([], 0)
    right = clip(right, width)
    used = width_of(right)
    left = clip(left, width - used - (1 if used else 0))
    gap = width - used - width_of(left)
    segments = [Segment(text, fill + style) for text, style in left if text]
    segments.append(Segment(" " * gap, fill))
    segments.extend(Segment(text, fill + style) for text, style in right if text)
    return Strip(segments, width)
