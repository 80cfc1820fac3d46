"""The cursor of the copy mode: moves through a transcript as the keys of an editor move it. Pure."""

from typing import Literal

from golfer_tui.terminal.transcript import Spot
from golfer_tui.terminal.words import Cells, head, next_word, word_before, word_end

Way = Literal[
    "left", "right", "up", "down", "word", "word-before", "word-end", "line-begin", "line-text", "line-end",
    "page-up", "page-down", "half-up", "half-down", "oldest", "newest", "screen-top", "screen-middle", "screen-bottom",
]  # fmt: skip

PAGES: tuple[Way, ...] = ("page-up", "page-down", "half-up", "half-down")
"""Moves with which all that is shown goes."""


class CopyCursor:
    """One cell, always the first of its character."""

    def __init__(self, lines: Cells, spot: Spot) -> None:
        self.spot = spot
        self._wanted = spot.x
        """Column that vertical moves keep to."""
        self.go(lines, spot)

    def go(self, lines: Cells, spot: Spot) -> None:
        """To this cell, or to the nearest there is."""
        self._to(lines, spot)
        self._wanted = self.spot.x

    def stay(self, lines: Cells) -> None:
        """Lines may have been forgotten."""
        if not lines.first <= self.spot.line < lines.end:
            self.go(lines, self.spot)

    def move(self, lines: Cells, way: Way, top: int, rows: int) -> None:
        """One step; `top` is the first of the `rows` lines that are shown."""
        line, x = self.spot
        match way:
            case "left":
                self.go(lines, Spot(line, x - 1))
            case "right":
                cells = lines.cells(line)
                self.go(lines, Spot(line, next((at for at in range(x + 1, len(cells)) if cells[at]), x)))
            case "word":
                self.go(lines, next_word(lines, self.spot))
            case "word-before":
                self.go(lines, word_before(lines, self.spot))
            case "word-end":
                self.go(lines, word_end(lines, self.spot))
            case "line-begin":
                self.go(lines, Spot(line, 0))
            case "line-text":
                text = "".join(cell or " " for cell in lines.cells(line))
                self.go(lines, Spot(line, len(text) - len(text.lstrip()) if text.strip() else 0))
            case "line-end":
                self.go(lines, Spot(line, _last(lines, line)))
            case "oldest":
                self.go(lines, Spot(lines.first, 0))
            case "newest":
                self.go(lines, Spot(newest(lines, lines.end - 1), 0))
            case _:
                to = {
                    "up": line - 1,
                    "down": line + 1,
                    "page-up": line - max(1, rows - 1),
                    "page-down": line + max(1, rows - 1),
                    "half-up": line - max(1, rows // 2),
                    "half-down": line + max(1, rows // 2),
                    "screen-top": top,
                    "screen-middle": top + rows // 2,
                    "screen-bottom": top + rows - 1,
                }[way]
                self._to(lines, Spot(to, self._wanted))

    def _to(self, lines: Cells, spot: Spot) -> None:
        line = min(max(spot.line, lines.first), lines.end - 1)
        x = min(max(spot.x, 0), lines.columns - 1)
        self.spot = Spot(line, head(lines.cells(line), x))


def newest(lines: Cells, line: int) -> int:
    """The last line that is not empty from this one upwards, as far as the screen goes."""
    while line > lines.active and not any(text.strip() for text in lines.cells(line)):
        line -= 1
    return line


def _last(lines: Cells, line: int) -> int:
    """Column of the last character of a line that is no blank."""
    cells = lines.cells(line)
    return next((x for x in range(len(cells) - 1, 0, -1) if cells[x].strip()), 0)
