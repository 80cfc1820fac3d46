"""What is selected in a terminal: from where to where, by cells, words or lines. Tied to lines, not to the screen."""

import dataclasses as dc
from typing import Literal

from golfer_tui.terminal.transcript import Spot
from golfer_tui.terminal.words import Cells, head, line_at, tail, word_at

By = Literal["cell", "word", "line"]


@dc.dataclass(frozen=True)
class Selection:
    """Begun at one spot, it reaches to another, before or behind it."""

    origin: Spot
    end: Spot
    by: By = "cell"

    def range(self, lines: Cells) -> tuple[Spot, Spot] | None:
        """Its first and its last cell, whole characters only; None if nothing of it is there any more."""
        begin, end = sorted((self.origin, self.end))
        if end.line < lines.first or begin.line >= lines.end:
            return None
        # Its upper part may be forgotten already.
        begin = begin if begin.line >= lines.first else Spot(lines.first, 0)
        end = end if end.line < lines.end else Spot(lines.end - 1, lines.columns - 1)
        match self.by:
            case "word":
                return min(word_at(lines, begin)[0], begin), max(word_at(lines, end)[1], end)
            case "line":
                return Spot(line_at(lines, begin.line)[0], 0), Spot(line_at(lines, end.line)[1], lines.columns - 1)
            case _:
                first, last = lines.cells(begin.line), lines.cells(end.line)
                return Spot(begin.line, head(first, begin.x)), Spot(end.line, tail(last, end.x))
