"""Colours for the lines of files and of diffs. Blocks: call it in a thread."""

from pathlib import PurePosixPath

from rich.console import Console
from rich.style import Style
from rich.syntax import Syntax
from rich.text import Text
from textual.strip import Strip

from golfer_tui.model import figures
from golfer_tui.model.files import Change, Contents, Difference
from golfer_tui.terminal.clean import clean, one_line

COLOURED = 64 * 1024
"""Characters of a file up to which it is coloured: finding the colours takes long."""

WIDEST = 2000
"""Columns of a line that are shown."""

DIM = Style(dim=True)
ADDED, DELETED, RANGE, HEAD = (
    Style(color="green"),
    Style(color="red"),
    Style(color="cyan"),
    Style(bold=True, reverse=True),
)
SIGNS = {"added": ("A", ADDED), "changed": ("M", Style(color="yellow")), "deleted": ("D", DELETED)}
"""What happened to a file is told by a letter and a colour, never by the colour alone."""


def file_lines(path: str, contents: Contents, *, dark: bool) -> list[Strip]:
    """The lines of a text with their numbers, coloured by what its name says that it is."""
    text = clean(contents.data.decode(errors="replace"))
    lines = _coloured(path, text, dark=dark).split("\n", allow_blank=True)
    if len(lines) > 1 and not lines[-1].plain:
        lines.pop()
    wide = len(str(len(lines)))
    return _strips([Text.assemble((f"{number:>{wide}} ", DIM), line) for number, line in enumerate(lines, 1)])


def diff_lines(found: Difference) -> tuple[list[Strip], list[int]]:
    """The lines that tell of changes, and which of them are heads of files."""
    lines: list[Text] = []
    heads: list[int] = []
    for change in found.changes:
        if heads:
            lines.append(Text())
        heads.append(len(lines))
        lines.append(_head(change))
        lines += [_diff_line(clean(line)) for line in change.diff.split("\n")] if change.diff else []
    for told in _left_out(found):
        lines += [Text(), Text.assemble((told, DIM))]
    return _strips(lines), heads


def _head(change: Change) -> Text:
    sign, style = SIGNS[change.what]
    each = change.diff.split("\n")
    more, less = (sum(line.startswith(mark) for line in each) for mark in "+-")
    told = change.untold or f"+{more} -{less}"
    size = f"{figures.size(change.size)}B"
    return Text.assemble((f" {sign} ", style + HEAD), (f" {one_line(change.path)} ", "bold"), (f" {told}, {size}", DIM))


def _diff_line(line: str) -> Text:
    style = {"+": ADDED, "-": DELETED, "@": RANGE, "\\": DIM}.get(line[:1])
    return Text.assemble((line, style or ""))


def _left_out(found: Difference) -> list[str]:
    told = [f"{found.left_out:,} more files have changed."] if found.left_out else []
    return told if found.whole else [*told, "There are more files than are looked at."]


def _coloured(path: str, text: str, *, dark: bool) -> Text:
    if len(text) > COLOURED:
        return Text(text)
    theme = "ansi_dark" if dark else "ansi_light"
    return Syntax(text, Syntax.guess_lexer(PurePosixPath(path).name, text), theme=theme).highlight(text)


def _strips(lines: list[Text]) -> list[Strip]:
    console = Console(width=WIDEST, color_system="truecolor", force_terminal=True)
    strips = []
    for line in lines:
        line.end = ""
        if len(line) > WIDEST:
            line.truncate(WIDEST, overflow="ellipsis")
        strips.append(Strip(line.render(console)))
    return strips
