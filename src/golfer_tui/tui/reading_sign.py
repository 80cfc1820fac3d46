"""The row above a terminal in which something is read: what is looked for, how far back it is, what came meanwhile."""

from collections.abc import Callable

from rich.style import Style

from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.look import Piece
from golfer_tui.tui.reading import Reading

LONGEST = 40
"""Characters of what is looked for that are shown."""

Key = Callable[[str], str]
"""The key of an action by its id, as it is shown; empty if it has none."""


def reading_sign(reading: Reading, key: Key, ink: Style) -> tuple[list[Piece], list[Piece]] | None:
    """What stands at the left and at the right; None while nothing is read. A click on a part does what it says."""
    view, finding = reading.view, reading.finding
    left: list[Piece] = []
    if reading.cursor is not None:
        chosen = "select by lines" if reading.selection and reading.selection.by == "line" else "select"
        left.append((" " + (chosen if reading.selection else "copy mode") + " ", ink + Style(bold=True)))
    if finding.on:
        left += [
            (f" {one_line(finding.text, LONGEST)} ", ink + Style(bold=True)),
            (f"{finding.told} ", ink),
            *_button(f"{key('pane.match-before')} ↑ ", "before", ink),
            *_button(f"{key('pane.match-next')} ↓ ", "next", ink),
        ]
        if finding.complaint:
            left.append((f" as plain text: {finding.complaint} ", ink))
    if view.following:
        return (left, []) if left else None
    left.append((" held " if view.at_end else f" ↑ {view.back:,} rows back ", ink))
    new = f"{view.new:,} new ↓ " if view.new else ""
    return left, _button(f" {new}{key('pane.follow')} follows ", "follow", ink)


def _button(text: str, action: str, ink: Style) -> list[Piece]:
    return [(text, ink + Style.from_meta({"reading": action}))]
