"""A canvas of Braille characters: two dots across and four down in each cell, drawn in one ink per cell. Pure."""

from collections.abc import Sequence

ACROSS, DOWN = 2, 4
"""Dots of one cell."""

_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Of the dots of a cell, by column and row (Unicode, block Braille Patterns)."""

_BLANK = 0x2800


class Canvas:
    """So many cells; what is drawn later has the ink of the cells that it shares."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self._bits = [bytearray(columns) for _ in range(rows)]
        self._inks = [[-1] * columns for _ in range(rows)]

    def line(self, spots: Sequence[tuple[float, float]], ink: int) -> None:
        """Draw from spot to spot, all in shares from the left and from below; one spot alone is a dot."""
        wide, high = self.columns * ACROSS - 1, self.rows * DOWN - 1
        if wide < 0 or high < 0:
            return
        dots = [(round(x * wide), high - round(y * high)) for x, y in spots]
        before = dots[0]
        self._span(before[0], before[1], before[1], ink)
        for dot in dots[1:]:
            if dot != before:
                self._segment(before, dot, ink)
                before = dot

    def cell(self, column: int, row: int) -> tuple[str, int]:
        """The character of a cell and its ink; a blank and -1 where nothing was drawn."""
        bits = self._bits[row][column]
        return (chr(_BLANK + bits) if bits else " "), self._inks[row][column]

    def _segment(self, start: tuple[int, int], end: tuple[int, int], ink: int) -> None:
        """Column by column, each from where the line enters it to where it leaves it."""
        (x, y), (x2, y2) = (start, end) if start[0] <= end[0] else (end, start)
        length = x2 - x
        if not length:
            self._span(x, y, y2, ink)
            return
        at = y
        for step in range(1, length + 1):
            here = y + (y2 - y) * step // length
            middle = (at + here) // 2
            self._span(x + step - 1, at, middle, ink)
            self._span(x + step, middle, here, ink)
            at = here

    def _span(self, x: int, y: int, y2: int, ink: int) -> None:
        column, bits = x // ACROSS, _BITS[x % ACROSS]
        if y > y2:
            y, y2 = y2, y
        for at in range(y, y2 + 1):
            row = at // DOWN
            self._bits[row][column] |= bits[at % DOWN]
            self._inks[row][column] = ink
